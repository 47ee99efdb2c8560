/** The contestants: every system with its variants, its command, and whether it is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { quickSettings } from '../packages/training/dist/quick-settings.js';
import { update } from './networks.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const trainer = fileURLToPath(new URL('../apps/trainer/dist/longhand.js', import.meta.url));
const preload = ['--import', new URL('peers/peak-memory.mjs', import.meta.url).href];

/** What limits the vectors of PyTorch's libraries: to AVX2, 256 bits, where a processor has 512. */
const environmentsOfVectors = {
  widest: {},
  256: { ONEDNN_MAX_CPU_ISA: 'AVX2', ATEN_CPU_CAPABILITY: 'avx2', MKL_ENABLE_INSTRUCTIONS: 'AVX2' },
};

/** What has V8 make vectors of 256 bits; `longhand train` sets it by itself where they are proven. */
const wideVectorsFlag = '--experimental-wasm-revectorize';

/** The widths that PyTorch's vectors can be limited to. */
export const vectorWidths = Object.keys(environmentsOfVectors);

const pythonPeers = [
  {
    system: 'PyTorch',
    module: 'torch',
    script: 'pytorch_peer.py',
    limitsVectors: true,
    variants: () => ['plain', 'channels-last', 'fused', 'channels-last+fused'],
  },
  { system: 'TensorFlow', module: 'tensorflow', script: 'tensorflow_peer.py', variants: () => ['tf.function'] },
  { system: 'JAX', module: 'jax', script: 'jax_peer.py', variants: () => ['nhwc', 'nchw', 'nhwc-padded'] },
];

const javaScriptPeers = [
  {
    system: 'ConvNetJS',
    module: 'convnetjs',
    script: 'convnetjs-peer.mjs',
    variants: () => ['one thread'],
    wholeEpochs: 1,
  },
  {
    system: 'jax-js',
    module: '@jax-js/jax',
    script: 'jax-js-peer.mjs',
    variants: (threads) => (threads > 1 ? ['one thread', 'workers'] : ['one thread']),
  },
  {
    system: 'TensorFlow.js',
    module: '@tensorflow/tfjs',
    script: 'tensorflow-js-peer.mjs',
    variants: () => ['cpu backend'],
  },
];

/** The systems that can be asked for. */
export const systemNames = ['Longhand', ...[...pythonPeers, ...javaScriptPeers].map(({ system }) => system)];

/**
 * @typedef {object} Contestant
 * @property {string} system A row of the table.
 * @property {string} variant One of the ways in which the system is measured; the table shows the best.
 * @property {(run: Run) => string[]} [measured] The program that speaks the protocol, with its options.
 * @property {(run: Run) => string[]} [whole] The program that trains, tests and ends.
 * @property {number} [wholeEpochs] How many epochs of a whole run are bearable, if fewer than asked for.
 * @property {Record<string, string>} [environment] Variables that its programs see besides those of this one.
 *
 * @typedef {object} Run
 * @property {import('./networks.mjs').ComparedNetwork} network
 * @property {string} file What `writeForPeers` wrote for the network.
 * @property {number} batch
 * @property {number} threads
 * @property {number} [seconds] Of one measurement.
 * @property {number} [epochs] Of a whole run.
 */

/**
 * The contestants that are installed.
 *
 * @param {{ systems: readonly string[], pythons: readonly string[], nodes: readonly string[],
 *   kernels: readonly string[], threads: number, vectors?: readonly string[], narrowVectors?: boolean }} options
 * @returns {{ contestants: Contestant[], missing: string[] }} `missing`: what to install, a line for each system
 */
export function findContestants(options) {
  const { systems, pythons, nodes, kernels, threads, vectors = ['widest'], narrowVectors = false } = options;
  const asked = ({ system }) => systems.includes(system);
  const found = [
    ...(systems.includes('Longhand') ? longhand(nodes, kernels, narrowVectors) : []),
    ...pythonPeers.filter(asked).map((peer) => pythonPeer(peer, pythons, threads, vectors)),
    ...javaScriptPeers.filter(asked).map((peer) => javaScriptPeer(peer, threads)),
  ].flat();
  return {
    contestants: found.filter((entry) => typeof entry !== 'string'),
    missing: found.filter((entry) => typeof entry === 'string'),
  };
}

/** A system for each Node and each set of kernels; where its vectors are wide by themselves, again with narrow ones if that is asked for. */
function longhand(nodes, kernels, narrow) {
  if (!existsSync(trainer)) return ['Longhand is not built: npm run build'];
  const sets = kernels.length > 0 ? kernels : [undefined];
  return nodes.flatMap((node) => {
    const vectors = hasWideVectors(node) ? ['wide', ...(narrow ? ['narrow'] : [])] : ['usual'];
    return sets.flatMap((name) => vectors.flatMap((width) => longhandWith(node, name, width)));
  });
}

/** Whether the vectors of `longhand train` have 256 bits in this Node, by itself. */
function hasWideVectors(node) {
  const words = [trainer, 'bench', '--seconds', '0.01', '--threads', '1', '--json'];
  const { stdout, stderr, status } = spawnSync(node, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`--node ${node}: expected longhand bench to run, got ${stderr.trim() || status}`);
  return JSON.parse(stdout).wideVectors;
}

function longhandWith(node, kernels, width) {
  const names = [kernels, `Node ${versionOf(node)}`, width === 'narrow' ? 'narrow vectors' : undefined];
  const system = ['Longhand', ...names.filter((name) => name !== undefined)].join(', ');
  const choice = kernels === undefined ? [] : ['--kernels', kernels];
  const flags = width === 'wide' ? [wideVectorsFlag] : [];
  const trained = (run, settings) => [
    ...[node, ...preload, trainer, 'train', ...trainerOptions(run), ...settings, ...choice],
    ...(width === 'narrow' ? ['--no-wide-vectors'] : []),
  ];
  return [
    {
      system,
      variant: 'SGD',
      measured: (run) => [node, ...flags, `${folder}longhand.mjs`, ...protocolOptions(run), ...choice],
      whole: (run) => trained(run, [...networkOfPeers(run), ...updatesOfPeers]),
    },
    {
      system: `${system}, as it comes`,
      variant: 'AdamW, one cycle',
      wholeEpochs: quickSettings('lenet-documented').epochs,
      whole: (run) => trained(run, run.network.preset ? ['--network', run.network.preset] : networkOfPeers(run)),
    },
  ];
}

/** The very layers that the peers have; a preset by name has the activation and the pooling that are recommended for it. */
function networkOfPeers({ file }) {
  return ['--model', file.replace(/\.json$/, '.network.json')];
}

function trainerOptions({ epochs, batch, threads }) {
  return [
    ...['--epochs', `${epochs}`, '--batch-size', `${batch}`, '--name', 'benchmark', '--force'],
    ...(threads === availableParallelism() ? [] : ['--threads', `${threads}`]),
  ];
}

/** What makes the trainer update as the peers do. */
const updatesOfPeers = [
  ...['--optimizer', 'sgd', '--schedule', 'constant'],
  ...['--learning-rate', `${update.learningRate}`, '--momentum', `${update.momentum}`],
];

function pythonPeer({ system, module, script, variants, limitsVectors = false }, pythons, threads, vectors) {
  const search = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${module}") is None)`;
  const python = pythons.find((python) => spawnSync(python, ['-c', search]).status === 0);
  if (python === undefined) {
    const where = pythons.join(' or ');
    return `${system} is not installed for ${where}: pip install -r benchmarks/requirements.txt, or say --python <path>`;
  }
  return (limitsVectors ? vectors : ['widest']).flatMap((width) =>
    variants(threads).map((variant) => {
      const program = (run) => [python, `${folder}peers/${script}`, '--variant', variant, ...protocolOptions(run)];
      const name = width === 'widest' ? system : `${system}, ${width}-bit vectors`;
      return { system: name, variant, environment: environmentsOfVectors[width], measured: program, whole: program };
    }),
  );
}

/** A system in JavaScript, which this Node runs. */
function javaScriptPeer({ system, module, script, variants, wholeEpochs }, threads) {
  try {
    createRequire(import.meta.url).resolve(module);
  } catch {
    return `${system} is not installed: npm install --prefix benchmarks`;
  }
  return variants(threads).map((variant) => {
    const program = (run) => [`${folder}peers/${script}`, '--variant', variant, ...protocolOptions(run)];
    const measured = (run) => [process.execPath, ...program(run)];
    if (wholeEpochs === undefined) return { system, variant, measured };
    return { system, variant, measured, wholeEpochs, whole: (run) => [process.execPath, ...preload, ...program(run)] };
  });
}

function protocolOptions({ file, batch, threads, seconds, epochs }) {
  const extent = epochs === undefined ? ['--seconds', `${seconds}`] : ['--epochs', `${epochs}`];
  return ['--network', file, '--batch', `${batch}`, '--threads', `${threads}`, ...extent];
}

function versionOf(node) {
  const { stdout, status } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`--node ${node}: expected a Node binary, got none`);
  return stdout.trim().replace(/^v(\d+)\..*$/, '$1');
}
