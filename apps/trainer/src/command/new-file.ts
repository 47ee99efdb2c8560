/** A file that is to be written: what can be wrong with its name is found before the work. */
import { statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { CommandError, refusal } from './failure';
import { makeWritableFolder } from './whole-file';

/**
 * Makes sure that a file can be written there. Its folder is made.
 *
 * @param example a name that would do, for messages: `model.onnx`
 * @param option the option that names the file
 * @throws CommandError when the file is there already and may not be replaced, is no file, or cannot be written
 */
export function checkNewFile(
  file: string,
  { force, example, option = '--output' }: { force?: boolean; example: string; option?: string },
): void {
  // What would be standard output elsewhere is no good name for a file.
  if (file === '' || file === '-' || file.endsWith('/') || file.endsWith(sep)) {
    const better = file === '-' ? example : join(file, example);
    throw refusal(`option '${option}' expects the name of a file, got '${file}'; try ${better}`);
  }
  try {
    // A name that is too long, or leads through a file, is found here.
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory()) {
      throw refusal(`${file}: expected a new file, but it is a folder; try ${join(file, example)}`);
    }
    if (there !== undefined && !there.isFile()) {
      throw refusal(`${file}: expected a new file, but it is no ordinary file; use another name`);
    }
    if (there !== undefined && !force) {
      throw refusal(`${file}: expected a new file, but it exists; use --force to overwrite it, or another ${option}`);
    }
    makeWritableFolder(dirname(file));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw refusal(`${file}: nothing can be written there: ${(error as Error).message}; use another ${option}`);
  }
}
