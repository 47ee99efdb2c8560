// Training by hand: the batches, the forward and backward passes and the updates are calls that stand here one after another.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { shuffledIndices, splitValidation, subset } from '@longhand/datasets';
import { simdKernels } from '@longhand/kernels';
import { batchNorm, conv2d, dense, dropout, flatten, pool2d, relu, sequential } from '@longhand/layers';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, oneCycle } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { preparedPass, tested } from './passes.mjs';
import { restore, save } from './state.mjs';

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { state: { type: 'string', default: 'state.bin' }, until: { type: 'string' }, resume: { type: 'boolean' } },
});
const [images = 60_000, epochs = 2] = positionals.map(Number);
const until = Number(given.until ?? epochs);
const batchSize = 64;
const random = seededRandom(1);

// A tenth is kept for validation, the same images whenever the program runs; the order of the rest is drawn for each epoch.
const all = subset(loadMnist({ split: 'train' }), { from: 0, to: images });
const { training: train, validation } = splitValidation(all, Math.floor(images / 10), random.fork('validation'));
const test = subset(loadMnist({ split: 'test' }), { from: 0, to: Math.min(images, 10_000) });

const network = sequential({
  input: [28, 28, 1],
  layers: {
    conv1: conv2d({ outChannels: 8, kernel: 5 }),
    bn1: batchNorm(),
    relu1: relu(),
    pool1: pool2d({ pooling: 'max', window: 2 }),
    conv2: conv2d({ outChannels: 16, kernel: 5 }),
    bn2: batchNorm(),
    relu2: relu(),
    pool2: pool2d({ pooling: 'max', window: 2 }),
    flatten: flatten(),
    drop: dropout({ rate: 0.25 }),
    fc: dense({ outFeatures: 10 }),
  },
});

// WebAssembly for one thread. Everything is allocated here, once.
const kernels = simdKernels('strict');
const parameters = network.initialize(random.fork('initialize'), { kernels });
const optimizer = adamw({ learningRate: 0.01 });
const updates = optimizer.prepare(parameters.values, undefined, { kernels });
const schedule = oneCycle();
const training = preparedPass({
  network,
  kernels,
  parameters,
  batchSize,
  mode: 'train',
  random: random.fork('layers'),
});
const testing = preparedPass({ network, kernels, parameters, batchSize, mode: 'evaluate' });

if (given.resume && !existsSync(given.state))
  throw new Error(`${given.state}: expected a state to resume from, got no file`);
const done = given.resume ? restore(given.state, { parameters, updates }) : 0;

const stepsPerEpoch = Math.ceil(train.count / batchSize);
const totalSteps = epochs * stepsPerEpoch;
for (let epoch = done + 1; epoch <= until; epoch++) {
  const indices = shuffledIndices(train.count, random.fork(`epoch ${epoch}`));
  let sum = 0;
  for (let from = 0; from < train.count; from += batchSize) {
    // Updates so far: after a resume it goes on where it was.
    const step = updates.stepCount;
    const count = training.fill(train, indices, from, step);
    training.pass.forward();
    training.loss.forward();
    for (let n = 0; n < count; n++) sum += training.loss.loss[n];
    training.loss.inputGradient();
    training.pass.backward();
    const factor = schedule.factor({ step, totalSteps, stepsPerEpoch });
    updates.update(training.pass.gradients.values, optimizer.learningRate * factor);
  }
  const { accuracy, loss } = tested(testing, validation);
  save(given.state, { epoch, parameters, updates });
  console.log(
    `epoch ${epoch}: loss ${(sum / train.count).toFixed(4)}, validation ${loss.toFixed(4)}, ${(100 * accuracy).toFixed(2)} %`,
  );
}
if (until === epochs) console.log(`${tested(testing, test).correct} of ${test.count} correct`);
