/**
 * What the JavaScript programs do alike, as protocol.py has it for those in Python.
 *
 * With --seconds: prepare, warm up, print `ready` with what is known of the system, then answer each line `train` or
 * `infer` on stdin with a line of JSON, until the input ends. With --epochs: train that long, test, print a line of JSON.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const networks = JSON.parse(readFileSync(new URL('../networks.json', import.meta.url), 'utf8'));
const trainingDigits = 60_000;
const testDigits = 10_000;

/**
 * @typedef {object} System
 * @property {string} version Name and version.
 * @property {number} parameters The number of parameters.
 * @property {number} [inferenceBatch] Test digits classified at a time, a divisor of 10,000. Default: 250.
 * @property {(steps: number) => number | Promise<number>} train Makes that many steps, returns the number of images.
 * @property {(first: number, count: number) => number | Promise<number>} countCorrect Classifies test digits, returns
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
      network: { type: 'string', default: 'lenet-documented' },
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
    ...networks[network],
    name: network,
    variant,
    kernels,
    batch: Number(values.batch),
    threads: Number(values.threads),
    seconds: Number(values.seconds),
    epochs: epochs === undefined ? undefined : Number(epochs),
  };
}

async function answer(system, { seconds }) {
  const measurements = { train: await warmedUpTraining(system), infer: await warmedUpInference(system) };
  const { version, parameters } = system;
  console.log(`ready ${JSON.stringify({ version, parameters })}`);
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
  const { inferenceBatch: batch = 250 } = system;
  let first = 0;
  const infer = async (seconds) => {
    let correct = 0;
    const figures = await measure(seconds, async () => {
      correct += await system.countCorrect(first, batch);
      first = (first + batch) % testDigits;
      return batch;
    });
    return { ...figures, batch, accuracy: correct / figures.images };
  };
  await infer(0.5);
  return infer;
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
  for (let epoch = 1; epoch <= epochs; epoch++) await system.train(Math.floor(trainingDigits / batch));
  const { version, inferenceBatch = 250 } = system;
  let correct = 0;
  for (let first = 0; first < testDigits; first += inferenceBatch)
    correct += await system.countCorrect(first, inferenceBatch);
  console.log(JSON.stringify({ version, accuracy: correct / testDigits }));
}
