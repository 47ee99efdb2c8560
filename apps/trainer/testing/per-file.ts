/**
 * What Vitest does around each test file. Files that share modules read those of `testing` once, so what is done for each of them
 * stands here: it runs in its folder, where it finds `digits`, and with the environment that the texts of the commands expect.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, vi } from 'vitest';
import { folder, testing, training, writeFolder } from './test-folder';

const before = process.cwd();
// Some files write into it before their tests begin.
mkdirSync(folder, { recursive: true });

beforeAll(() => {
  writeFolder('digits', training, testing);
  process.chdir(folder);
  vi.stubEnv('NO_COLOR', '1');
  vi.stubEnv('LONGHAND_COMMAND', '');
});

afterAll(() => {
  vi.unstubAllEnvs();
  process.chdir(before);
  rmSync(folder, { recursive: true });
});
