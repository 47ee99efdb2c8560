/**
 * What is published: the packages and the commands, each with the tarball that `npm run pack` makes of it. The page of the playground is
 * private: it comes inside `longhand`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './child.mjs';

/** The folder of the tarballs, which is made anew whenever they are. */
export const tarballFolder = join(root, 'tarballs');

/** Whatever is published, in an order in which it can be: each after what it depends on. */
export function publishedPackages() {
  const remaining = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => publishedPackage(`${parent}/${name}`)),
  );
  const ordered = [];
  while (remaining.length > 0) {
    const isReady = ({ manifest }) =>
      Object.keys(manifest.dependencies ?? {}).every((name) => !remaining.some((other) => other.name === name));
    const [next] = remaining.splice(remaining.findIndex(isReady), 1);
    if (!next.manifest.private) ordered.push(next);
  }
  return ordered;
}

/** The package in a folder such as `packages/tensor`. */
function publishedPackage(folder) {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const { name, version } = manifest;
  const file = `${name?.replace('@', '').replace('/', '-')}-${version}.tgz`;
  return { name, version, folder, manifest, tarball: join(tarballFolder, file) };
}
