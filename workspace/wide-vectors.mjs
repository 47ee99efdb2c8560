/**
 * Whether vectors of 256 bits give the bits of narrow ones: `node workspace/wide-vectors.mjs --node <path> --seeds 1-100`. Processes run
 * every kernel at geometries of the tables and at drawn ones, and train known networks and drawn ones; each prints a checksum of every
 * result. All have to be those of narrow vectors in the first Node, whichever way V8 compiles the kernels. Only then does an engine get
 * into the table of `apps/trainer/src/command/proven-engines.ts`, and this wants to be run again when kernels have changed.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { packageSources } from './package-sources.mjs';

const wideFlags = ['--experimental-wasm-revectorize', '--trace-wasm-revectorize'];

/**
 * Ways to compile: V8's first compiler hands functions that run often to its second one, with what it has seen of their calls. Only the
 * second makes wide vectors.
 */
const ways = {
  'all optimized at first': ['--no-liftoff'],
  'as usual': [],
  'optimized early': ['--wasm-tiering-budget=2000'],
  'inlined whatever is called': ['--wasm-tiering-budget=2000', '--wasm-inlining-ignore-call-counts'],
  'optimized in the background': ['--no-wasm-dynamic-tiering'],
  'with bounds checked in the code': ['--wasm-enforce-bounds-checks', '--no-liftoff'],
  'without AVX2': ['--no-enable-avx2', '--no-liftoff'],
};

/** How often each kernel runs, so that the usual way has something to optimize. */
const runs = 10;

/**
 * @param {{ nodes: readonly string[], first: number, count: number, kernels?: readonly string[], said?: (line: string) => void }} options
 * @returns {Promise<{ results: number, differences: string[], wide: Record<string, number> }>} `wide`: how many functions were made
 *   wide, by Node, kernels and way; -1 where the process failed
 */
export async function compareWideVectors({ nodes, first, count, kernels = ['strict', 'fused'], said = () => {} }) {
  const folder = mkdtempSync(join(tmpdir(), 'longhand-wide-'));
  try {
    const program = join(folder, 'results.mjs');
    await bundle(program);
    const differences = [];
    const wide = {};
    let results = 0;
    for (const arithmetic of kernels) {
      let expected;
      for (const node of nodes) {
        for (const [way, flags] of [
          ['narrow', []],
          ...Object.entries(ways).map(([name, own]) => [name, [...own, ...wideFlags]]),
        ]) {
          const title = `${node}, ${arithmetic}, ${way}`;
          const options = [...flags, '--trace-wasm-compilation-times', program];
          const { code, lines, trace } = await run(node, options, folder, [arithmetic, first, count, runs]);
          expected ??= lines;
          results += lines.length;
          wide[title] = code === 0 ? functionsIn(trace, widened) : -1;
          const others = differencesBetween(expected, lines);
          if (code !== 0) others.push(`ended with ${code}: ${trace.trim().split('\n').at(-1)}`);
          differences.push(...others.map((line) => `${title}: ${line}`));
          said(
            `${title}: ${lines.length} results, ${others.length} others; ${functionsIn(trace, optimized)} functions optimized, ${wide[title]} made wide`,
          );
        }
      }
    }
    return { results, differences, wide };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bundle(outfile) {
  const entryPoints = [join(import.meta.dirname, 'wide-vectors/results.ts')];
  return build({
    entryPoints,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    alias: packageSources,
  });
}

/** V8's remarks go to a file: where a pipe is full, V8 gives up what it has to say. */
async function run(node, options, folder, words) {
  const [results, remarks] = [join(folder, 'results'), join(folder, 'remarks')];
  const output = openSync(remarks, 'w');
  const child = spawn(node, [...options, results, ...words.map(String)], { stdio: ['ignore', output, output] });
  closeSync(output);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(status ?? signal));
  });
  const lines = readFileSync(results, 'utf8').split('\n').slice(0, -1);
  return { code, lines, trace: readFileSync(remarks, 'latin1') };
}

/** What V8 says of a function that it makes wide, in the words of V8 13.6 and of V8 14.6; and of one that it has optimized. */
const widened = /^Revec: .*Decided? to vectorize, [1-9]/gm;
const optimized = /^Compiled function \S+#\d+ using TurboFan/gm;

function functionsIn(trace, said) {
  return trace.match(said)?.length ?? 0;
}

function differencesBetween(expected, got) {
  const others = got.flatMap((line, at) => (line === expected[at] ? [] : [line]));
  return got.length === expected.length ? others : [...others, `${got.length} results in place of ${expected.length}`];
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      node: { type: 'string', multiple: true, default: [process.execPath] },
      kernels: { type: 'string', multiple: true, default: ['strict', 'fused'] },
      seeds: { type: 'string', default: '1-20' },
    },
  });
  const [first, last = first] = values.seeds.split('-').map(Number);
  const { results, differences } = await compareWideVectors({
    nodes: values.node,
    kernels: values.kernels,
    first,
    count: last - first + 1,
    said: console.log,
  });
  for (const line of differences.slice(0, 100)) console.log(line);
  console.log(`${results} results, ${differences.length} others`);
  process.exitCode = differences.length > 0 ? 1 : 0;
}
