/** The files that the steps of a preparation depend on: what installations, builds and packages are made from, and what they leave. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './child.mjs';

/** Where `longhand serve` looks for the playground. */
export const servedPage = 'apps/trainer/dist/page';

/** Everything an installation depends on. */
export function manifests() {
  return [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    '.npmrc',
    ...packageFolders().map((folder) => `${folder}/package.json`),
  ];
}

/** Everything that a build reads: sources without their tests, what some are made with, and the settings. */
export function sources() {
  const files = packageFolders().flatMap((folder) => [
    `${folder}/tsconfig.json`,
    ...scriptsOf(folder),
    ...filesUnder(`${folder}/src`).filter((path) => !/\.(test|bench)\.tsx?$/.test(path)),
    ...filesUnder(`${folder}/public`),
  ]);
  return [
    ...files,
    ...filesUnder('data'),
    ...filesUnder('benchmarks/networks'),
    'turbo.json',
    'tsconfig.base.json',
    'tsup.config.ts',
    'workspace/generate.mjs',
    'workspace/bundle-command.mjs',
    'workspace/declarations.mjs',
    'workspace/package-sources.mjs',
    'workspace/pure-constants.mjs',
  ];
}

/** What `build` leaves in a folder: the playground, and the page that the trainer offers, are built by themselves. */
export function built(folder) {
  if (folder === 'apps/playground') return [];
  return filesUnder(`${folder}/dist`).filter((path) => !path.startsWith(`${servedPage}/`));
}

/** The folders of all packages and apps. */
export function packageFolders() {
  return ['packages', 'apps'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`));
}

/** What a package makes some of its sources with; of a page also its document and its service worker. */
function scriptsOf(folder) {
  return readdirSync(join(root, folder))
    .filter((name) => /\.(m?js|html)$/.test(name))
    .map((name) => `${folder}/${name}`);
}

/** The READMEs of all folders in one. */
export function readmesIn(parent) {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}/README.md`);
}

/** Every file in a folder, by its path in the workspace; none where there is no folder. */
export function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
