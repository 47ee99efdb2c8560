/** Files that are read: one sentence for every file that cannot be, and JSON with faults by line and column. */
import { readFileSync } from 'node:fs';
import { parseJsonText, unknown } from '@longhand/schema';
import { currentBudget } from './budget';
import { unusable } from './failure';

/** What messages say of a file that cannot be read. */
export interface ExpectedFile {
  /** What it should be: `a model file`. */
  readonly expected: string;
  /** What to do where it is a folder, as messages end: `; is it a/model.safetensors?`. Default: nothing. */
  readonly folderHint?: () => string;
}

/**
 * The bytes of a file.
 *
 * @throws CommandError when there is no such file or it cannot be read: `a.json: expected a network as JSON, but it is a folder`
 */
export function readInput(file: string, { expected, folderHint = () => '' }: ExpectedFile): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unusable(`${file}: expected ${expected}, but ${reasonOf(error)}${isFolder(error) ? folderHint() : ''}`);
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
  const text = decodeText(readInput(file, { expected }), file, expected);
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
