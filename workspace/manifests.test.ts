/** What every package.json says alike comes from the workspace's; and no other client than pnpm packs. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
// @ts-expect-error: plain JavaScript
import { exampleFields, exampleFolders, sharedFields } from './manifests.mjs';
import { apps, packages, workspaceFolder } from './workspace-packages';

const everything = [...packages, ...apps].map((subject) => [subject.manifest.name, subject] as const);

describe.each(everything)('%s', (_, { folder, manifest }) => {
  const path = folder.slice(workspaceFolder.length);

  test('says what all say alike: run node workspace/manifests.mjs', () => {
    expect(manifest).toMatchObject(sharedFields(path));
  });

  test.skipIf(manifest.private)('can be searched for, by words of its own', () => {
    expect(manifest.keywords?.slice(0, 2)).toEqual(['longhand', 'deep-learning']);
    expect(new Set(manifest.keywords).size).toBeGreaterThan(4);
  });

  test.skipIf(manifest.private)('is packed by pnpm alone', () => {
    expect(manifest.scripts?.prepack).toBe('node ../../workspace/only-pnpm.mjs');
  });
});

test.each<[string]>(exampleFolders.map((folder: string) => [folder]))(
  '%s asks for the version of all: run node workspace/manifests.mjs',
  (folder) => {
    const manifest = JSON.parse(readFileSync(join(workspaceFolder, folder, 'package.json'), 'utf8'));
    expect(manifest).toEqual(exampleFields(folder));
  },
);

describe('only-pnpm.mjs', () => {
  const pack = (client: string) =>
    spawnSync(process.execPath, [join(workspaceFolder, 'workspace/only-pnpm.mjs')], {
      env: { npm_config_user_agent: client, npm_package_name: '@longhand/tensor' },
      encoding: 'utf8',
    });

  test('lets pnpm pack', () => {
    expect(pack('pnpm/10.34.9 npm/? node/v20.19.0 linux x64')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test.each([['npm/10.8.2 node/v20.19.0 linux x64'], ['yarn/4.12.0 npm/? node/v20.19.0'], ['bun/1.4.5 npm/?']])(
    'refuses %s in one line',
    (client) => {
      const [name = ''] = client.split(' ');
      expect(pack(client)).toMatchObject({
        status: 1,
        stderr: `@longhand/tensor: expected to be packed by pnpm, got ${name}: run npm run pack\n`,
      });
    },
  );

  test('is what npm asks first', () => {
    const npm = spawnSync('npm', ['pack', '--dry-run'], {
      cwd: join(workspaceFolder, 'packages/tensor'),
      env: { ...process.env, npm_config_user_agent: undefined, npm_config_update_notifier: 'false' },
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    expect(npm.status).toBe(1);
    expect(npm.stderr).toContain('@longhand/tensor: expected to be packed by pnpm, got npm/');
  });
});
