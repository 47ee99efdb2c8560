/**
 * Speed over geometries and batch sizes, so that cliffs stand out: `node benchmarks/cliffs.mjs [--kernels fused] [--json <file>]`.
 *
 * Layers: billions of multiplications and additions a second of one layer, forward and both gradients together, on sixteen images
 * and one thread; what a layer needs by its definition is counted, so fast algorithms can pass the machine's limit. Batches: images per
 * second of small networks in training and inference. An exclamation mark is at what has less than a quarter of the median of its
 * neighbors in the table.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { imageDataset, subset } from '../packages/datasets/dist/index.js';
import { multiplyAddCeiling, simdKernels } from '../packages/kernels/dist/index.js';
import { networkFrom } from '../packages/layers/dist/index.js';
import { sgd } from '../packages/optimizers/dist/index.js';
import { seededRandom } from '../packages/tensor/dist/index.js';
import { Engine, evaluate, train } from '../packages/training/dist/index.js';
import { markedCliffs } from './cliff-marks.mjs';
import { comparedNetwork } from './networks.mjs';
import { classes, drawnImages } from './peers/pictures.mjs';
import { median, table } from './tables.mjs';

const { values: options } = parseArgs({
  options: { kernels: { type: 'string', default: 'strict' }, json: { type: 'string' } },
});

/** Seconds of a round. */
const shortest = 0.01;
const images = 16;
const kernelSizes = [1, 2, 3, 4, 5, 6, 7];
const channelCounts = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
const imageSizes = [7, 8, 12, 14, 16, 20, 28, 32, 48, 64];
const featureCounts = [10, 16, 32, 64, 100, 128, 256, 500, 1024];
const batchSizes = [1, 2, 5, 16, 17, 32, 63, 64, 65, 100, 128, 250, 512, 1024];
const batchNetworks = ['mlp', 'notes', 'strided', 'lenet5', 'vgg'];

const conv = (size, channels, outChannels, kernel, more = { padding: 'same' }) => ({
  input: [size, size, channels],
  layers: [{ kind: 'conv2d', outChannels, kernel, ...more }],
});
const dense = (inFeatures, outFeatures) => ({ input: [inFeatures], layers: [{ kind: 'dense', outFeatures }] });

const tables = [
  layerTable('kernel × channels, 16×16', kernelSizes, channelCounts, (k, c) => conv(16, c, c, k)),
  layerTable('kernel × channels out of 3, 32×32', kernelSizes, channelCounts, (k, c) => conv(32, 3, c, k)),
  layerTable('kernel × image, 16 channels', kernelSizes, imageSizes, (k, size) => conv(size, 16, 16, k)),
  layerTable('kernel × stride, 24×24, 16 channels', kernelSizes, [1, 2, 3], (k, stride) =>
    conv(24, 16, 16, k, { stride }),
  ),
  layerTable('kernel × padding, 24×24, 16 channels', kernelSizes, [0, 1, 2, 3], (k, padding) =>
    conv(24, 16, 16, k, { padding: Math.min(padding, k - 1) }),
  ),
  layerTable('dense: outputs × inputs', featureCounts, featureCounts, (out, features) => dense(features, out)),
  ...(await batchTables()),
];

const ceiling = multiplyAddCeiling(options.kernels);
const rounds = 20_000;
const limit = (2 * rounds * ceiling.multiplyAddsPerRound) / (secondsOf(() => ceiling.run(rounds)) * 1e9);
console.log(`${options.kernels} kernels, Node ${process.versions.node}; the limit is ${limit.toFixed(1)} GFLOP/s\n`);
for (const { title, rows, columns, values, rowsAreNeighbors } of tables) {
  console.log(`### ${title}\n\n${table(['', ...columns], markedCliffs(rows, values, { rowsAreNeighbors }))}\n`);
}
if (options.json !== undefined) {
  writeFileSync(options.json, `${JSON.stringify({ kernels: options.kernels, limit, tables }, null, 2)}\n`);
}

/** GFLOP/s of the last layer of each network, for each row and column. */
function layerTable(title, rows, columns, networkAt) {
  const values = rows.map((row) => columns.map((column) => gigaflopsOf(networkAt(row, column))));
  return { title: `${title}: GFLOP/s`, rows, columns, values };
}

function gigaflopsOf(description) {
  const network = networkFrom(description);
  const [{ name, layer, inputShape }] = network.layers;
  const kernels = simdKernels(options.kernels);
  const random = seededRandom('cliffs');
  const parameters = network.initialize(random, { kernels });
  const pass = network.prepare({ kernels, parameters, capacity: images, inputGradient: true });
  for (const array of [pass.input, pass.dOutput])
    for (let at = 0; at < array.length; at++) array[at] = random.uniform(-1, 1);
  const seconds = secondsOf(() => {
    pass.forward();
    pass.backward();
  });
  return (2 * 3 * images * layer.multiplyAdds(name, inputShape)) / (seconds * 1e9);
}

/** Images per second of each network, in training and in inference. */
async function batchTables() {
  const engine = new Engine({ threads: 1, kernels: options.kernels });
  const input = [28, 28, 1];
  const sides = { height: 28, width: 28, channels: 1, classes };
  const dataset = imageDataset({ name: 'pictures', ...drawnImages('train', input), ...sides });
  const figures = { training: [], inference: [] };
  for (const name of batchNetworks) {
    const network = networkFrom(comparedNetwork(name, input).description);
    const speeds = { training: [], inference: [] };
    for (const batchSize of batchSizes) {
      const data = { network, dataset, normalization: { mean: 0.5, std: 0.29 }, engine };
      speeds.training.push(await trainingSpeed(data, batchSize));
      speeds.inference.push(await inferenceSpeed(data, batchSize));
    }
    for (const [phase, row] of Object.entries(speeds)) figures[phase].push(row);
  }
  await engine.end();
  return Object.entries(figures).map(([phase, values]) => ({
    title: `${phase}, batches, one thread: images per second`,
    rows: batchNetworks,
    rowsAreNeighbors: false,
    columns: batchSizes,
    values,
  }));
}

async function trainingSpeed(data, batchSize) {
  const optimizer = sgd({ learningRate: 0.001, momentum: 0.9 });
  const run = train({ ...data, optimizer, batchSize, epochs: Number.MAX_SAFE_INTEGER, seed: 1 });
  const rates = [];
  for (let round = 0; round < 4; round++) {
    let steps = 0;
    const begin = performance.now();
    do {
      await run.next();
      steps++;
    } while (performance.now() - begin < 1000 * shortest);
    rates.push((steps * batchSize) / (performance.now() - begin));
  }
  await run.return();
  return 1000 * median(rates.slice(1));
}

/** As a user has them who classifies so many images at a time. */
async function inferenceSpeed(data, batchSize) {
  const dataset = subset(data.dataset, { from: 0, to: batchSize });
  const options = { ...data, dataset, parameters: data.network.zeros() };
  const rates = [];
  for (let round = 0; round < 4; round++) {
    let count = 0;
    const begin = performance.now();
    do {
      await evaluate(options);
      count++;
    } while (performance.now() - begin < 1000 * shortest);
    rates.push((count * batchSize) / (performance.now() - begin));
  }
  return 1000 * median(rates.slice(1));
}

/** The median over rounds, the first of which is for the compiler. */
function secondsOf(run) {
  const times = [];
  for (let round = 0; round < 6; round++) {
    let count = 0;
    const begin = performance.now();
    do {
      run();
      count++;
    } while (performance.now() - begin < 1000 * shortest);
    times.push((performance.now() - begin) / (1000 * count));
  }
  return median(times.slice(1));
}
