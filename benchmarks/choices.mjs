/**
 * What each choice of a recipe gives: `node benchmarks/choices.mjs [--table default] [--seeds 1] [--only <text>]... [--threads 2] [--json <file>]`.
 *
 * The training images are cut into six parts of 10,000 as they lie, so that nobody's digits are in two parts. Each run validates on one part
 * and trains on the other five; the test digits are not looked at. The difference of a choice to the first one is the mean over the pairs of
 * the same part and seed, with its standard error.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { imageDataset, subset } from '../packages/datasets/dist/index.js';
import { presets } from '../packages/layers/dist/index.js';
import { mnistNormalization as normalization } from '../packages/mnist/dist/index.js';
import { loadMnist } from '../packages/mnist/dist/node.js';
import { adamw, oneCycle } from '../packages/optimizers/dist/index.js';
import { seededRandom } from '../packages/tensor/dist/index.js';
import { Engine, fit } from '../packages/training/dist/index.js';
import { quickSettings } from '../packages/training/dist/quick-settings.js';
import { table } from './tables.mjs';

const { values: options } = parseArgs({
  options: {
    table: { type: 'string', default: 'default' },
    seeds: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    threads: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'string' },
  },
});

const quick = (network) => ({ network, ...quickSettings(network) });
const standard = quick('lenet-documented');
const hard = (fraction, after = 0.5) => ({ hardExamples: { fraction, after } });
const all = { hardExamples: undefined };
const threeOfRelu = {
  activation: 'relu',
  pooling: 'max',
  epochs: 3,
  adamw: { learningRate: 0.015, beta1: 0.9, beta2: 0.999, weightDecay: 0.01 },
};
const changed = (base, adamwOptions) => ({ adamw: { ...base.adamw, ...adamwOptions } });
const lenet5 = quick('lenet5');
const sprint = {
  ...quick('sprint'),
  epochs: 1,
  ...hard(0.1, 0.7),
  adamw: { learningRate: 0.03, beta1: 0.8, beta2: 0.95, weightDecay: 0.1 },
};

/** Each table with the settings that its choices change, the first of them none. */
const tables = {
  default: [
    standard,
    ['the default', {}],
    ['all images in both epochs', all],
    ['all images, three epochs, rate 0.02', { ...all, epochs: 3, ...changed(standard, { learningRate: 0.02 }) }],
    ['ReLU, max pooling, three epochs of all images', { ...all, ...threeOfRelu }],
    ['the hardest half', hard(0.5)],
    ['the hardest third', hard(1 / 3)],
    ['the hardest fifth', hard(0.2)],
    ['the hardest tenth', hard(0.1)],
    ['the hardest quarter after a third of the run', hard(0.25, 1 / 3)],
    ['the hardest quarter after three quarters', hard(0.25, 0.75)],
    ['SiLU', { activation: 'silu' }],
    ['max pooling', { pooling: 'max' }],
    ['rate 0.02', changed(standard, { learningRate: 0.02 })],
    ['rate 0.04', changed(standard, { learningRate: 0.04 })],
    ['decay 0.2', changed(standard, { weightDecay: 0.2 })],
    ['batches of 128', { batchSize: 128 }],
  ],
  noise: [{ ...standard, noise: 0.05 }, ['all images, one label of twenty wrong', all], ['the default', {}]],
  lenet5: [
    lenet5,
    ['the default', {}],
    ['all images in both epochs', all],
    [
      'ReLU, max pooling, three epochs of all images',
      { ...all, ...threeOfRelu, ...changed(threeOfRelu, { learningRate: 0.003 }) },
    ],
    ['rate 0.007', changed(lenet5, { learningRate: 0.007 })],
    ['rate 0.015', changed(lenet5, { learningRate: 0.015 })],
  ],
  sprint: [
    sprint,
    ['the recipe', {}],
    ['all images', all],
    ['all images, rate 0.02, decay 0.05', { ...all, ...changed(sprint, { learningRate: 0.02, weightDecay: 0.05 }) }],
    ['the hardest tenth after half of the run', hard(0.1, 0.5)],
    ['the hardest fifth after 0.6 of the run', hard(0.2, 0.6)],
    ['rate 0.02', changed(sprint, { learningRate: 0.02 })],
    ['the documented network', { network: 'lenet-documented' }],
  ],
};

const chosen = tables[options.table];
if (chosen === undefined) {
  console.error(`--table: expected one of ${Object.keys(tables).join(', ')}, got ${options.table}`);
  process.exit(2);
}
const [base, ...every] = chosen;
const choices = every.filter(
  ([name], at) => at === 0 || options.only === undefined || options.only.some((text) => name.includes(text)),
);

const digits = loadMnist({ split: 'train' });
const engine = new Engine({ threads: Number(options.threads) });
const parts = 6;
const partSize = digits.count / parts;

/** The images without a part, and a part of them with a wrong label. */
function trainingImages(part, noise = 0) {
  const [before, behind] = [part * partSize, (part + 1) * partSize];
  const without = (values, size) => {
    const kept = new values.constructor(values.length - partSize * size);
    kept.set(values.subarray(0, before * size));
    kept.set(values.subarray(behind * size), before * size);
    return kept;
  };
  const { height, width, classes, images } = digits;
  const labels = without(digits.labels, 1);
  const random = seededRandom('wrong labels');
  labels.forEach((label, at) => {
    if (random.uniform() < noise) labels[at] = (label + 1 + random.integer(classes - 1)) % classes;
  });
  return imageDataset({ name: 'MNIST', height, width, classes, images: without(images, height * width), labels });
}

/** The share of a part that a run on the others classifies correctly after its last epoch. */
async function accuracyOf(settings, part, seed) {
  const { network, activation, pooling, noise, epochs, batchSize, hardExamples } = settings;
  const { history } = await fit({
    network: presets[network]({ activation, pooling }),
    dataset: trainingImages(part, noise),
    validation: subset(digits, { from: part * partSize, to: (part + 1) * partSize }),
    normalization,
    optimizer: adamw(settings.adamw),
    schedule: oneCycle(),
    ...(hardExamples && { hardExamples }),
    epochs,
    batchSize,
    seed,
    engine,
  });
  return history.at(-1).validation.accuracy;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));
const percent = (part) => (100 * part).toFixed(2);

const results = [];
for (const [name, changes] of choices) {
  const accuracies = [];
  const began = performance.now();
  for (let seed = 1; seed <= Number(options.seeds); seed++) {
    for (let part = 0; part < parts; part++) {
      accuracies.push(await accuracyOf({ ...base, ...changes }, part, seed));
    }
  }
  results.push({ name, accuracies });
  console.error(
    `${name}: ${accuracies.map(percent).join(' ')} in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
}
await engine.end();

const [{ accuracies: first }] = results;
const rows = results.map(({ name, accuracies }, at) => {
  const differences = accuracies.map((accuracy, run) => accuracy - first[run]);
  const error = deviation(differences) / Math.sqrt(differences.length);
  const isSame = Math.abs(mean(differences)) <= error;
  const difference = `${mean(differences) < 0 ? '−' : '+'}${percent(Math.abs(mean(differences)))} ± ${percent(error)}`;
  return [
    name,
    `${percent(mean(accuracies))} % ± ${percent(deviation(accuracies))}`,
    at === 0 ? '' : isSame ? 'the same' : difference,
  ];
});
console.log(table(['choice', 'validation accuracy', 'difference'], rows));
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ options, results }, null, 2)}\n`);
