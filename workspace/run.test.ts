/**
 * run.mjs from the outside, in a workspace of three small folders with a pnpm and builders that note what they are
 * called for: what is installed and built when, what reaches the trainer and the tests, and what comes back.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workspaceFolder } from './workspace-packages';

const note = (name: string) => `
appendFileSync(root + '/calls', ${name} + ' ');
if (existsSync(root + '/' + ${name} + '-breaks')) {
  console.log(${name} + ' broke');
  process.exit(Number(readFileSync(root + '/' + ${name} + '-breaks', 'utf8')));
}
`;
const pnpm = `
const { appendFileSync, cpSync, existsSync, readFileSync } = require('node:fs');
const root = process.cwd();
const options = process.argv.slice(2);
const installation = !options.includes('--prod')
  ? 'install-all'
  : options.includes('--filter=!@longhand/playground')
    ? 'install-some'
    : 'install-page';
const name = {
  install: installation,
  exec: options.at(3) + '-all',
  pack: options.filter((option) => option.startsWith('--filter=')).join('+').replaceAll('--filter=', 'pack-'),
}[options[0]];
${note('name')}
if (name === 'build-all') {
  cpSync('apps/trainer/src', 'apps/trainer/dist', { recursive: true });
  for (const task of ['//:declarations', 'tensor:build']) console.log(task + ': cache miss\\n' + task + ': done');
}
if (name.startsWith('pack')) cpSync('packages/tensor/package.json', options.at(-1) + '/tensor.tgz');
`;
const generator = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
const root = import.meta.dirname + '/..';
${note("'generate'")}
`;
const bundler = `
import { appendFileSync, cpSync, existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
const root = import.meta.dirname + '/..';
const name = 'bundle-' + basename(process.cwd());
${note('name')}
cpSync('src', 'dist', { recursive: true });
`;
const builder = (name: string, output: string) => `
import { appendFileSync, cpSync, existsSync, readFileSync } from 'node:fs';
const root = import.meta.dirname + '/../..';
${note(`'${name}'`)}
cpSync('package.json', '${output}', { recursive: true });
`;
const trainer = `
const options = process.argv.slice(2);
let signals = 0;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    signals += 1;
    console.log(signal);
    setTimeout(() => process.exit(10 + signals), 100); // time enough for a second one to be counted
  });
}
console.log(JSON.stringify({ options, cwd: process.cwd() }));
if (options.includes('--wait')) setInterval(() => {}, 60_000);
if (options.includes('--fail')) process.exitCode = 3;
`;

const vitestReport = JSON.stringify({
  numPassedTests: 12,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
    { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
    { status: 'failed', assertionResults: [] },
  ],
});

/** Stands for the linter, the spell checker, the type checker and vitest, which leaves a report. */
const tool = (name: string) => `
import { existsSync, writeFileSync } from 'node:fs';
const options = process.argv.slice(2);
const report = options.find((option) => option.startsWith('--outputFile.json='));
if (report) writeFileSync(report.replace(/^.*?=/, ''), ${JSON.stringify(vitestReport)});
console.log('${name}', options.filter((option) => !/^--(reporter|outputFile)/.test(option)).join(' '));
process.exit(existsSync('${name}-breaks') ? 5 : 0);
`;

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'longhand-run-')));
  for (const file of [
    'run.mjs',
    'commands.mjs',
    'child.mjs',
    'packing.mjs',
    'pnpm.mjs',
    'preparation.mjs',
    'published-packages.mjs',
    'site.mjs',
    'site-server.mjs',
    'step-files.mjs',
  ]) {
    mkdirSync(join(folder, 'workspace'), { recursive: true });
    cpSync(join(workspaceFolder, 'workspace', file), join(folder, 'workspace', file));
  }
  write('package.json', JSON.stringify({ type: 'module', packageManager: 'pnpm@10.0.0+sha512.0' }));
  write('pnpm-lock.yaml', '');
  write('packages/tensor/package.json', '{ "name": "tensor" }');
  write('packages/tensor/src/index.ts', 'export const one = 1;');
  write('workspace/generate.mjs', generator);
  write('workspace/bundle-command.mjs', bundler);
  write('apps/replay/package.json', '{ "name": "replay", "private": true }');
  write('apps/replay/src/longhand-replay.js', trainer);
  write('apps/playground/package.json', '{ "name": "playground", "private": true }');
  write('apps/playground/build-page.mjs', builder('page', 'dist/package.json'));
  write('apps/trainer/package.json', '{ "name": "trainer" }');
  write('apps/trainer/copy-page.mjs', builder('copy-page', 'dist/page/package.json'));
  write('apps/trainer/src/longhand.js', trainer);
  write('node_modules/@biomejs/biome/package.json', '{ "type": "module" }');
  write('node_modules/@biomejs/biome/bin/biome', tool('biome'));
  write('node_modules/cspell/bin.mjs', tool('cspell'));
  write('node_modules/typescript/package.json', '{ "type": "module" }');
  write('node_modules/typescript/bin/tsc', tool('tsc'));
  write('node_modules/vitest/vitest.mjs', tool('vitest'));
  write('bin/pnpm', '');
  write('bin/pnpm.cjs', pnpm);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (options: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) =>
  run(['start', ...options], environment);
const installed = ['install-some', 'generate', 'bundle-replay', 'bundle-trainer'];
const bundled = installed.slice(1);
const built = ['generate', 'build-all'];
const page = ['generate', 'page', 'copy-page'];

test('installs and builds once what the commands need, says how long it took, and builds again what has changed', () => {
  expect(start().stderr).toMatch(
    /^Installing what the commands need.* …\n… done in \d+\.\d s\.\nBuilding the commands.* …\n… done in \d+\.\d s\.\n$/,
  );
  expect(takeCalls()).toEqual(installed);

  expect(start().stderr).toBe('');
  expect(takeCalls()).toEqual([]);

  write('packages/tensor/src/index.ts', 'export const one = 2;');
  start();
  expect(takeCalls()).toEqual(bundled);

  write('packages/tensor/src/index.test.ts', '');
  start();
  expect(takeCalls(), 'tests are in no bundle').toEqual([]);

  rmSync(join(folder, 'apps/trainer/dist'), { recursive: true });
  start();
  expect(takeCalls()).toEqual(bundled);

  write('packages/tensor/package.json', '{ "dependencies": {} }');
  start();
  expect(takeCalls()).toEqual(installed);
});

test('replay needs what start needs', () => {
  expect(JSON.parse(run(['replay', 'list']).stdout).options).toEqual(['list']);
  expect(takeCalls()).toEqual(installed);
  start();
  expect(takeCalls()).toEqual([]);
});

test('test installs, builds and packs the rest after start, and start nothing after test', () => {
  start();
  takeCalls();
  expect(run(['test']).stderr).toMatch(
    /^Installing everything.* …\n… done in .*\nBuilding all packages.* …\n( {2}.* s\n)+… done in .*\nBuilding the playground.* …\n( {2}.* s\n)+… done in .*\nPacking .* …\n… done in .*\n$/,
  );
  expect(takeCalls()).toEqual(['install-all', ...built, ...page, 'pack-tensor+pack-trainer']);

  expect(start().stderr).toBe('');
  expect(run(['test']).stderr).toBe('');
  expect(takeCalls()).toEqual([]);
});

test('start leaves what the tests need installed', () => {
  run(['build']);
  expect(takeCalls()).toEqual(['install-all', ...built]);

  write('packages/tensor/package.json', '{ "dependencies": {} }');
  start();
  expect(takeCalls()).toEqual(['install-all', ...bundled]);

  run(['build']);
  expect(takeCalls()).toEqual(built);
});

test('serve needs more than start, and less than the tests', () => {
  start();
  takeCalls();
  expect(start(['serve']).stderr).toMatch(
    /^Installing what the commands and the playground need.* …\n… done in .*\nBuilding the playground.* …\n {2}generated sources.*\n {2}playground.*\n {2}longhand.*\n… done in .*\n$/,
  );
  expect(takeCalls()).toEqual(['install-page', ...page]);
  for (const options of [['serve'], []]) expect(start(options).stderr).toBe('');
  expect(takeCalls()).toEqual([]);

  write('packages/tensor/package.json', '{ "dependencies": {} }');
  start();
  expect(takeCalls(), 'what serve needs stays').toEqual(['install-page', ...bundled]);

  run(['test']);
  start(['serve']);
  expect(takeCalls().slice(0, 1)).toEqual(['install-all']);
});

test('stops at a playground that cannot be built', { tags: ['exhaustive'] }, () => {
  write('page-breaks', '4');
  const { status, stderr } = start(['serve']);
  expect(status).toBe(4);
  expect(stderr).toMatch(/\nBuilding the playground.* …\n {2}generated sources .*\npage broke\nBuilding failed: .*\n$/);
});

test('build says of each package when it is done, and leaves the playground to those who want it', () => {
  const { stdout, stderr } = run(['build']);
  expect(stdout).toBe('');
  expect(stderr.replace(/\d+\.\d s/g, '1.0 s')).toMatch(
    /\nBuilding all .* …\n {2}generated sources {2}1\.0 s\n {2}declarations {2}1\.0 s\n {2}tensor {2}1\.0 s\n… done in 1\.0 s\.\n$/,
  );
  takeCalls();

  expect(run(['start', 'serve']).stderr).toMatch(/^Building the playground.* …\n( {2}.* s\n)+… done in .*\n$/);
  expect(takeCalls()).toEqual([...page]);
  for (const command of [['start', 'serve'], ['page'], ['build'], ['start']]) expect(run(command).stderr).toBe('');
  expect(takeCalls()).toEqual([]);

  rmSync(join(folder, 'apps/trainer/dist/page'), { recursive: true });
  run(['build']);
  expect(takeCalls(), 'the page is no part of the build').toEqual([]);
  run(['page']);
  expect(takeCalls()).toEqual([...page]);
});

test('packs again what has changed, the README included, or what is gone', { tags: ['exhaustive'] }, () => {
  run(['pack']);
  takeCalls();
  run(['pack']);
  expect(takeCalls()).toEqual([]);

  write('packages/tensor/README.md', '# tensor');
  run(['pack']);
  expect(takeCalls()).toEqual(['pack-tensor+pack-trainer']);

  rmSync(join(folder, 'tarballs'), { recursive: true });
  run(['pack']);
  expect(takeCalls()).toEqual(['pack-tensor+pack-trainer']);
});

test('stops at an installation that fails, says so, and tries again the next time', { tags: ['exhaustive'] }, () => {
  write('install-some-breaks', '4');
  const { status, stdout, stderr } = start();
  expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
  expect(stderr).toMatch(/^Installing.*\ninstall-some broke\nInstalling failed, .*\n$/);
  expect(takeCalls()).toEqual(['install-some']);

  rmSync(join(folder, 'install-some-breaks'));
  expect(start().status).toBe(0);
  expect(takeCalls()).toEqual(installed);
});

test('an interrupted installation is no failure, and is taken up again', { tags: ['exhaustive'] }, () => {
  write('install-some-breaks', '130');
  const { status, stderr } = start();
  expect({ status, failed: stderr.includes('failed') }).toEqual({ status: 130, failed: false });

  rmSync(join(folder, 'install-some-breaks'));
  expect(start().status).toBe(0);
  expect(takeCalls()).toEqual(['install-some', ...installed]);
});

test.each([
  ['generate', bundled],
  ['bundle-trainer', bundled],
])(
  'stops at a build in which %s fails, says so, and tries again the next time',
  { tags: ['exhaustive'] },
  (name, again) => {
    write(`${name}-breaks`, '4');
    const { status, stdout, stderr } = start();
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(stderr).toMatch(new RegExp(`\nBuilding.*\n${name} broke\nBuilding failed: .*\n$`));
    takeCalls();

    rmSync(join(folder, `${name}-breaks`));
    expect(start().status).toBe(0);
    expect(takeCalls()).toEqual(again);
  },
);

test('stops at a build of everything that fails, and tries again the next time', { tags: ['exhaustive'] }, () => {
  write('build-all-breaks', '4');
  const { status, stderr } = run(['build']);
  expect(status).toBe(4);
  expect(stderr).toMatch(/\nBuilding.*\n {2}generated sources .*\nbuild-all broke\nBuilding failed: .*\n$/);

  rmSync(join(folder, 'build-all-breaks'));
  expect(run(['build']).status).toBe(0);
  expect(takeCalls()).toEqual(['install-all', ...built, ...built]);
});

test.each([
  [[], ['train']],
  [
    ['--epochs', '1'],
    ['train', '--epochs', '1'],
  ],
  [
    ['--seed', 'a b', '"*"'],
    ['train', '--seed', 'a b', '"*"'],
  ],
  [
    ['evaluate', 'a.safetensors'],
    ['evaluate', 'a.safetensors'],
  ],
  [['--help'], ['--help']],
])('start %j calls the trainer with %j, where it was typed', (options, expected) => {
  mkdirSync(join(folder, 'digits'));
  const { stdout } = start(options, { INIT_CWD: join(folder, 'digits') });
  expect(JSON.parse(stdout)).toEqual({ options: expected, cwd: join(folder, 'digits') });
});

test("the trainer's exit code is passed on", () => {
  expect(start(['--fail']).status).toBe(3);
});

test('test runs step after step, passes its options to vitest, and counts at the end', () => {
  const { stdout, stderr } = run(['test', '--project', 'tensor']);
  expect(stderr).toMatch(/^Installing everything/);
  expect(stdout.trim().split(/\n+/)).toEqual([
    'Lint and format',
    'biome check',
    'Spelling',
    'cspell lint --quiet --cache --cache-location node_modules/.cache/cspell',
    'Types',
    'tsc --noEmit',
    'Tests',
    'vitest run --tags-filter=!exhaustive --project tensor',
    '12 passed, 2 failed, 3 skipped', // one test, and one file that has none to show
  ]);
});

test.each([
  ['--fast', 'vitest run --tags-filter=!slow && !exhaustive'],
  ['--all', 'vitest run'],
])('test %s runs fewer or more', (amount, line) => {
  expect(run(['test', amount]).stdout.split(/\n+/)).toContain(line);
});

test.each([
  ['biome', 'biome check'],
  ['cspell', 'cspell lint --quiet --cache --cache-location node_modules/.cache/cspell'],
  ['tsc', 'tsc --noEmit'],
  ['vitest', '12 passed, 2 failed, 3 skipped'],
])('test stops at %s with its exit code', { tags: ['exhaustive'] }, (name, lastLine) => {
  write(`${name}-breaks`, '');
  const { status, stdout } = run(['test']);
  expect({ status, lastLine: stdout.trim().split('\n').at(-1) }).toEqual({ status: 5, lastLine });
});

test('an unknown command is wrong usage', () => {
  const { status, stderr } = run(['finish']);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'run.mjs: expected one of start, replay, test, build, page, site, pack, pnpm, got finish\n',
  });
});

// Windows has neither process groups nor these signals.
describe.skipIf(process.platform === 'win32')('signals', () => {
  let child: ChildProcess;

  beforeEach(async () => {
    child = spawn(process.execPath, [join(folder, 'workspace/run.mjs'), 'start', '--wait'], {
      cwd: folder,
      env: pnpmEnvironment(),
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true, // a process group of its own, as a terminal gives it
    });
    if (child.stdout !== null) await once(child.stdout, 'data');
  });

  afterEach(() => {
    try {
      process.kill(-Number(child.pid), 'SIGKILL');
    } catch {
      // The whole group has left, as it should.
    }
  });

  test('Ctrl-C, which reaches the group, is left to the trainer', async () => {
    process.kill(-Number(child.pid), 'SIGINT');
    expect(await outputAndCode(child)).toEqual(['SIGINT\n', 11]);
  });

  test('SIGTERM is forwarded, SIGINT is not', async () => {
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect(await outputAndCode(child)).toEqual(['SIGTERM\n', 11]);
  });
});

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function run(options: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const env = { ...pnpmEnvironment(), ...environment };
  return spawnSync(process.execPath, [join(folder, 'workspace/run.mjs'), ...options], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
}

async function outputAndCode(child: ChildProcess): Promise<[string, number | null]> {
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  return [output, code];
}

/** As pnpm starts a script. */
function pnpmEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: join(folder, 'bin'),
    npm_execpath: join(folder, 'bin/pnpm.cjs'),
    npm_config_user_agent: 'pnpm/10.0.0 npm/? node/v20.19.0',
    INIT_CWD: folder,
  };
}

/** What has been called since, without a doubt about the order of what runs side by side. */
function takeCalls(): string[] {
  const calls = join(folder, 'calls');
  if (!existsSync(calls)) return [];
  const names = readFileSync(calls, 'utf8').trim().split(' ');
  rmSync(calls);
  const bundles = names.filter((name) => name.startsWith('bundle-')).sort();
  return [...names.filter((name) => !name.startsWith('bundle-')), ...bundles];
}
