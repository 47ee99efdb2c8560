/**
 * The comparison on the command line: `node benchmarks/run.mjs --help`. Progress goes to stderr, the Markdown to stdout,
 * every figure to the file of --json.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findContestants, systemNames, vectorWidths } from './contestants.mjs';
import { commonPresets, comparedNetwork, namesIn, networkNames, panelFolder } from './networks.mjs';
import { panelTables } from './panel-table.mjs';
import { measureSideBySide } from './side-by-side.mjs';
import { throughputTables, wholeTable } from './tables.mjs';
import { measureWholeRuns } from './whole-process.mjs';

const help = `node benchmarks/run.mjs [options]

  --panel            Longhand and PyTorch on the networks of benchmarks/networks, with one thread and with all:
                     speeds, their ratios and peak memory
  --whole            cold processes from start to end, in place of throughput side by side
  --network <name>   ${networkNames.join(', ')},
                     or the path of a network file; may be repeated
                     (default: ${commonPresets.join(', ')}; of --whole lenet-documented)
  --networks <path>  all network files of a folder
  --input <size>     of an image, such as 32x32x3: random pictures (default: 28x28x1, MNIST's digits)
  --system <name>    ${systemNames.join(', ')};
                     may be repeated (default: all; of --panel Longhand and PyTorch)
  --rounds <count>   how often each is measured (default: 5; of --whole and --panel 3)
  --seconds <count>  of one measurement (default: 5; of --panel 1)
  --epochs <count>   of a whole run (default: 3)
  --batch <count>    how many images make one step (default: 64)
  --threads <count>  may be repeated (default: one for each processor; of --panel this and 1)
  --vectors <bits>   ${vectorWidths.join(' or ')}: 256 limits PyTorch where a processor has wider ones; may be repeated
                     (default: widest)
  --python <path>    where to look for the Python peers; may be repeated (default: python3)
  --node <path>      a Node to run Longhand in; may be repeated (default: the one that runs this)
  --kernels <name>   handed to Longhand; may be repeated (default: its own)
  --narrow-vectors   measures Longhand with vectors of 128 bits as well, where it takes 256 by itself
  --json <file>      where to put every figure
  --from <file>      the tables of such a file, nothing measured; may be repeated`;

const several = { type: 'string', multiple: true };
const one = { type: 'string' };
const flag = { type: 'boolean', default: false };

const { values } = parseArgs({
  options: {
    network: several,
    networks: one,
    input: one,
    system: several,
    python: several,
    node: several,
    kernels: several,
    threads: several,
    vectors: several,
    rounds: one,
    seconds: one,
    epochs: one,
    batch: one,
    json: one,
    from: several,
    panel: flag,
    'narrow-vectors': flag,
    whole: flag,
    help: { type: 'boolean', short: 'h' },
  },
});

const modes = {
  throughput: { rounds: 5, seconds: 5, networks: commonPresets, systems: systemNames, measured: measureSideBySide },
  panel: {
    rounds: 3,
    seconds: 1,
    networks: namesIn(panelFolder),
    systems: ['Longhand', 'PyTorch'],
    threads: [...new Set([1, availableParallelism()])],
    measured: measureSideBySide,
  },
  whole: { rounds: 3, epochs: 3, networks: ['lenet-documented'], systems: systemNames, measured: measureWholeRuns },
};

try {
  if (values.help) console.log(help);
  else if (values.from !== undefined) printTables(merged(values.from));
  else await compare();
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

async function compare() {
  const mode = values.panel ? 'panel' : values.whole ? 'whole' : 'throughput';
  const standard = modes[mode];
  const networks = chosenNetworks(standard).map((named) => comparedNetwork(named, inputSize()));
  const settings = {
    rounds: count('rounds', standard.rounds),
    batch: count('batch', 64),
    ...(mode === 'whole'
      ? { epochs: count('epochs', standard.epochs) }
      : { seconds: count('seconds', standard.seconds) }),
  };
  const results = [];
  for (const threads of threadCounts(standard)) {
    const { contestants, missing } = findContestants({
      systems: among('system', systemNames, standard.systems),
      pythons: values.python ?? ['python3'],
      nodes: values.node ?? [process.execPath],
      kernels: values.kernels ?? [],
      narrowVectors: values['narrow-vectors'],
      vectors: among('vectors', vectorWidths, ['widest']),
      threads,
    });
    for (const line of missing) console.error(line);
    const report = (line) => console.error(line);
    results.push(...(await standard.measured({ ...settings, networks, threads, contestants, report })));
  }
  const outcome = { mode, machine: machine(), settings, results };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(outcome, null, 2)}\n`);
  printTables(outcome);
}

function chosenNetworks(standard) {
  const files = values.networks === undefined ? [] : namesIn(values.networks);
  const chosen = [...(values.network ?? []), ...files.map((name) => join(values.networks, `${name}.json`))];
  return chosen.length > 0 ? chosen : standard.networks;
}

function inputSize() {
  const input = (values.input ?? '28x28x1').split('x').map(Number);
  if (input.length === 3 && input.every((extent) => Number.isInteger(extent) && extent > 0)) return input;
  throw new Error(`--input: expected height, width and channels such as 32x32x3, got ${values.input}`);
}

function threadCounts(standard) {
  const chosen = values.threads?.map(Number) ?? standard.threads ?? [availableParallelism()];
  if (chosen.every((threads) => Number.isInteger(threads) && threads > 0)) return chosen;
  throw new Error(`--threads: expected whole numbers above 0, got ${values.threads}`);
}

/** The outcome of several files together, which were measured in the same way. */
function merged(files) {
  const outcomes = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  return { ...outcomes[0], results: outcomes.flatMap(({ results }) => results) };
}

function printTables({ mode, machine: { processor, processors }, settings, results }) {
  const { batch, rounds } = settings;
  const threads = [...new Set(results.map(({ threads }) => threads))].filter(Boolean);
  const conditions = [`${processor}, ${processors} processors`, `batches of ${batch}`];
  if (mode === 'throughput') conditions.splice(1, 0, `${threads} threads`);
  console.log(`${conditions.join(', ')}; medians of ${rounds} rounds.\n`);
  console.log({ throughput: throughputTables, panel: panelTables, whole: wholeTable }[mode](results));
}

function machine() {
  return { processor: cpus()[0]?.model ?? process.arch, processors: availableParallelism() };
}

function count(name, otherwise) {
  const value = values[name] === undefined ? otherwise : Number(values[name]);
  if (!(value > 0)) throw new Error(`--${name}: expected a number above 0, got ${values[name]}`);
  return value;
}

function among(name, choices, otherwise) {
  const chosen = values[name] ?? otherwise;
  const unknown = chosen.find((value) => !choices.includes(value));
  if (unknown !== undefined) throw new Error(`--${name}: expected ${choices.join(', ')}, got ${unknown}`);
  return chosen;
}
