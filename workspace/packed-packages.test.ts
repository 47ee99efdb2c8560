/**
 * Every package stands alone: packed as it would be published and installed into an empty project, the example of its
 * README type-checks, runs, and prints what it says it prints. So does the one in the workspace's own README, with all
 * packages. The projects share an installation but no folder that a package could find an undeclared dependency in.
 *
 * @module-tag exhaustive
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPacked } from './packed-projects';
import { missingOutput, readmeExample } from './readme-example';
import { compile } from './user-types';
import { packages, workspaceFolder } from './workspace-packages';

const minute = 60_000;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'longhand-packed-')));

beforeAll(() => {
  for (const { name, dependencies } of projects) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(
      join(folder, name, 'package.json'),
      JSON.stringify({ name, version: '0.0.0', private: true, type: 'module', dependencies }),
    );
  }
  installPacked(
    folder,
    projects.map(({ name }) => name),
  );
}, 5 * minute);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Project {
  readonly name: string;
  readonly readme: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** One for each package, with it and the Longhand packages it declares; and one for the README of the whole. */
const projects: readonly Project[] = [
  ...packages.map(({ name, folder: source, manifest }) => ({
    name: `using-${name}`,
    readme: join(source, 'README.md'),
    dependencies: versionsOf([
      manifest.name,
      ...Object.keys(manifest.dependencies ?? {}).filter((dependency) => dependency.startsWith('@longhand/')),
    ]),
  })),
  {
    name: 'using-all',
    readme: join(workspaceFolder, 'README.md'),
    dependencies: versionsOf(packages.map(({ manifest }) => manifest.name)),
  },
];

describe.each(projects.map((project) => [project.name, project] as const))('a project %s', (_, { name, readme }) => {
  test(
    'type-checks and runs the example',
    () => {
      const example = existsSync(readme) ? readmeExample(readFileSync(readme, 'utf8')) : undefined;
      if (example === undefined) throw new Error(`${readme}: expected a README with a \`\`\`ts block, got none`);

      writeFileSync(join(folder, name, 'example.ts'), example.code);
      expect(compile(join(folder, name, 'example.ts'))).toEqual([]);

      const { status, stdout, stderr } = spawnSync(process.execPath, ['example.js'], {
        cwd: join(folder, name),
        encoding: 'utf8',
        timeout: minute,
      });
      expect(status, stderr).toBe(0);
      expect(example.outputs, 'README.md states no output').not.toEqual([]);
      const missing = missingOutput(example.outputs, stdout);
      if (missing !== undefined) expect.fail(`README.md says that it prints\n${missing}\nbut it prints\n${stdout}`);
    },
    2 * minute,
  );
});

function versionsOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    packages
      .filter(({ manifest }) => names.includes(manifest.name))
      .map(({ manifest }) => [manifest.name, manifest.version]),
  );
}
