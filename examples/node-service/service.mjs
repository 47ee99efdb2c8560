// A service that classifies pictures: POST a PNG, a JPEG or a WebP to /classify, and get the class as JSON.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { DatasetError } from '@longhand/datasets';
import { decodeImage } from '@longhand/datasets/node';
import { preparePicture } from '@longhand/handwriting';
import { classifier, decodeModel, doubtOf, mostProbable, planOfModel } from '@longhand/training';

const limit = 10_000_000;
const port = Number(process.env.PORT ?? 8080);

const model = decodeModel(readFileSync('model.safetensors'), 'model.safetensors');
const { classify } = classifier(model);
const plan = planOfModel(model);

/** The class of a picture as a file, with the probability of each. */
function classified(file) {
  const { images, sideBySide = 1 } = preparePicture(decodeImage(file), plan);
  const [probabilities] = classify(images.map(({ image }) => image.pixels));
  const best = mostProbable(probabilities);
  return {
    class: model.classes[best],
    probability: probabilities[best],
    // Several digits side by side are one image: its class means nothing.
    sure: sideBySide === 1 && doubtOf(probabilities, model.calibration) === undefined,
    digits: sideBySide,
    probabilities: Object.fromEntries(model.classes.map((name, k) => [name, probabilities[k]])),
  };
}

/** The body of a request, or undefined if it is too large. */
async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  const answer = (status, value) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
  if (request.url !== '/classify') return answer(404, { error: 'expected /classify' });
  if (request.method !== 'POST') return answer(405, { error: 'expected POST' });
  try {
    const body = await bodyOf(request);
    if (body === undefined) return answer(413, { error: `expected a picture of at most ${limit} bytes` });
    answer(200, classified(body));
  } catch (error) {
    // A picture that cannot be read is the sender's: the message says what is wrong with it.
    if (error instanceof DatasetError) return answer(422, { error: error.message });
    console.error(error);
    answer(500, { error: 'the picture could not be classified' });
  }
});

server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/classify`));
