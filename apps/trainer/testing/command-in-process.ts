/**
 * The command in the process of a test, quick enough for hundreds of runs: the thread of the test trains, and the commands' files
 * lie in a folder of their own. A test file that imports it mocks `command/engine-session` by {@link sessionInThisThread}.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '@longhand/training';
import { afterAll, beforeAll, vi } from 'vitest';
import { currentSpelling } from '../src/command/options';
import { programFor, sayFailure } from '../src/program';

export const folder = mkdtempSync(join(tmpdir(), 'longhand-'));
export const at = (...names: string[]): string => join(folder, ...names);

const before = process.cwd();
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const engine = new Engine({ threads: 0 });

const interruption = { signal: new AbortController().signal, finishFirst() {}, stopAtOnce() {} };

/** What takes the place of `withEngine` and `withEngines`. */
export const sessionInThisThread = {
  withEngine: (_: unknown, __: unknown, work: (engine: Engine, interruption: object) => Promise<unknown>) =>
    work(engine, interruption),
  withEngines: (_: unknown, __: unknown, work: (engines: Engine[], interruption: object) => Promise<unknown>) =>
    work([engine], interruption),
};

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command. A fault that a test put in is thrown.
 *
 * @param isFault whether an error is one of the test
 */
export async function longhand(options: readonly string[], isFault = (_: unknown) => false): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const spies = [
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += String(text);
      return true;
    }),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      stdout += String(text);
      return true;
    }),
  ];
  try {
    await programFor(options).parseAsync(['node', 'longhand', ...options.map(currentSpelling)]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (isFault(error)) throw error;
    const code = sayFailure(error);
    return { code, stdout, stderr };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
