/**
 * The commands of run.mjs: `start` trains, `replay` plays the hand examples, `test` checks everything there is to
 * check, `build` builds every package and the commands, `page` the playground, `site` the documentation, `pack` makes the tarballs that
 * would be published, `pnpm` is what the tests install them with. Each first installs and builds what it needs and what has changed.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, runNode } from './child.mjs';
import { pack } from './packing.mjs';
import { runPnpm } from './pnpm.mjs';
import { prepareCommands, prepareEverything, preparePackages, preparePage, prepareTarballs } from './preparation.mjs';
import { site } from './site.mjs';

const commands = {
  start: { prepare: ([first]) => (first === 'serve' ? preparePage() : prepareCommands()), run: start },
  replay: { prepare: prepareCommands, run: replay },
  test: { prepare: prepareTarballs, run: test },
  build: { prepare: preparePackages, run: () => 0 },
  page: { prepare: preparePage, run: () => 0 },
  // These build what they need when they know their options.
  site: { prepare: () => 0, run: site },
  pack: { prepare: () => 0, run: pack },
  pnpm: { prepare: prepareEverything, run: pnpm },
};

/** Runs one command and leaves with its exit code. */
export async function runCommand([name, ...options]) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (command === undefined) {
    console.error(`run.mjs: expected one of ${Object.keys(commands).join(', ')}, got ${name ?? 'nothing'}`);
    process.exit(2);
  }
  const failure = await command.prepare(options);
  process.exitCode = failure !== 0 ? failure : await command.run(options);
}

/**
 * `start [options...]` is the trainer's `train [options...]`; `start evaluate`, `start --help` and the like are the
 * trainer's own commands. Paths mean the folder in which the command was typed, which npm and pnpm leave in INIT_CWD.
 */
function start(options) {
  const first = options[0] ?? '';
  const isCommand = /^[a-z]/.test(first) || ['--help', '-h', '--version', '-V'].includes(first);
  const trainerOptions = isCommand ? options : ['train', ...options];
  // Commands that the trainer suggests should work as they are typed here.
  const environment = { LONGHAND_COMMAND: 'npm start --' };
  return runNode('apps/trainer/dist/longhand.js', trainerOptions, { cwd: typedIn(), environment });
}

/** `replay [options...]` is `longhand-replay [options...]`. */
function replay(options) {
  return runNode('apps/replay/dist/longhand-replay.js', options, { cwd: typedIn() });
}

/** The folder in which the command was typed. */
function typedIn() {
  return process.env.INIT_CWD ?? process.cwd();
}

/** Files that have not changed are not read again. */
const spellingCache = ['--cache', '--cache-location', 'node_modules/.cache/cspell'];

/** What is looked at before the tests: a headline, the script, its options. */
const checks = [
  ['Lint and format', 'node_modules/@biomejs/biome/bin/biome', ['check']],
  ['Spelling', 'node_modules/cspell/bin.mjs', ['lint', '--quiet', ...spellingCache]],
  ['Types', 'node_modules/typescript/bin/tsc', ['--noEmit']],
];

/**
 * `test [--fast | --all] [vitest options...]` stops at the first step that fails, with its exit code. Which tests the two choose, the
 * tags in `vitest.config.ts` say.
 */
async function test(options) {
  const code = await check();
  if (code !== 0) return code;
  console.log('\nTests');
  return runTests(vitestOptions(options));
}

/** The checks run side by side, each on a core of its own; they are heard in their order, up to the first that fails. */
async function check() {
  const stop = new AbortController();
  const running = checks.map(([headline, script, options]) => {
    const output = [];
    return { headline, output, end: runNode(script, options, { heard: 'collected', output, stop: stop.signal }) };
  });
  for (const { headline, output, end } of running) {
    console.log(`\n${headline}`);
    const code = await end;
    process.stdout.write(Buffer.concat(output));
    if (code === 0) continue;
    stop.abort();
    await Promise.all(running.map((other) => other.end));
    return code;
  }
  return 0;
}

function vitestOptions(options) {
  const others = options.filter((option) => option !== '--fast' && option !== '--all');
  if (options.includes('--all')) return others;
  return [`--tags-filter=${options.includes('--fast') ? '!slow && !exhaustive' : '!exhaustive'}`, ...others];
}

/** Vitest, closed by one plain line that people and machines can read: `12 passed, 0 failed`. */
async function runTests(options) {
  const folder = mkdtempSync(join(tmpdir(), 'longhand-tests-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    // The page has just been built; where it is not named, tests build one.
    const environment = { LONGHAND_PLAYGROUND: join(root, 'apps/playground/dist'), ...process.env };
    const code = await runNode('node_modules/vitest/vitest.mjs', ['run', ...reporters, ...options], { environment });
    if (existsSync(report)) console.log(closingLine(JSON.parse(readFileSync(report, 'utf8')), code));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that fails before its tests start, or an error outside any test, counts as one failure. */
function closingLine(report, code) {
  const skipped = report.numPendingTests + report.numTodoTests;
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length;
  const failed = Math.max(report.numFailedTests + brokenFiles, code === 0 ? 0 : 1);
  return `${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** `pnpm options...` runs it in the workspace's root; nothing of it is heard unless it fails. */
function pnpm(options) {
  return runPnpm(options, { heard: 'onFailure', fetched: true });
}
