/**
 * The comparison on the command line: `node benchmarks/run.mjs --help`. Progress goes to stderr, the Markdown to stdout,
 * every figure to the file of --json.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { findContestants, networks, systemNames } from './contestants.mjs';
import { measureSideBySide } from './side-by-side.mjs';
import { throughputTables, wholeTable } from './tables.mjs';
import { measureWholeRuns } from './whole-process.mjs';

const help = `node benchmarks/run.mjs [options]

  --whole            cold processes from start to end, in place of throughput side by side
  --network <name>   ${Object.keys(networks).join(', ')}; may be repeated
                     (default: all; of --whole lenet-documented)
  --system <name>    ${systemNames.join(', ')};
                     may be repeated (default: all)
  --rounds <count>   how often each is measured (default: 5; of --whole 3)
  --seconds <count>  of one measurement (default: 5)
  --epochs <count>   of a whole run (default: 3)
  --batch <count>    how many images make one step (default: 64)
  --threads <count>  (default: one for each processor)
  --python <path>    where to look for the Python peers; may be repeated (default: python3)
  --node <path>      a Node to run Longhand in; may be repeated (default: the one that runs this)
  --kernels <name>   handed to Longhand; may be repeated (default: its own)
  --json <file>      where to put every figure
  --from <file>      the tables of such a file, nothing measured`;

const several = { type: 'string', multiple: true };
const one = { type: 'string' };

const { values } = parseArgs({
  options: {
    network: several,
    system: several,
    python: several,
    node: several,
    kernels: several,
    rounds: one,
    seconds: one,
    epochs: one,
    batch: one,
    threads: one,
    json: one,
    from: one,
    whole: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
});

try {
  if (values.help) console.log(help);
  else if (values.from !== undefined) printTables(JSON.parse(readFileSync(values.from, 'utf8')));
  else await compare();
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

async function compare() {
  const { whole } = values;
  const threads = count('threads', availableParallelism());
  const { contestants, missing } = findContestants({
    systems: among('system', systemNames, systemNames),
    pythons: values.python ?? ['python3'],
    nodes: values.node ?? [process.execPath],
    kernels: values.kernels ?? [],
    threads,
  });
  for (const line of missing) console.error(line);
  const settings = {
    networks: among('network', Object.keys(networks), whole ? ['lenet-documented'] : Object.keys(networks)),
    rounds: count('rounds', whole ? 3 : 5),
    batch: count('batch', 64),
    threads,
    ...(whole ? { epochs: count('epochs', 3) } : { seconds: count('seconds', 5) }),
  };
  const run = { ...settings, contestants, report: (line) => console.error(line) };
  const results = await (whole ? measureWholeRuns(run) : measureSideBySide(run));
  const outcome = { mode: whole ? 'whole' : 'throughput', machine: machine(), settings, results };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(outcome, null, 2)}\n`);
  printTables(outcome);
}

function printTables({ mode, machine: { processor, processors }, settings, results }) {
  const { batch, threads, rounds } = settings;
  const conditions = [`${processor}, ${processors} processors`, `${threads} threads`, `batches of ${batch}`];
  console.log(`${conditions.join(', ')}; medians of ${rounds} rounds.\n`);
  console.log(mode === 'whole' ? wholeTable(results) : throughputTables(results));
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
