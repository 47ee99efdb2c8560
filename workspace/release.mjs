/**
 * Publishes a version: all packages and both commands, which have one version in common.
 *
 *     node workspace/release.mjs version 0.2.0   # writes it into every package.json, and dates the changelog
 *     node workspace/release.mjs --dry-run       # builds, packs, checks, and says what would be published in which order
 *     node workspace/release.mjs                 # the same, and publishes; options go on to npm publish: --tag next, --provenance
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNode } from './child.mjs';
import { readManifest, writeManifest, writeManifests } from './manifests.mjs';
import { npm } from './pnpm.mjs';
import { prepareTarballs } from './preparation.mjs';
import { publishedPackages } from './published-packages.mjs';
import { publish } from './publishing.mjs';

const changelog = join(root, 'CHANGELOG.md');

/** Tests of what is published, which a release does not do without. */
const tests = ['manifests', 'tarballs', 'packed-packages', 'installs', 'publishing'];

async function release([command, ...rest]) {
  if (command === 'version') return setVersion(rest);
  const isDryRun = command === '--dry-run';
  const options = isDryRun ? rest : [command, ...rest].filter((option) => option !== undefined);

  const found = obstacles();
  for (const obstacle of found) console.error(obstacle);
  if (found.length > 0 && !isDryRun) return 1;

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
  return found.length > 0 ? 1 : 0;
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
