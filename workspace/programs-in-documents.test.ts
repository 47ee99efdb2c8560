/**
 * The programs of README.md and docs run as these say: with built packages, from the folder that they name, printing what they say.
 *
 * @module-tag slow
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingOutput, readmeExample, statedOutputs } from './readme-example';
import { packages, workspaceFolder } from './workspace-packages';

// In the workspace, where a program finds the packages.
const folder = mkdtempSync(join(workspaceFolder, '.programs-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => {
  const built = packages.every(({ folder: source }) => existsSync(join(source, 'dist/index.js')));
  expect(built, 'the packages are built: run npm test, or npm run build first').toBe(true);
});

function run(file: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

test('the first program of the README, as first.mjs in the folder of the workspace', () => {
  const example = readmeExample(readFileSync(join(workspaceFolder, 'README.md'), 'utf8'));
  expect(example?.outputs).toHaveLength(1);
  // In a folder within it, so that nobody's first.mjs is overwritten: packages are found from there as well.
  writeFileSync(join(folder, 'first.mjs'), example?.code ?? '');
  expect(missingOutput(example?.outputs ?? [], run('first.mjs'))).toBeUndefined();
});

test('the files of the guide to layers, losses and optimizers of one’s own', () => {
  const guide = readFileSync(join(workspaceFolder, 'docs/your-own-layer.md'), 'utf8');
  const files = [...guide.matchAll(/^```js\n\/\/ ([^\n]+\.mjs)\n(.*?)^```/gms)].map(
    ([, name, code]) => [name, code] as const,
  );
  for (const [name, code] of files) writeFileSync(join(folder, name), code);
  const [program, code] = files.at(-1) ?? ['', ''];
  const outputs = statedOutputs(code);
  expect(outputs.length).toBeGreaterThan(5);
  expect(missingOutput(outputs, run(program))).toBeUndefined();

  // The same files, with the commands of the guide on fewer images.
  const [, network = ''] = /^```json\n(.*?)^```/ms.exec(guide) ?? [];
  const [, commands = ''] = /^```sh\n(.*?)^```/ms.exec(guide) ?? [];
  writeFileSync(join(folder, 'network.json'), network);
  const longhand = `"${process.execPath}" "${join(workspaceFolder, 'apps/trainer/dist/longhand.js')}"`;
  const shortened = commands.replaceAll('--validation 5000', '--validation 500 --limit 1500 --epochs 1 --quiet');
  const lines = shortened.trim().split('\n');
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    const command = line.replace(/^longhand/, longhand);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
    expect([line, status, stderr]).toEqual([
      line,
      0,
      expect.stringMatching(/^note: this runs code of your own: .*\n$/),
    ]);
    expect(stdout).toMatch(/passed|topTwo +0\.\d+|accuracy/);
  }
});
