/**
 * The command in the process of a test, quick enough for hundreds of runs. A test file that mocks `command/engine-session` by
 * {@link sessionInThisThread} has no workers either: the thread of the test trains.
 */
import { Engine } from '@longhand/training';
import { vi } from 'vitest';
import { currentSpelling } from '../src/command/options';
import { programFor, sayFailure } from '../src/program';

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
    vi.spyOn(process.stderr, 'write').mockImplementation(
      heard((text) => {
        stderr += text;
      }),
    ),
    vi.spyOn(process.stdout, 'write').mockImplementation(
      heard((text) => {
        stdout += text;
      }),
    ),
  ];
  try {
    await programFor(options).parseAsync(['node', 'longhand', ...options.map(currentSpelling)]);
    // Commands that have parts to fail say so here, and go on.
    return { code: Number(process.exitCode ?? 0), stdout, stderr };
  } catch (error) {
    if (isFault(error)) throw error;
    const code = sayFailure(error);
    return { code, stdout, stderr };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}

/** What takes the place of a stream's `write`. */
function heard(take: (text: string) => void): typeof process.stdout.write {
  return (text: string | Uint8Array, ...rest: unknown[]) => {
    take(typeof text === 'string' ? text : Buffer.from(text).toString());
    const done = rest.at(-1);
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  };
}
