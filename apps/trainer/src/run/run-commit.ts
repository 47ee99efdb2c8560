/**
 * How the state of a run reaches the disk, so that a process may be killed between any two calls:
 *
 *   1  the models are written beside those that they will replace, as `.next`; the best one is flushed
 *   2  the checkpoint, which has their checksums, is written under another name and flushed
 *   3  the one before becomes `.previous`, the checkpoint gets its name, and the folder is flushed: from here on the run is where
 *      the checkpoint says. Between the two names, it is where the one before says
 *   4  the models get their names
 *
 * What is missing of the fourth step is made up for when the run is opened: see `run-recovery.ts`. The last model follows from the
 * checkpoint, so it is flushed only when the run ends: after a power cut, the run that is resumed writes it again. The run ends with a
 * checkpoint whose models have the calibration that was fitted meanwhile.
 */
import { dirname } from 'node:path';
import { disk, syncFolder } from '../command/disk';
import { CommandError, exitCodes } from '../command/failure';
import { temporaryName, writeFlushed, writeWithoutFlush } from '../command/output-files';
import type { RunFolder } from './run-folder';

/** The models of a run. */
export const modelKinds = ['best', 'last'] as const;
export type ModelKind = (typeof modelKinds)[number];

/** What is saved together. */
export interface RunCommit {
  readonly checkpoint: Uint8Array;
  /** Those that have changed. */
  readonly models?: Readonly<Partial<Record<ModelKind, Uint8Array>>>;
  /** Whether it is the last of the run, whose models nothing writes again. Default: false. */
  readonly isFinal?: boolean;
}

/** @throws CommandError when something cannot be written; up to the third step, everything is as it was then */
export function commitRun(folder: RunFolder, { checkpoint, models = {}, isFinal = false }: RunCommit): void {
  const changed = modelKinds.flatMap((kind) => {
    const bytes = models[kind];
    return bytes === undefined ? [] : [{ kind, bytes }];
  });
  for (const { kind, bytes } of changed) {
    const write = kind === 'best' || isFinal ? writeFlushed : writeWithoutFlush;
    saving(folder.file(kind), () => write(folder.file(`${kind}.next`), bytes));
  }
  const file = folder.file('checkpoint');
  const temporary = temporaryName(file);
  saving(file, () => {
    writeFlushed(temporary, checkpoint);
    replace(file, { by: temporary, kept: folder.file('checkpoint.previous') });
    syncFolder(dirname(file));
  });
  for (const { kind } of changed) {
    const next = folder.file(`${kind}.next`);
    saving(folder.file(kind), () => {
      // The checkpoint before may have another best model than this one.
      if (kind === 'best') replace(folder.file(kind), { by: next, kept: folder.file('best.previous') });
      else disk.renameSync(next, folder.file(kind));
    });
  }
}

/** Gives a file its name, and the one that had it another. Where the first cannot be done, the second is undone. */
function replace(file: string, { by, kept }: { readonly by: string; readonly kept: string }): void {
  const isKept = renameIfThere(file, kept);
  try {
    disk.renameSync(by, file);
  } catch (error) {
    if (isKept) renameIfThere(kept, file);
    throw error;
  }
}

/** Whether there was such a file. */
function renameIfThere(file: string, name: string): boolean {
  try {
    disk.renameSync(file, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Does something that saves a file. Its failure is said with the file's name. */
export function saving(file: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new CommandError(exitCodes.runFailed, `${file}: it could not be saved: ${(error as Error).message}`);
  }
}
