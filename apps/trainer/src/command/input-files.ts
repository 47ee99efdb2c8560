/** Files that are read: one sentence for every file that cannot be, and JSON with faults by line and column. */
import { closeSync } from 'node:fs';
import { type BoundedReading, readBounded } from '@longhand/datasets/node';
import { parseJsonText, unknown } from '@longhand/schema';
import { currentBudget } from './budget';
import { unusable } from './failure';
import { type InputPipe, isPipe, takePipe } from './input-pipes';

/** What messages say of a file that cannot be read. */
export interface ExpectedFile {
  /** What it should be: `a model file`. */
  readonly expected: string;
  /** What to do where it is a folder, as messages end: `; is it a/model.safetensors?`. Default: nothing. */
  readonly folderHint?: () => string;
  /** Looks at the first bytes, and throws where they are of something else. Default: anything goes. */
  readonly judge?: (head: Uint8Array) => void;
  /** What counts as too large. Default: `bytes`. */
  readonly limit?: BoundedReading['limit'];
}

/**
 * The bytes of a file, or of a stream with an end.
 *
 * @throws CommandError when there is no such file or it cannot be read: `a.json: expected a network as JSON, but it is a folder`
 */
export function readInput(file: string, options: ExpectedFile): Uint8Array {
  const { expected, folderHint = () => '', judge, limit } = options;
  const reading = { error: unusable, budget: currentBudget(), ...(judge && { judge }), ...(limit && { limit }) };
  try {
    const pipe = takePipe(file);
    if (pipe !== undefined) return readWhileEnding(() => readPipe(pipe, { ...reading, name: file }));
    if (isPipe(file)) throw unusable(`${file}: expected ${expected}, but it is a pipe; give it a file there`);
    return readWhileEnding(() => readBounded(file, { ...reading, device: true }));
  } catch (error) {
    // What was read is of something else, or too large.
    if (!('syscall' in (error as Error))) throw error;
    throw unusable(`${file}: expected ${expected}, but ${reasonOf(error)}${isFolder(error) ? folderHint() : ''}`);
  }
}

/** What comes through a pipe, to its end. */
export function readPipe({ descriptor, head }: InputPipe, reading: BoundedReading): Uint8Array {
  try {
    return readBounded(descriptor, { ...reading, head });
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The rest of a pipe may come late, or a terminal be slow, and while it is waited for no signal is heard. So there the system itself ends
 * the process, as it does where nobody listens: nothing is begun yet that would have to be saved.
 */
function readWhileEnding<Result>(read: () => Result): Result {
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(
    (signal) => [signal, process.rawListeners(signal)] as const,
  );
  for (const [signal] of listeners) process.removeAllListeners(signal);
  try {
    return read();
  } finally {
    for (const [signal, each] of listeners) for (const listener of each) process.on(signal, listener as () => void);
  }
}

/** Why a file cannot be read, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  return isFolder(error) ? 'it is a folder' : message;
}

function isFolder(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EISDIR';
}

/**
 * What a JSON file holds.
 *
 * @param expected what the file should be, for messages: `a network as JSON`
 * @throws CommandError when there is no such file, or no JSON in it
 */
export function readJsonFile(file: string, expected: string): unknown {
  const text = decodeText(readInput(file, { expected, limit: 'textBytes' }), file, expected);
  return parseJsonText(unknown, text, { where: file, expected, error: unusable, budget: currentBudget() });
}

function decodeText(bytes: Uint8Array, file: string, expected: string): string {
  try {
    // Removes the byte order mark that some editors write.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unusable(`${file}: expected ${expected}, got a file that is no text`);
  }
}
