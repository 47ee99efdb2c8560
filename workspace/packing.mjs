/**
 * `npm run pack` makes the tarballs that would be published, and says how a project of one's own installs them. One alone cannot be
 * installed before the packages are published: npm would ask the registry for those that it depends on.
 */
import { prepareTarballs } from './preparation.mjs';
import { publishedPackages, tarballFolder } from './published-packages.mjs';

const usage = `npm run pack -- [packages]

  packages  what a project uses, such as layers training: the line that installs them with what they depend on`;

/** Packs what has changed, and says how to install what is named, or everything. Gives an exit code. */
export async function pack(names) {
  if (names.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const packages = publishedPackages();
  const unknown = names.find((name) => nameOf(name, packages) === undefined);
  if (unknown !== undefined) {
    const known = packages.map(({ name }) => shortName(name)).join(', ');
    console.error(`pack: expected names of packages, ${known}, got ${unknown}`);
    return 2;
  }
  const code = await prepareTarballs();
  if (code !== 0) return code;
  console.log(installText(names));
  return 0;
}

/** How the packages that are named are installed in a project; without names, all of them. */
export function installText(names) {
  const packages = publishedPackages();
  if (names.length === 0) {
    return [
      `The tarballs are in ${tarballFolder}. In the folder of your project, this installs all of them:`,
      `  npm install ${process.platform === 'win32' ? files(packages) : `${quoted(tarballFolder)}/*.tgz`}`,
      'The command is then npx longhand train. For some packages with what they depend on: npm run pack -- layers training',
    ].join('\n');
  }
  const named = names.map((name) => nameOf(name, packages));
  return `In the folder of your project:\n  npm install ${files(withDependencies(named))}`;
}

/**
 * Packages with all of ours that they depend on, each after those.
 *
 * @param {string[]} names `@longhand/formats`
 */
export function withDependencies(names) {
  const needed = new Set(names);
  // Each comes after what it depends on, so that backwards one pass finds all.
  for (const { name, manifest } of publishedPackages().reverse()) {
    if (needed.has(name)) for (const dependency of Object.keys(manifest.dependencies ?? {})) needed.add(dependency);
  }
  return publishedPackages().filter(({ name }) => needed.has(name));
}

/** `@longhand/formats` for `formats`, too; undefined for what is not published. */
function nameOf(given, packages) {
  return packages.find(({ name }) => name === given || shortName(name) === given)?.name;
}

/** `formats` of `@longhand/formats`. */
export function shortName(name) {
  return name.replace(/^@longhand\//, '');
}

function files(packages) {
  return packages.map(({ tarball }) => quoted(tarball)).join(' ');
}

/** A path as a word for a shell. */
function quoted(path) {
  return /^[\w@%+=:,./\\-]+$/.test(path) ? path : `"${path}"`;
}
