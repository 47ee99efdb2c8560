/** Longhand as the other programs are: protocol.mjs says what it is asked. Needs the built packages. */
import { readFileSync } from 'node:fs';
import { imageDataset, subset } from '../packages/datasets/dist/index.js';
import { expectWideVectors } from '../packages/kernels/dist/index.js';
import { networkFrom } from '../packages/layers/dist/index.js';
import { mnistNormalization } from '../packages/mnist/dist/index.js';
import { loadMnist } from '../packages/mnist/dist/node.js';
import { sgd } from '../packages/optimizers/dist/index.js';
import { Engine, evaluate, train } from '../packages/training/dist/index.js';
import { classes, drawnImages, isDigit } from './peers/pictures.mjs';
import { run } from './peers/protocol.mjs';

/** Milliseconds without a question after which the workers have been idle. */
const pause = 100;

await run(({ description, input, learningRate, momentum, batch, threads, kernels = 'strict' }) => {
  const network = networkFrom(description);
  const [dataset, test] = ['train', 'test'].map((split) =>
    isDigit(input) ? loadMnist({ split }) : drawn(split, input),
  );
  const normalization = isDigit(input) ? mnistNormalization : { mean: 0.5, std: 0.29 };
  const optimizer = sgd({ learningRate, momentum });

  // A program of the packages sets nothing by itself: who starts this one says the width of vectors.
  const isWide = process.execArgv.includes('--experimental-wasm-revectorize');
  expectWideVectors(isWide);
  const engine = new Engine({ threads, kernels });
  const parameters = network.zeros();
  const training = train({
    network,
    dataset,
    normalization,
    optimizer,
    engine,
    epochs: Number.MAX_SAFE_INTEGER,
    batchSize: batch,
    seed: 1,
  });
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

  // Workers prepare steps ahead, up to some hundredths of a second. Steps made before the clock started are not counted.
  let lastStep = 0;
  async function skipStepsMadeAhead() {
    for (let waited = 0; waited < 1; ) {
      const asked = performance.now();
      await training.next();
      waited = performance.now() - asked;
    }
  }

  return {
    version: `Longhand ${version}, ${kernels} kernels, Node ${process.versions.node}${isWide ? ', wide vectors' : ''}`,
    parameters: network.parameterCount,
    images: dataset.count,
    testImages: test.count,
    inferenceBatches: [250, 500, 1000, 2000, 5000, 10_000].filter((count) => test.count % count === 0),
    async train(steps) {
      if (performance.now() - lastStep > pause) await skipStepsMadeAhead();
      let images = 0;
      for (let count = 0; count < steps; count++) {
        const { step } = (await training.next()).value;
        images += Math.min(batch, dataset.count - (step - 1) * batch);
      }
      lastStep = performance.now();
      return images;
    },
    async countCorrect(first, count) {
      const part = subset(test, { from: first, to: first + count });
      return (await evaluate({ network, parameters, dataset: part, normalization, engine })).correct;
    },
  };
});

function drawn(split, input) {
  const [height, width, channels] = input;
  return imageDataset({ name: 'pictures', ...drawnImages(split, input), height, width, channels, classes });
}
