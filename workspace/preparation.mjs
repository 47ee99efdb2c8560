/**
 * What has to be done before anything can run: install, build. A step is left out when every file it depends on, and
 * every file it made that matters, is what it was when the step last succeeded: then no other program is started.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './child.mjs';
import { runPnpm } from './pnpm.mjs';

const steps = [
  {
    name: 'install',
    headline: 'Installing what is needed …',
    failure:
      'Installing failed, see above. The first time needs a network; if pnpm-lock.yaml is behind a package.json, run `npx pnpm@10 install`.',
    files: manifests,
    run: () =>
      // It may take minutes, so a terminal shows how far it is; a foreign node_modules is cleared away unasked.
      runPnpm(['install', '--frozen-lockfile', '--config.confirmModulesPurge=false', '--config.updateNotifier=false'], {
        heard: process.stderr.isTTY ? 'onScreen' : 'onFailure',
        fetched: false,
      }),
  },
  {
    name: 'build',
    headline: 'Building what has changed …',
    failure: 'Building failed: see above.',
    files: () => [...manifests(), 'turbo.json', 'tsconfig.base.json', ...sourcesAndBuilt()],
    run: () =>
      runPnpm(['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'], { heard: 'onFailure', fetched: true }),
  },
];

/** Installs and builds, each only if needed. Headlines go to stderr, so that stdout stays the command's own. */
export async function prepare() {
  for (const step of steps) {
    const stamp = join(root, 'node_modules/.longhand', step.name);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(step.files())) continue;
    console.error(step.headline);
    const code = await step.run();
    if (code !== 0) {
      console.error(step.failure);
      return code;
    }
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, fingerprint(step.files()));
  }
  return 0;
}

/** Everything an installation depends on. */
function manifests() {
  return [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    '.npmrc',
    ...packageFolders().map((folder) => `${folder}/package.json`),
  ];
}

function sourcesAndBuilt() {
  return packageFolders().flatMap((folder) => [
    `${folder}/tsconfig.json`,
    ...scriptsOf(folder),
    ...filesUnder(`${folder}/src`),
    ...filesUnder(`${folder}/dist`),
  ]);
}

function packageFolders() {
  return ['packages', 'apps'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`));
}

/** What a package makes some of its sources with. */
function scriptsOf(folder) {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => `${folder}/${name}`);
}

function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

/** Paths and contents; and the platform, whose binaries are installed. No dependency depends on the Node version. */
function fingerprint(files) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of files.sort()) {
    const content = existsSync(join(root, file)) ? readFileSync(join(root, file)) : 'absent';
    hash.update(`\n${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}
