// Training by hand: the batches, the forward and backward passes and the updates are calls that stand here one after another.
import { channelNormalizations, gatherTargets, imageAt, shuffledIndices, subset } from '@longhand/datasets';
import { normalizeGeometry, simdKernels } from '@longhand/kernels';
import { conv2d, dense, flatten, pool2d, relu, sequential, softmaxCrossEntropy } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, oneCycle } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';

const [images = 60_000, epochs = 2] = process.argv.slice(2).map(Number);
const batchSize = 64;
const random = seededRandom(1);
const dataset = subset(loadMnist({ split: 'train' }), { from: 0, to: images });
const test = subset(loadMnist({ split: 'test' }), { from: 0, to: Math.min(images, 10_000) });

const network = sequential({
  input: [28, 28, 1],
  layers: {
    conv1: conv2d({ outChannels: 8, kernel: 5 }),
    relu1: relu(),
    pool1: pool2d({ pooling: 'max', window: 2 }),
    conv2: conv2d({ outChannels: 16, kernel: 5 }),
    relu2: relu(),
    pool2: pool2d({ pooling: 'max', window: 2 }),
    flatten: flatten(),
    fc: dense({ outFeatures: 10 }),
  },
});

// WebAssembly for one thread. Everything is allocated here, once.
const kernels = simdKernels('strict');
const parameters = network.initialize(random.fork('initialize'), { kernels });
const optimizer = adamw({ learningRate: 0.01 });
const updates = optimizer.prepare(parameters.values, undefined, { kernels });
const schedule = oneCycle();

/** A pass, its loss, and what fills both with the images at some indices. */
function prepared(mode) {
  const pass = network.prepare({ kernels, parameters, capacity: batchSize, mode, gradients: true, fuse: true });
  const loss = softmaxCrossEntropy().prepare(pass);
  const bytes = kernels.allocateBytes(batchSize * 784);
  const channels = channelNormalizations('mnist', mnistNormalization, 1);
  const geometry = normalizeGeometry('mnist', { batch: batchSize, pixels: 784, channels });
  const normalize = kernels.prepare('normalize', geometry, { x: bytes, y: pass.input });
  const fill = (data, indices, from) => {
    const to = Math.min(from + batchSize, data.count);
    for (let n = 0; n < to - from; n++) bytes.set(imageAt(data, indices[from + n]), n * 784);
    normalize();
    gatherTargets({ dataset: data, indices, from, to, capacity: batchSize, into: loss.target });
    // The mean over the batch: each image has a weight, and lanes without one have none.
    loss.imageWeight.fill(0).fill(1 / (to - from), 0, to - from);
    return to - from;
  };
  return { pass, loss, fill };
}

const training = prepared('train');
const totalSteps = epochs * Math.ceil(dataset.count / batchSize);
let step = 0;
for (let epoch = 1; epoch <= epochs; epoch++) {
  const indices = shuffledIndices(dataset.count, random.fork(`epoch ${epoch}`));
  let sum = 0;
  for (let from = 0; from < dataset.count; from += batchSize) {
    const count = training.fill(dataset, indices, from);
    training.pass.forward();
    training.loss.forward();
    for (let n = 0; n < count; n++) sum += training.loss.loss[n];
    training.loss.inputGradient();
    training.pass.backward();
    const factor = schedule.factor({ step: step++, totalSteps, stepsPerEpoch: totalSteps / epochs });
    updates.update(training.pass.gradients.values, optimizer.learningRate * factor);
  }
  console.log(`epoch ${epoch}: loss ${(sum / dataset.count).toFixed(4)}`);
}

const testing = prepared('evaluate');
const order = Uint32Array.from({ length: test.count }, (_, n) => n);
let correct = 0;
for (let from = 0; from < test.count; from += batchSize) {
  const count = testing.fill(test, order, from);
  testing.pass.forward();
  for (let n = 0; n < count; n++) {
    // The output is [classes, batch]: the logits of an image lie one batch apart.
    const logits = Array.from({ length: 10 }, (_, k) => testing.pass.output[k * batchSize + n]);
    if (logits.indexOf(Math.max(...logits)) === test.labels[from + n]) correct++;
  }
}
console.log(`${correct} of ${test.count} correct`);
