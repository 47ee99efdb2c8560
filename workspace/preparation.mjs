/**
 * What has to be done before anything can run: install, build, pack. The commands need little of both: their own
 * dependencies, and bundles made straight from the sources; the playground needs Vite besides. Tests and publishing need everything: linter, compiler,
 * browsers' drivers, every package built with its declarations, and packed.
 *
 * A step is left out when every file it depends on, and every file it made that matters, is what it was when the step
 * last succeeded: then no other program is started.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root, runNode } from './child.mjs';
import { runPnpm } from './pnpm.mjs';
import { publishedPackages, tarballFolder } from './published-packages.mjs';
import { built, filesUnder, manifests, packageFolders, readmesIn, servedPage, sources } from './step-files.mjs';

/** The apps whose commands `npm start` and `npm run replay` call. */
const apps = ['apps/trainer', 'apps/replay'];

/** What the folder takes, in MB, when the commands have been built, when the playground has too, and when everything has been built and packed. */
export const diskSpace = { commands: 220, page: 270, everything: 770 };

const installingFailed =
  'Installing failed, see above. The first time needs a network; if pnpm-lock.yaml is behind a package.json, run `npx pnpm@10 install`.';
const buildingFailed = 'Building failed: see above.';

const installCommands = {
  name: 'install-commands',
  headline: `Installing what the commands need, ${diskSpace.commands} MB with what is built the first time`,
  failure: installingFailed,
  files: manifests,
  run: () => install(['--prod', '--filter=!@longhand/playground']),
};

const installPage = {
  name: 'install-page',
  headline: `Installing what the commands and the playground need, ${diskSpace.page} MB with what is built the first time`,
  failure: installingFailed,
  files: manifests,
  run: () => install(['--prod']),
  includes: installCommands,
};

const installEverything = {
  name: 'install',
  headline: `Installing everything, tools and test partners included, ${diskSpace.everything} MB with what is built the first time`,
  failure: installingFailed,
  files: manifests,
  run: () => install([]),
  includes: installPage,
};

const buildCommands = {
  name: 'build-commands',
  headline: 'Building the commands from what has changed',
  failure: buildingFailed,
  files: () => [...manifests(), ...sources(), ...apps.flatMap(built)],
  run: async () => {
    const code = await generate();
    if (code !== 0) return code;
    const codes = apps.map((folder) =>
      runNode('workspace/bundle-command.mjs', [], { cwd: join(root, folder), heard: 'onFailure' }),
    );
    return Math.max(...(await Promise.all(codes)));
  },
};

const buildPackages = {
  name: 'build',
  headline: 'Building all packages and the commands from what has changed',
  failure: buildingFailed,
  files: () => [...manifests(), ...sources(), ...packageFolders().flatMap(built)],
  run: buildByTurbo,
  includes: buildCommands,
};

/** The playground, and with it what `longhand serve` offers. */
const buildPage = {
  name: 'page',
  headline: 'Building the playground from what has changed',
  failure: buildingFailed,
  files: () => [...manifests(), ...sources(), ...filesUnder('apps/playground/dist'), ...filesUnder(servedPage)],
  run: buildPages,
};

const packEverything = {
  name: 'pack',
  headline: 'Packing what would be published',
  failure: 'Packing failed: see above.',
  files: () => [
    ...buildPackages.files(),
    ...filesUnder(servedPage),
    'LICENSE',
    ...packageFolders().map((folder) => `${folder}/README.md`),
    ...filesUnder(basename(tarballFolder)),
  ],
  run: () => {
    rmSync(tarballFolder, { recursive: true, force: true });
    const filters = publishedPackages().map(({ name }) => `--filter=${name}`);
    return runPnpm(['pack', '--recursive', ...filters, '--pack-destination', tarballFolder], {
      heard: 'onFailure',
      fetched: true,
    });
  },
};

/** Installs and builds what the commands need, each only if needed. Gives an exit code. */
export function prepareCommands() {
  return take([installing(installCommands), buildCommands]);
}

/** Installs everything and builds the packages and the commands, each only if needed. Gives an exit code. */
export function preparePackages() {
  return take([installEverything, buildPackages]);
}

/** Installs and builds what the commands and the playground need, each only if needed. Gives an exit code. */
export function preparePage() {
  return take([installing(installPage), buildCommands, buildPage]);
}

/** Installs and builds whatever there is, each only if needed. Gives an exit code. */
export function prepareEverything() {
  return take([installEverything, buildPackages, buildPage]);
}

/** Installs and builds whatever there is, and packs what is published, each only if needed. Gives an exit code. */
export function prepareTarballs() {
  return take([installEverything, buildPackages, buildPage, packEverything]);
}

/**
 * Installs and builds whatever there is, and then the documentation site by `run`, each only if needed. Gives an exit code.
 *
 * @param {string} base the folder of the server that the site is made for
 * @param {() => Promise<number>} run
 */
export function prepareSite(base, run) {
  const buildSite = {
    name: 'site',
    headline: 'Building the documentation from what has changed',
    failure: 'Building the documentation failed: see above.',
    settings: base,
    files: () => [
      ...buildPage.files(),
      ...filesUnder('docs').filter((path) => !/^docs\/\.vitepress\/(cache|\.temp)\//.test(path)),
      ...['packages', 'apps', 'examples'].flatMap(readmesIn),
      'CONTRIBUTING.md',
      'benchmarks/README.md',
      'workspace/reference.mjs',
      'workspace/site.mjs',
    ],
    run,
  };
  return take([installEverything, buildPackages, buildPage, buildSite]);
}

/**
 * An installation, or a larger one that was there before: that is kept up to date, since a smaller one over it would take away what
 * others need.
 */
function installing(least) {
  const larger = [installEverything, installPage].find((step) => existsSync(stamp(step)));
  return larger ?? least;
}

/** Takes the steps in turn. Headlines go to stderr, so that stdout stays the command's own. */
async function take(steps) {
  for (const step of steps) {
    if (isDone(step)) continue;
    console.error(`${step.headline} …`);
    const start = performance.now();
    const code = await step.run();
    if (code !== 0) {
      const interrupted = code > 128; // By Ctrl-C, which needs no explanation; the next start takes the step again.
      if (!interrupted) console.error(step.failure);
      return code;
    }
    console.error(`… done in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
    for (let done = step; done !== undefined; done = done.includes) {
      mkdirSync(dirname(stamp(done)), { recursive: true });
      writeFileSync(stamp(done), fingerprint(done));
    }
  }
  return 0;
}

function isDone(step) {
  return existsSync(stamp(step)) && readFileSync(stamp(step), 'utf8') === fingerprint(step);
}

/** Where a step notes what it has seen when it last succeeded. */
function stamp({ name }) {
  return join(root, 'node_modules/.longhand', name);
}

/** Makes the sources that are made from others. Gives an exit code. */
function generate() {
  return runNode('workspace/generate.mjs', [], { heard: 'onFailure' });
}

/** Says what is done of a build, and after how long. */
function sayer() {
  const start = performance.now();
  return (name) => console.error(`  ${name}  ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Builds the playground, and copies it to where the command looks for it. Gives an exit code. */
async function buildPages() {
  const say = sayer();
  const steps = [
    ['generated sources', generate],
    ['playground', () => runIn('apps/playground', 'build-page.mjs')],
    ['longhand', () => runIn('apps/trainer', 'copy-page.mjs')],
  ];
  for (const [name, run] of steps) {
    const code = await run();
    if (code !== 0) return code;
    say(name);
  }
  return 0;
}

function runIn(folder, script) {
  return runNode(`${folder}/${script}`, [], { cwd: join(root, folder), heard: 'onFailure' });
}

/**
 * Builds what `turbo.json` says, with as many processes as there are cores, and says what is done. Gives an exit code. The sources that
 * are made from others come first: in a fresh clone they take a good part of the time.
 */
async function buildByTurbo() {
  const say = sayer();
  const code = await generate();
  if (code !== 0) return code;
  say('generated sources');
  // Grouped, the lines of a task come when it is done, each behind its name: `@longhand/tensor:build: …`.
  const done = new Set();
  const onLine = (line) => {
    const [, name] = /^(.+?)[:#](?:build|declarations): /.exec(line) ?? [];
    if (name === undefined || done.has(name)) return;
    done.add(name);
    say(name === '//' ? 'declarations' : name);
  };
  const options = ['--ui=stream', '--log-order=grouped', '--output-logs=full', '--concurrency=100%'];
  return runPnpm(['exec', 'turbo', 'run', 'build', ...options], { heard: 'onFailure', fetched: true, onLine });
}

/** It may take minutes, so a terminal shows how far it is; a foreign node_modules is cleared away unasked. */
function install(options) {
  return runPnpm(
    [
      'install',
      ...options,
      '--frozen-lockfile',
      // What packages prepare after an installation, the build makes anyway.
      '--ignore-scripts',
      '--config.confirmModulesPurge=false',
      '--config.updateNotifier=false',
    ],
    { heard: process.stderr.isTTY ? 'onScreen' : 'onFailure', fetched: false },
  );
}

/** Paths and contents; and the platform, whose binaries are installed. No dependency depends on the Node version. */
function fingerprint({ settings = '', files }) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}${settings}`);
  for (const file of files().sort()) {
    const content = existsSync(join(root, file)) ? readFileSync(join(root, file)) : 'absent';
    hash.update(`\n${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}
