/**
 * Recipes side by side: `node benchmarks/recipes.mjs [--seeds 5] [--from 1] [--only <name>]... [--threads 2] [--python <path>] [--json <file>]`.
 *
 * Every seed trains each contestant once, in turns, each in a cold process: seconds of training, seconds of the whole process, accuracy on
 * the 10,000 test digits. The measure of time is three epochs of the documented network with ReLU and maxima. Beside the recipes stands the
 * network of a public study, which reached 99.04 % in 0.76 s of one epoch on a GeForce GTX 1660 Ti, trained by Longhand as the study did, and
 * with --python by PyTorch.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, table } from './tables.mjs';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    from: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    threads: { type: 'string', default: String(availableParallelism()) },
    node: { type: 'string', default: process.execPath },
    python: { type: 'string' },
    json: { type: 'string' },
  },
});

const command = fileURLToPath(new URL('../apps/trainer/dist/longhand.js', import.meta.url));
const study = fileURLToPath(new URL('./study.json', import.meta.url));
const asInTheStudy = ['--epochs', '1', '--batch-size', '256', '--optimizer', 'adam', '--learning-rate', '0.01'];
const folder = mkdtempSync(join(tmpdir(), 'longhand-recipes-'));

const threeEpochs = ['--activation', 'relu', '--pooling', 'max', '--epochs', '3', '--learning-rate', '0.015'];
const plainAdamw = ['--beta1', '0.9', '--beta2', '0.999', '--weight-decay', '0.01'];

const everyContestant = [
  { name: 'ReLU and maxima', run: (seed) => trained(seed, [...threeEpochs, ...plainAdamw]) },
  { name: 'quick, the default', run: (seed) => trained(seed, []) },
  { name: 'sprint', run: (seed) => trained(seed, ['--recipe', 'sprint']) },
  {
    name: "the study's network",
    run: (seed) => trained(seed, ['--model', study, ...asInTheStudy, '--beta1', '0.7', '--beta2', '0.9']),
  },
  ...(options.python === undefined ? [] : [{ name: "the study's network in PyTorch", run: inPyTorch }]),
];

const contestants = everyContestant.filter(({ name }) => options.only === undefined || options.only.includes(name));
if (contestants.length === 0) {
  console.error(`--only: expected one of ${everyContestant.map(({ name }) => `'${name}'`).join(', ')}`);
  process.exit(2);
}

/** A run of the command: the seconds of its epochs, of the process, and the test accuracy. */
function trained(seed, settings) {
  const all = ['train', ...settings, '--seed', `${seed}`, '--threads', options.threads];
  const { lines, seconds } = ended(options.node, [command, ...all, '--name', 'run', '--force', '--json']);
  const events = lines.map((line) => JSON.parse(line));
  const training = events.filter(({ event }) => event === 'epoch').reduce((sum, epoch) => sum + epoch.seconds, 0);
  return { training, seconds, accuracy: events.find(({ event }) => event === 'test').accuracy };
}

function inPyTorch(seed) {
  const peer = fileURLToPath(new URL('./peers/pytorch_study.py', import.meta.url));
  const { lines, seconds } = ended(options.python, [peer, '--seed', `${seed}`, '--threads', options.threads]);
  return { ...JSON.parse(lines.at(-1)), seconds };
}

function ended(program, given) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(program, given, { cwd: folder, encoding: 'utf8' });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`${program} ${given.join(' ')} ended with ${status}: ${stderr.trim()}`);
  return { lines: stdout.trim().split('\n'), seconds };
}

const results = contestants.map(({ name }) => ({ name, runs: [] }));
try {
  const first = Number(options.from);
  for (let seed = first; seed < first + Number(options.seeds); seed++) {
    for (const [at, { name, run }] of contestants.entries()) {
      const figures = run(seed);
      results[at].runs.push({ seed, ...figures });
      const { training, seconds, accuracy } = figures;
      const text = `${training.toFixed(2)} s of training, ${seconds.toFixed(2)} s in all, ${(100 * accuracy).toFixed(2)} %`;
      console.error(`seed ${seed}  ${name}: ${text}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const columns = (runs, key) => runs.map((run) => run[key]);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / Math.max(values.length - 1, 1));
const [first] = results;
const times = (runs, key) => median(columns(runs, key)) / median(columns(first.runs, key));
console.log(
  table(
    ['contestant', 'training', 'of the first', 'whole process', 'of the first', 'test accuracy'],
    results.map(({ name, runs }) => [
      name,
      `${median(columns(runs, 'training')).toFixed(2)} s`,
      times(runs, 'training').toFixed(2),
      `${median(columns(runs, 'seconds')).toFixed(2)} s`,
      times(runs, 'seconds').toFixed(2),
      `${(100 * mean(columns(runs, 'accuracy'))).toFixed(2)} % ± ${(100 * deviation(columns(runs, 'accuracy'))).toFixed(2)}`,
    ]),
  ),
);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ options, results }, null, 2)}\n`);
