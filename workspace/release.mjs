/**
 * Publishes a version: all packages and both commands, which have one version in common.
 *
 *     node workspace/release.mjs version 0.2.0   # writes it into every package.json, and dates the changelog
 *     node workspace/release.mjs --dry-run       # builds, packs, checks, and says what would be published in which order
 *     node workspace/release.mjs                 # the same, and publishes; options go on to npm publish: --tag next, --provenance
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNode } from './child.mjs';
import { exampleFolders, readManifest, writeManifest, writeManifests } from './manifests.mjs';
import { npm } from './pnpm.mjs';
import { prepareTarballs } from './preparation.mjs';
import { publishedPackages } from './published-packages.mjs';
import { publish } from './publishing.mjs';

const changelog = join(root, 'CHANGELOG.md');

/** Tests of what is published, which a release does not do without. */
const tests = ['manifests', 'tarballs', 'tree-shaking', 'packed-packages', 'installs', 'publishing', 'release'];

async function release([command, ...rest]) {
  if (command === 'version') return setVersion(rest);
  const isDryRun = command === '--dry-run';
  const options = isDryRun ? rest : [command, ...rest].filter((option) => option !== undefined);

  const found = obstacles();
  for (const obstacle of found) console.error(obstacle);
  if (found.length > 0 && !isDryRun) return 1;
  if (found.length > 0) console.error('A release would be refused for that; this dry run goes on.');

  const prepared = await prepareTarballs();
  if (prepared !== 0) return prepared;
  const tested = await runNode('node_modules/vitest/vitest.mjs', ['run', '--project', 'workspace', ...tests]);
  if (tested !== 0) return tested;

  const packages = publishedPackages();
  if (!isDryRun) return publish(packages, registryOfNpm(), options);
  console.log(`To ${registryOfNpm()} would be published, in this order:`);
  for (const { name, version, tarball } of packages) {
    console.log(`  ${`${name}@${version}`.padEnd(34)} ${(statSync(tarball).size / 1000).toFixed(0).padStart(6)} kB`);
  }
  if (found.length === 0) return 0;
  // The lines above have left the screen long ago.
  console.error(`Everything is tested, but a release would be refused:\n${found.join('\n')}`);
  return 1;
}

/** What stands in the way of a release, a line for each. */
function obstacles() {
  const { version } = readManifest('.');
  const log = readFileSync(changelog, 'utf8');
  const changes = spawnSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' }).stdout;
  return [
    ...(changes === '' ? [] : ['git status: expected no change that is not committed: commit, or remove it']),
    ...(log.includes('\n## Unreleased\n')
      ? ['CHANGELOG.md: expected a version above every entry: run node workspace/release.mjs version <version>']
      : []),
    ...(log.includes(`\n## ${version} (`) ? [] : [`CHANGELOG.md: expected entries for ${version}, found none`]),
    ...documents()
      .filter((file) => readFileSync(join(root, file), 'utf8').includes('not on npm yet'))
      .map((file) => `${file}: expected how npm installs it, found "not on npm yet": say it as after the release`),
  ];
}

/** The documents that say how something is installed. */
function documents() {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return [
    'README.md',
    ...pages.map((name) => `docs/${name}`),
    ...exampleFolders.map((folder) => `${folder}/README.md`),
  ];
}

/** Writes a version wherever it stands, and puts it with the date above what was not released. */
function setVersion([version]) {
  if (!/^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/.test(version ?? '')) {
    console.error(`release.mjs: expected a version such as 0.2.0 or 0.2.0-beta.1, got ${version ?? 'nothing'}`);
    return 2;
  }
  const log = readFileSync(changelog, 'utf8');
  if (!log.includes('\n## Unreleased\n')) {
    console.error('CHANGELOG.md: expected a section "## Unreleased" with what is new, found none');
    return 1;
  }
  writeManifest('.', { ...readManifest('.'), version });
  writeManifests();
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(changelog, log.replace('\n## Unreleased\n', `\n## ${version} (${date})\n`));
  console.log(
    `Everything is version ${version}. Commit it, tag it v${version}, and run node workspace/release.mjs --dry-run`,
  );
  return 0;
}

function registryOfNpm() {
  const [program, ...first] = npm();
  return spawnSync(program, [...first, 'config', 'get', 'registry'], { cwd: root, encoding: 'utf8' }).stdout.trim();
}

process.exitCode = await release(process.argv.slice(2));
