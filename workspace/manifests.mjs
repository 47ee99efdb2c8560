/**
 * What the package.json of the workspace says for all: version, license, engines, and where the project lives. Run by itself, it writes
 * that into the package.json of every package and app, moves the links of their READMEs along, and lets the examples ask for the version:
 * `node workspace/manifests.mjs`, after a change of the version or of `repository`.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './child.mjs';

/** The folders of all packages and apps: `packages/tensor`, `apps/trainer`. */
export const folders = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
);

/** Where a browser finds the project: without `git+` before and `.git` behind. */
export function projectPage(manifest = readManifest('.')) {
  return manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
}

/** The fields that a package.json has from the workspace's. One that is not published has no addresses. */
export function sharedFields(folder, manifest = readManifest(folder)) {
  const { version, license, engines, repository } = readManifest('.');
  const page = projectPage();
  const addresses = {
    homepage: `${page}/tree/main/${folder}#readme`,
    bugs: `${page}/issues`,
    repository: { ...repository, directory: folder },
    publishConfig: { access: 'public' },
  };
  return { version, license, engines, ...(manifest.private ? {} : addresses) };
}

/** Fields in npm's order, then whatever else there is. */
const order =
  'name version private description keywords homepage bugs repository license type sideEffects engines bin exports files publishConfig';

/** Writes the shared fields wherever they belong. */
export function writeManifests() {
  folders.forEach(writeShared);
  for (const folder of exampleFolders) writeManifest(folder, exampleFields(folder));
}

/** The folders of the examples, which install what is published. */
export const exampleFolders = readdirSync(join(root, 'examples'))
  .map((name) => `examples/${name}`)
  .filter((folder) => existsSync(join(root, folder, 'package.json')));

/** The package.json of an example, which asks for our packages in this version or a compatible one. */
export function exampleFields(folder) {
  const { version } = readManifest('.');
  const manifest = readManifest(folder);
  const dependencies = Object.entries(manifest.dependencies).map(([name, range]) => [
    name,
    /^(@longhand\/|longhand)/.test(name) ? `^${version}` : range,
  ]);
  return { ...manifest, dependencies: Object.fromEntries(dependencies) };
}

function writeShared(folder) {
  const manifest = readManifest(folder);
  const fields = { ...manifest, ...sharedFields(folder, manifest) };
  const names = new Set([...order.split(' ').filter((name) => name in fields), ...Object.keys(fields)]);
  const ordered = Object.fromEntries([...names].map((name) => [name, fields[name]]));
  writeManifest(folder, ordered);
  if (manifest.repository === undefined) return;
  const readme = join(root, folder, 'README.md');
  writeFileSync(readme, readFileSync(readme, 'utf8').replaceAll(`${projectPage(manifest)}/`, `${projectPage()}/`));
}

/** Writes the package.json of a folder, `.` for that of the workspace. */
export function writeManifest(folder, manifest) {
  writeFileSync(join(root, folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The package.json of a folder, `.` for that of the workspace. */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

// Tests import this file.
if (import.meta.filename === process.argv[1]) writeManifests();
