/** The built command for tests: a folder of its own with a small data set, and what a command line in it comes to. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ImageDataset, subset } from '@longhand/datasets';
import { writeIdxFile } from '@longhand/datasets/node';
import { loadMnist } from '@longhand/mnist/node';
import { afterAll, beforeAll, expect } from 'vitest';

export const command = fileURLToPath(new URL('../dist/longhand.js', import.meta.url));
export const folder = mkdtempSync(join(tmpdir(), 'longhand-'));
export const at = (...names: string[]): string => join(folder, ...names);

/** The model that a run of the name saved, from the folder. */
export const model = (name: string): string => join('runs', name, 'last.safetensors');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function longhand(...options: string[]): Ended {
  const env = { ...process.env, NO_COLOR: '1', LONGHAND_COMMAND: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...options], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { code: status, stdout, stderr };
}

/** Runs a shell's command line in which `$LONGHAND` is the command. */
export function shell(line: string): Ended {
  const env = { ...process.env, NO_COLOR: '1', LONGHAND: `"${process.execPath}" "${command}"` };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line.replaceAll('$LONGHAND', env.LONGHAND)], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { code: status, stdout, stderr };
}

/** Writes a small data set as MNIST's four files. */
export function writeFolder(name: string, training: ImageDataset, testing: ImageDataset): void {
  mkdirSync(at(name), { recursive: true });
  for (const [stem, { images, labels, count, height, width }] of [
    ['train', training],
    ['t10k', testing],
  ] as const) {
    writeIdxFile(at(name, `${stem}-images-idx3-ubyte`), { shape: [count, height, width], data: images });
    writeIdxFile(at(name, `${stem}-labels-idx1-ubyte`), { shape: [count], data: Uint8Array.from(labels) });
  }
}

export const training = subset(loadMnist({ split: 'train' }), { from: 0, to: 96 });
export const testing = subset(loadMnist({ split: 'test' }), { from: 0, to: 40 });
export const quick = ['--data', 'digits', '--epochs', '2'];

beforeAll(() => {
  expect(existsSync(command), 'the command is built: run npm test, or pnpm build first').toBe(true);
  writeFolder('digits', training, testing);
});
afterAll(() => rmSync(folder, { recursive: true }));
