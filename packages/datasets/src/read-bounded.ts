/**
 * Files of any kind as bytes: regular ones, and streams with an end, such as `cat model |`. What is not what it should be is
 * recognized by its first bytes, and what never ends is cut at the budget; nothing larger is ever in memory.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { type BudgetOptions, checkBudget } from '@longhand/schema';

/** How a file is read. */
export interface BoundedReading extends BudgetOptions {
  /** What messages call the file. Default: its path. */
  readonly name?: string;
  /** Which limit counts. Default: `bytes`. */
  readonly limit?: 'bytes' | 'textBytes';
  /** Looks at the first bytes, 64 kB of them if there are so many, and throws if they are of something else. */
  readonly judge?: (head: Uint8Array) => void;
  /** What was read of an open stream before, and belongs to it. Default: nothing. */
  readonly head?: Uint8Array;
  /** Whether a device or a pipe may be read by its path, which may wait for what never comes. Default: regular files only. */
  readonly device?: boolean;
  /** What to do with a file that is too large. Default: nothing besides raising the budget. */
  readonly hint?: string;
  /** The error of a file that is too large, or a device or a pipe. */
  readonly error: (message: string) => Error;
}

const pieceBytes = 65536;
/** How long to wait for a writer that has nothing yet, in milliseconds. */
const pause = 10;

/**
 * The bytes of a file.
 *
 * @param source a path, or the number of an open file: 0 is standard input
 * @throws the system's error when it cannot be read, and what `error` or `judge` make of what it holds
 * @example
 * import { writeFileSync } from 'node:fs';
 * writeFileSync('three.bin', Uint8Array.of(5, 0, 4));
 * readBounded('three.bin', { error: (message) => new Error(message) }); // [ 5, 0, 4 ]
 */
export function readBounded(source: string | number, reading: BoundedReading): Uint8Array<ArrayBuffer> {
  return readBoundedInto((length) => new Uint8Array(length), source, reading);
}

/** The bytes of a file in memory that `allocate` gives, so that they need not be copied to where they are wanted. */
export function readBoundedInto<Memory extends ArrayBufferLike>(
  allocate: (length: number) => Uint8Array<Memory>,
  source: string | number,
  reading: BoundedReading,
): Uint8Array<Memory> {
  if (typeof source === 'string' && !reading.device) checkRegular(source, reading);
  const descriptor = typeof source === 'number' ? source : openSync(source, 'r');
  try {
    return bytesOf(allocate, descriptor, { name: String(source), ...reading });
  } finally {
    if (typeof source === 'string') closeSync(descriptor);
  }
}

/**
 * Opening a pipe waits until somebody writes to it, so it is looked at before.
 *
 * @throws what `error` makes of one line for a pipe or a device, and the system's error when there is nothing
 */
export function checkRegular(path: string, { name = path, error }: Pick<BoundedReading, 'name' | 'error'>): void {
  const status = statSync(path);
  if (status.isFile() || status.isDirectory()) return;
  throw error(`${name}: expected a regular file, got a pipe or a device; copy what comes from it into a file`);
}

function bytesOf<Memory extends ArrayBufferLike>(
  allocate: (length: number) => Uint8Array<Memory>,
  descriptor: number,
  { name, limit = 'bytes', judge = () => {}, head, budget, hint, error }: BoundedReading & { readonly name: string },
): Uint8Array<Memory> {
  const refusal = { where: name, of: 'bytes', error, ...(hint === undefined ? {} : { hint }) };
  const check = (bytes: number): void => checkBudget({ [limit]: bytes }, budget, refusal);
  const status = fstatSync(descriptor);
  const size = status.isFile() ? status.size : 0;
  check(size);
  // Files of the system, such as those in /proc, say that they have no bytes and have some.
  let bytes = allocate(Math.max(Math.min(size + 1, pieceBytes), 1024, (head?.length ?? 0) + 1));
  let length = head?.length ?? 0;
  if (head !== undefined) bytes.set(head);
  let judged = false;
  for (;;) {
    const count = pieceInto(descriptor, bytes.subarray(length));
    length += count;
    if (!judged && (count === 0 || length >= pieceBytes)) {
      judge(bytes.subarray(0, length));
      judged = true;
    }
    if (count === 0) return bytes.subarray(0, length);
    check(length);
    if (length === bytes.length) {
      const larger = allocate(judged ? Math.max(size + 1, length * 2) : pieceBytes + 1);
      larger.set(bytes);
      bytes = larger;
    }
  }
}

/** Reads what comes next; 0 bytes at the end. */
function pieceInto(descriptor: number, piece: Uint8Array): number {
  for (;;) {
    try {
      return readSync(descriptor, piece, 0, piece.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // What Windows says at the end of a pipe.
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      // A non-blocking pipe has nothing yet.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
}
