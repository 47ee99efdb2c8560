/**
 * Pipes that a command reads are waited for before it begins, so that signals are heard meanwhile: reading a pipe that has nothing yet would
 * keep the process from hearing anything.
 */
import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** A pipe that something has come through. */
export interface InputPipe {
  /** Open, without waiting: reading it fails with EAGAIN where nothing has come. */
  readonly descriptor: number;
  /** What has come; nothing where the pipe was closed without a word. */
  readonly head: Uint8Array;
}

const headBytes = 65_536;
/** How often is looked whether something has come, in milliseconds. */
const pause = 20;
/** The name by which a process opens its own standard input, on Unix. */
const standardInput = '/dev/stdin';

const pipes = new Map<string, InputPipe>();

/**
 * Waits for the first bytes of those names that are pipes, one after another. `-` is standard input.
 *
 * @param names of files that the command reads
 */
export async function awaitPipes(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = name === '-' ? standardInput : name;
    if (!pipes.has(name) && isPipe(path)) pipes.set(name, await firstBytes(path));
  }
}

/** The pipe of that name, if it was waited for. It is given away once. */
export function takePipe(name: string): InputPipe | undefined {
  const pipe = pipes.get(name);
  pipes.delete(name);
  return pipe;
}

/** Whether something of this name is a pipe. */
export function isPipe(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
  } catch {
    // Such as symbolic links that lead in a circle: whoever reads the file says what is expected there.
    return false;
  }
}

async function firstBytes(path: string): Promise<InputPipe> {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const piece = new Uint8Array(headBytes);
  try {
    for (;;) {
      const count = readNow(descriptor, piece);
      // Nothing comes out of a pipe by name that nobody has opened to write yet; standard input has had somebody.
      const isThere = count !== undefined && (count > 0 || path.startsWith('/dev/'));
      if (isThere) return { descriptor, head: piece.slice(0, count) };
      await setTimeout(pause);
    }
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** The number of bytes that come at once; 0 at the end, and undefined where there may be more later. */
function readNow(descriptor: number, piece: Uint8Array): number | undefined {
  try {
    return readSync(descriptor, piece, 0, piece.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
