/**
 * What the JavaScript programs do alike, as protocol.py has it for those in Python.
 *
 * With --seconds: prepare, warm up, print `ready` with what is known of the system, then answer each line `train` or
 * `infer` on stdin with a line of JSON, until the input ends. With --epochs: train that long, test, print a line of JSON.
 * --network is a file with a name, the input's shape, the layers with all their options, learningRate and momentum.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

/**
 * @typedef {object} System
 * @property {string} version Name and version.
 * @property {number} parameters The number of parameters.
 * @property {number} images How many there are to train on.
 * @property {number} testImages How many there are to classify.
 * @property {number[]} [inferenceBatches] Test images classified at a time, divisors of their number, in order: the
 *   first that takes a fifth of a second is measured. Default: 250.
 * @property {(steps: number) => number | Promise<number>} train Makes that many steps, returns the number of images.
 * @property {(first: number, count: number) => number | Promise<number>} countCorrect Classifies test images, returns
 *   the number of correct ones.
 */

/** @param {(options: object) => System | Promise<System>} prepare */
export async function run(prepare) {
  const options = parseOptions();
  const system = await prepare(options);
  await (options.epochs === undefined ? answer(system, options) : reportWholeRun(system, options));
  process.exit(); // Workers of a peer would keep the process alive.
}

function parseOptions() {
  const { values } = parseArgs({
    options: {
      network: { type: 'string' },
      batch: { type: 'string', default: '64' },
      threads: { type: 'string', default: '1' },
      variant: { type: 'string', default: '' },
      kernels: { type: 'string' },
      seconds: { type: 'string', default: '5' },
      epochs: { type: 'string' },
    },
  });
  const { network, variant, kernels, epochs } = values;
  return {
    ...JSON.parse(readFileSync(network, 'utf8')),
    variant,
    kernels,
    batch: Number(values.batch),
    threads: Number(values.threads),
    seconds: Number(values.seconds),
    epochs: epochs === undefined ? undefined : Number(epochs),
  };
}

/**
 * Checks that a network has only layers that every peer builds: convolutions with one size and stride for both sides, poolings
 * of windows side by side, relu, sigmoid, tanh, flatten, dense. Otherwise the program ends, and the comparison leaves it out.
 */
export function checkCommonLayers(layers) {
  const common = {
    conv2d: ({ groups, bias, trueConvolution, dilation, kernel, stride }) =>
      groups === 1 && bias && !trueConvolution && dilation.join() === '1,1' && isSquare(kernel) && isSquare(stride),
    pool2d: ({ kernel, stride, padding }) =>
      isSquare(kernel) && stride.join() === kernel.join() && padding.every((side) => side === 0),
    activation: ({ activation }) => ['relu', 'sigmoid', 'tanh'].includes(activation),
    dense: ({ bias }) => bias,
    flatten: () => true,
  };
  for (const layer of layers) if (!common[layer.kind]?.(layer)) refuse(layer);
}

/** Ends the program: the line says which layer it does not know. */
export function refuse(layer) {
  throw new Error(`knows no layer ${JSON.stringify(layer)}`);
}

function isSquare([height, width]) {
  return height === width;
}

async function answer(system, { seconds }) {
  const train = await warmedUpTraining(system);
  const peakMemory = process.resourceUsage().maxRSS * 1024;
  const measurements = { train, infer: await warmedUpInference(system) };
  const { version, parameters } = system;
  console.log(`ready ${JSON.stringify({ version, parameters, peakMemory })}`);
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await measurements[line](seconds)));
  }
}

/** A measurement that asks for about a fifth of a second's steps at a time. */
async function warmedUpTraining(system) {
  const train = (steps) => measure(0, () => system.train(steps));
  let steps = 1;
  let { seconds } = await train(1);
  while (seconds < 0.2) {
    steps *= 2;
    ({ seconds } = await train(steps));
  }
  if (seconds < 1) await train(4 * steps);
  return (seconds) => measure(seconds, () => system.train(steps));
}

async function warmedUpInference(system) {
  const { testImages, inferenceBatches = [250] } = system;
  let first = 0;
  const inferring = (batch) => async (seconds) => {
    let correct = 0;
    const figures = await measure(seconds, async () => {
      if (first + batch > testImages) first = 0;
      correct += await system.countCorrect(first, batch);
      first += batch;
      return batch;
    });
    return { ...figures, batch, accuracy: correct / figures.images };
  };
  const { imagesPerSecond } = await inferring(inferenceBatches[0])(0.5);
  const batch = inferenceBatches.find((batch) => batch >= imagesPerSecond / 5) ?? inferenceBatches.at(-1);
  await inferring(batch)(0.3);
  return inferring(batch);
}

/** Images per second of as many turns as it takes for the seconds to pass, at least one. */
async function measure(seconds, turn) {
  const started = performance.now();
  let images = 0;
  for (;;) {
    images += await turn();
    const elapsed = (performance.now() - started) / 1000;
    if (elapsed >= seconds) return { imagesPerSecond: images / elapsed, images, seconds: elapsed };
  }
}

async function reportWholeRun(system, { epochs, batch }) {
  const { version, images, testImages, inferenceBatches = [250] } = system;
  for (let epoch = 1; epoch <= epochs; epoch++) await system.train(Math.floor(images / batch));
  let correct = 0;
  for (let first = 0; first < testImages; first += inferenceBatches[0])
    correct += await system.countCorrect(first, inferenceBatches[0]);
  console.log(JSON.stringify({ version, accuracy: correct / testImages }));
}
