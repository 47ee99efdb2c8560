/**
 * The training loop among the examples, with built packages: interrupted and resumed it comes to the bytes of a run that was not.
 *
 * @module-tag slow
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { workspaceFolder } from './workspace-packages';

const folder = mkdtempSync(join(tmpdir(), 'longhand-loop-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Trains on few images, the last batch of an epoch not full, and gives what is printed. */
function train(state: string, ...options: string[]): string {
  const program = join(workspaceFolder, 'examples/training-loop/training-loop.mjs');
  const args = [program, '1010', '3', '--state', join(folder, state), ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

test('resumed after each epoch it prints the same and leaves the same bytes', () => {
  const printed = train('whole.bin');
  expect(printed).toMatch(/^epoch 1: loss .*, validation .* %\n.*\nepoch 3: .*\n\d+ of 1010 correct\n$/);
  const parts = [['--until', '1'], ['--resume', '--until', '2'], ['--resume']].map((options) =>
    train('parts.bin', ...options),
  );
  expect(parts.join('')).toBe(printed);
  expect(readFileSync(join(folder, 'parts.bin')).equals(readFileSync(join(folder, 'whole.bin')))).toBe(true);
});
