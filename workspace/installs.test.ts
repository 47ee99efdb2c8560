/**
 * A release, whole, on this machine: everything is published to a registry, from which npm, pnpm, Yarn (Plug'n'Play, which has no
 * node_modules) and Bun install it: a program that imports everything type-checks and trains, and the commands run.
 *
 * @module-tag exhaustive
 */
// cspell:ignore npmrc userconfig
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { programOf } from '../apps/trainer/testing/programs';
import { type LocalRegistry, startLocalRegistry } from './local-registry';
// @ts-expect-error: plain JavaScript
import { npm } from './pnpm.mjs';
// @ts-expect-error: plain JavaScript
import { publish } from './publishing.mjs';
import { packed } from './tarballs';
import { compile } from './user-types';
import { workspaceFolder } from './workspace-packages';

type Call = readonly [program: string, ...options: string[]];

const published = packed();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'longhand-installs-')));
const node = process.execPath;
const callOfNpm: Call = npm();
const yarn = createRequire(import.meta.url).resolve('@yarnpkg/cli-dist/bin/yarn.js');
const bun = programOf('LONGHAND_BUN', ['bun']);

let registry: LocalRegistry;
beforeAll(async () => {
  registry = await startLocalRegistry(published, { withOurs: false });
  // npm publishes only for somebody, and this registry takes anybody.
  const settings = join(folder, 'npmrc');
  writeFileSync(settings, `//${new URL(registry.url).host}/:_authToken=anybody\ncache=${join(folder, 'npm-cache')}\n`);
  vi.stubEnv('npm_config_userconfig', settings);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  expect(await publish(published, registry.url)).toBe(0);
  expect(registry.published).toEqual(published.map(({ name, version }) => `${name}@${version}`));
  log.mockRestore();
  vi.unstubAllEnvs();
});
afterAll(() => {
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Manager {
  readonly name: string;
  readonly install: Call;
  /** How it runs a program, and a command. */
  readonly program: Call;
  readonly command: (name: string) => Call;
}

const linked = (name: string, project: string): Call => [join(folder, project, 'node_modules/.bin', name)];

const managers: readonly Manager[] = [
  {
    name: 'npm',
    install: [...callOfNpm, 'install', '--no-audit', '--no-fund'],
    program: [node],
    command: (name) => linked(name, 'npm'),
  },
  {
    name: 'pnpm',
    install: [node, join(workspaceFolder, 'workspace/run.mjs'), 'pnpm', 'install', '--dir', join(folder, 'pnpm')],
    program: [node],
    command: (name) => linked(name, 'pnpm'),
  },
  {
    name: 'yarn',
    install: [node, yarn, 'install'],
    program: [node, yarn, 'node'],
    command: (name) => [node, yarn, 'run', name],
  },
  {
    name: 'bun',
    install: [bun ?? 'bun', 'install'],
    program: [node],
    command: (name) => linked(name, 'bun'),
  },
];

/** Imports every entry of every package, and trains on two threads. */
function programText(): string {
  const entries = published.flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports ?? {})
      .filter((path) => path !== './worker.js') // A file to serve, not to import.
      .map((path) => name + path.slice(1)),
  );
  const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}';`);
  return `${imports.join('\n')}
import { subset } from '@longhand/datasets';
import { lenetDocumented } from '@longhand/layers';
import { mnistNormalization as normalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw } from '@longhand/optimizers';
import { evaluate, fit } from '@longhand/training';

const entries: readonly object[] = [${entries.map((_, index) => `entry${index}`).join(', ')}];
console.log(entries.filter((entry) => Object.keys(entry).length > 0).length);

const [network, optimizer] = [lenetDocumented(), adamw({ learningRate: 0.01 })];
const dataset = subset(loadMnist({ split: 'train' }), { from: 0, to: 640 });
const { parameters } = await fit({ network, dataset, normalization, optimizer, epochs: 1, batchSize: 64, seed: 1, threads: 2 });
console.log((await evaluate({ network, parameters, normalization, dataset })).correct);
`;
}

const checksums: string[] = [];
const training = ['train', '--limit', '640', '--epochs', '1', '--quiet'];

describe('npx', () => {
  const npx: Call = [...callOfNpm, 'exec', '--yes', '--'];
  let project: string;
  beforeAll(() => {
    project = projectFor('npx', {});
  });

  test('fetches longhand and trains, and the line that it prints is one for npx', async () => {
    const stdout = await run([...npx, 'longhand', ...training], project);
    checksums.push(checksumIn(stdout));
    expect(stdout).toContain('\n  npx longhand evaluate runs/lenet-documented/last.safetensors');
  });

  test('fetches longhand-replay', async () => {
    expect(await run([...npx, 'longhand-replay', 'list'], project)).toContain('lenet-step');
  });

  test('serves the playground until it is asked to end', async () => {
    const [program, ...options] = npx;
    const server = spawn(program, [...options, 'longhand', 'serve'], {
      cwd: project,
      env: ofNobody(),
      stdio: ['ignore', 'pipe', 'inherit'],
      // A group of its own, to which a signal goes as from a terminal: npm's shell would not pass it on to what it has started.
      detached: true,
    });
    const closed = once(server, 'close');
    const [, url] = /(http:\S+)/.exec(await firstLine(server.stdout)) ?? [];
    if (url === undefined) throw new Error('expected the address of the playground as the first line');
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>Longhand playground')]);

    process.kill(-Number(server.pid), 'SIGTERM');
    await closed;
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe.each(managers.map((manager) => [manager.name, manager] as const))(
  '%s',
  (name, { install, program, command }) => {
    // Bun is looked for on the path, or where LONGHAND_BUN says.
    test.skipIf(name === 'bun' && bun === undefined)(
      'installs everything; a program type-checks and trains, the commands run',
      async () => {
        const project = projectFor(name, Object.fromEntries(published.map((each) => [each.name, each.version])));
        if (name === 'pnpm') await run([...install, ...pnpmSettings()], project, process.env);
        else await run(install, project);

        writeFileSync(join(project, 'program.ts'), programText());
        const faults = compile(join(project, 'program.ts'));
        // TypeScript finds what Yarn has zipped only with Yarn's own patches.
        if (name !== 'yarn') expect(faults).toEqual([]);
        const [entries, correct] = (await run([...program, 'program.js'], project)).trim().split('\n').map(Number);
        expect(entries).toBeGreaterThan(published.length);
        // Of 640, after one epoch of ten steps; 64 by chance.
        expect(correct).toBeGreaterThan(200);

        checksums.push(checksumIn(await run([...command('longhand'), ...training], project)));
        expect(await run([...command('longhand-replay'), 'list'], project)).toContain('lenet-step');
      },
    );
  },
);

test('the same bytes whoever installed', () => {
  expect(checksums.length).toBeGreaterThan(3);
  expect(new Set(checksums).size).toBe(1);
});

function projectFor(name: string, dependencies: Readonly<Record<string, string>>): string {
  const project = join(folder, name);
  mkdirSync(project);
  const manifest = { name: `using-${name}`, version: '0.0.0', private: true, type: 'module', dependencies };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  // Yarn takes the folder of the nearest lockfile for the project.
  if (name === 'yarn') writeFileSync(join(project, 'yarn.lock'), '');
  return project;
}

/** Runs it with nobody's settings and caches. The registry lives in this process, so that it waits without blocking. */
async function run([program, ...options]: Call, cwd: string, env: NodeJS.ProcessEnv = ofNobody()): Promise<string> {
  const child = spawn(program, options, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (status !== 0) throw new Error(`${[program, ...options].join(' ')}: exit code ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** pnpm itself comes from where the workspace has it, so that its environment is the user's. */
function pnpmSettings(): string[] {
  const folders = ['store', 'cache', 'state'].map((name) => `--config.${name}-dir=${join(folder, name)}`);
  return [`--registry=${registry.url}`, '--ignore-workspace', '--no-frozen-lockfile', ...folders];
}

function ofNobody(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return {
    PATH,
    SystemRoot,
    HOME: folder,
    USERPROFILE: folder,
    npm_config_registry: registry.url,
    npm_config_update_notifier: 'false',
    BUN_CONFIG_REGISTRY: registry.url,
    YARN_NPM_REGISTRY_SERVER: registry.url,
    YARN_NPM_MINIMAL_AGE_GATE: '0',
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    YARN_ENABLE_TELEMETRY: 'false',
  };
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(stream)) return line;
  return '';
}

function checksumIn(output: string): string {
  const [, checksum] = /checksum ([0-9a-f]{8})/.exec(output) ?? [];
  if (checksum === undefined) throw new Error(`expected the checksum of weights, got\n${output}`);
  return checksum;
}
