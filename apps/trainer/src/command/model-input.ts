/** Where a saved model comes from. */
import { readFileSync } from 'node:fs';
import { CommandError, exitCodes } from './failure';

/** @throws CommandError when there is no such file */
export function readModelFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw new CommandError(exitCodes.data, `${file}: expected a model file, but ${reason}`);
  }
}
