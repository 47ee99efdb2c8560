/** Where a trained model goes. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { CommandError, exitCodes } from '../command/failure';
import { makeWritableFolder } from '../command/whole-file';

/**
 * The file that a model will be saved to, found before training begins: a taken or an unwritable one should not cost
 * a run. Its folder is made.
 *
 * @throws CommandError when the file is there already, is no file, or cannot be written
 */
export function chooseOutput({
  output,
  force,
  network,
}: {
  output?: string;
  force?: boolean;
  network: string;
}): string {
  const file = output ?? firstFree(join('models', network));
  if (file === '' || file.endsWith('/') || file.endsWith(sep)) {
    throw refusal(
      `option '--output' expects the name of a file, got '${file}'; try ${join(file, `${network}.safetensors`)}`,
    );
  }
  try {
    // A name that is too long, or leads through a file, is found here.
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory()) {
      throw refusal(
        `${file}: expected a new file to save the model to, but it is a folder; try ${join(file, `${network}.safetensors`)}`,
      );
    }
    if (there !== undefined && !there.isFile()) {
      throw refusal(`${file}: expected a new file to save the model to, but it is no ordinary file; use another name`);
    }
    if (there !== undefined && !force) {
      throw refusal(`${file}: expected a new file to save the model to, but it exists; use --force to overwrite it`);
    }
    makeWritableFolder(dirname(file));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw refusal(`${file}: cannot save a model there: ${(error as Error).message}; use --output`);
  }
  return file;
}

function refusal(message: string): CommandError {
  return new CommandError(exitCodes.usage, message);
}

/** `name.safetensors`, or `name-2.safetensors`, `name-3.safetensors`, … if that is taken. */
function firstFree(stem: string): string {
  let file = `${stem}.safetensors`;
  for (let number = 2; existsSync(file); number++) file = `${stem}-${number}.safetensors`;
  return file;
}
