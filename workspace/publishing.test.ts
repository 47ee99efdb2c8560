/** Tarballs go into a registry one after the other, as npm publishes them; what stopped halfway goes on. */
// cspell:ignore userconfig
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LocalRegistry, startLocalRegistry } from './local-registry';
// @ts-expect-error: plain JavaScript
import { isPublished, publish } from './publishing.mjs';
import { packed } from './tarballs';

const packages = packed().slice(0, 3);
const names = packages.map(({ name, version }) => `${name}@${version}`);
let folder: string;
let registry: LocalRegistry;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'longhand-publishing-'));
  registry = await startLocalRegistry([]);
  // npm publishes only for somebody, and this registry takes anybody.
  const host = new URL(registry.url).host;
  writeFileSync(join(folder, '.npmrc'), `//${host}/:_authToken=anybody\ncache=${join(folder, 'cache')}\n`);
  vi.stubEnv('npm_config_userconfig', join(folder, '.npmrc'));
  vi.spyOn(console, 'log').mockImplementation(() => {});
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

test('publishes in order, and each only once', async () => {
  expect(await publish(packages, registry.url)).toBe(0);
  expect(registry.published).toEqual(names);
  expect(await isPublished(packages[0], registry.url)).toBe(true);
  expect(await isPublished({ name: '@longhand/tensor', version: '99.0.0' }, registry.url)).toBe(false);

  expect(await publish(packages, registry.url)).toBe(0);
  expect(registry.published).toEqual(names);
});

test('stops at one that cannot be published, says so, and goes on from there', async () => {
  const said: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const [first, second, third] = packages;
  const broken = [first, { ...second, tarball: join(folder, 'gone.tgz') }, third];
  expect(await publish(broken, registry.url)).not.toBe(0);
  expect(registry.published).toEqual(names.slice(0, 1));
  expect(said).toEqual([`${names[1]} could not be published, see above; the same command goes on from here`]);

  expect(await publish(packages, registry.url)).toBe(0);
  expect(registry.published).toEqual(names);
});
