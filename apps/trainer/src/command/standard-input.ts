/** Standard input as the bytes of a picture. */
import { readSync } from 'node:fs';
import { DatasetError } from '@longhand/datasets';
import { reasonOf } from './input-files';

/** More than any picture that is read; what never ends is not kept. */
const MOST_BYTES = 2 ** 29;
/** How long to wait for a writer that has nothing yet, in milliseconds. */
const PAUSE = 10;

/**
 * All bytes of standard input.
 *
 * @throws DatasetError when it cannot be read, such as a folder, or does not end
 */
export function standardInput(): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let part = nextPart(); part.length > 0; part = nextPart()) {
    parts.push(part);
    length += part.length;
    if (length > MOST_BYTES) {
      throw new DatasetError(`standard input: expected a picture of at most ${MOST_BYTES} bytes, got more`);
    }
  }
  return Buffer.concat(parts);
}

/** The bytes that come next; none at the end. */
function nextPart(): Uint8Array {
  const part = new Uint8Array(65536);
  for (;;) {
    try {
      return part.subarray(0, readSync(0, part));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // What Windows says at the end of a pipe.
      if (code === 'EOF') return new Uint8Array();
      if (code !== 'EAGAIN') {
        const hint = code === 'EISDIR' ? '; name files in it' : '';
        throw new DatasetError(`standard input: expected a picture, but ${reasonOf(error)}${hint}`);
      }
      // A non-blocking pipe reports EAGAIN where nothing has arrived yet.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}
