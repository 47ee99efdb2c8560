/** Projects outside of the workspace that install what is published, from its tarballs, and nothing from a registry. */
import { spawnSync } from 'node:child_process';
import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packed } from './tarballs';
import { packages, workspaceFolder } from './workspace-packages';

/**
 * Installs the projects in a folder together, each with what its package.json declares and nothing else.
 *
 * @param names the folders of the projects
 * @param tools what else they declare, of what the workspace has: `['vite']`
 */
export function installPacked(folder: string, names: readonly string[], tools: readonly string[] = []): void {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'packed', private: true }));
  writeFileSync(
    join(folder, 'pnpm-workspace.yaml'),
    // JSON is YAML. Without hoisting a package finds only what it declares.
    JSON.stringify({ packages: names, hoist: false, overrides: localSources(tools) }),
  );
  pnpm(['--dir', folder, 'install', '--offline', '--no-frozen-lockfile', '--store-dir', join(folder, 'store')]);
}

function pnpm(options: readonly string[]): void {
  const run = spawnSync(process.execPath, [join(workspaceFolder, 'workspace/run.mjs'), 'pnpm', ...options], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`pnpm ${options.join(' ')}:\n${run.stdout}${run.stderr}`);
}

/** Our packages from their tarballs, the others from where the workspace has them. */
function localSources(tools: readonly string[]): Record<string, string> {
  const linked = (source: string, name: string): [string, string] => [
    name,
    `link:${realpathSync(join(source, 'node_modules', name))}`,
  ];
  const tarballs = packed().map(({ name, tarball }) => [name, `file:${tarball}`]);
  const others = packages.flatMap(({ folder: source, manifest }) =>
    Object.keys(manifest.dependencies ?? {})
      .filter((dependency) => !dependency.startsWith('@longhand/'))
      .map((dependency) => linked(source, dependency)),
  );
  return Object.fromEntries([...tarballs, ...others, ...tools.map((name) => linked(workspaceFolder, name))]);
}
