/**
 * What a killed process left undone in the folder of a run is completed when the run is opened: to be resumed, listed, evaluated or
 * asked. Everything follows from the last complete checkpoint, so nothing is computed, and none of a user's code runs.
 */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readBounded } from '@longhand/datasets/node';
import { checksumText, xxHash32 } from '@longhand/training';
import { currentBudget } from '../command/budget';
import { disk } from '../command/disk';
import { messageOf, sayLine } from '../command/failure';
import { writerOf } from '../command/output-files';
import { isOther } from '../command/processes';
import { modelKinds } from './run-commit';
import { RunFolder } from './run-folder';
import { isAbandonedDoor } from './run-lock';
import { runLogs } from './run-logs';
import { readCheckpoint, readConfig } from './run-record';

/**
 * Completes what a killed process left undone, unless a living one is at work there. What was done is said in one line on stderr.
 *
 * @throws CommandError when the settings or the checkpoint are damaged, or of another run
 */
export function recover(folder: RunFolder): void {
  if (folder.isClaimed || !isNeeded(folder)) return;
  try {
    folder.claim();
  } catch (error) {
    // Where nothing can be written, reading goes on as well as it can.
    sayLine(`note: ${folder.path}: was interrupted, and cannot be completed: ${messageOf(error)}`);
    return;
  }
  try {
    recoverClaimed(folder);
  } finally {
    folder.release();
  }
}

/** The same for a run that this process has claimed. */
export function recoverClaimed(folder: RunFolder): void {
  const done = new Recovery(folder, true).done;
  if (done.length === 0) return;
  sayLine(`note: ${folder.path}: completed after an interruption: ${done.join(', ')}`);
}

/** {@link recover} of the run that a model belongs to, if it is the file of a run. A damaged run is said and no more. */
export function recoverRunOf(model: string): void {
  const folder = RunFolder.of(dirname(model));
  if (folder === undefined || !modelKinds.some((kind) => basename(folder.file(kind)) === basename(model))) return;
  try {
    recover(folder);
    const bad = unexpectedModels(folder).find((kind) => basename(folder.file(kind)) === basename(model));
    if (bad === undefined || folder.isClaimed) return;
    sayLine(
      `note: ${model}: expected the model of the run’s checkpoint, got another or a damaged one; a run that is resumed writes it again`,
    );
  } catch (error) {
    sayLine(`note: ${messageOf(error)}`);
  }
}

/** The models that are missing or not those that the checkpoint is about. */
export function unexpectedModels(folder: RunFolder): readonly (typeof modelKinds)[number][] {
  const models = readCheckpoint(folder)?.record.models ?? {};
  return modelKinds.filter((kind) => models[kind] !== undefined && checksumOf(folder.file(kind)) !== models[kind]);
}

/** The checksum of a file, as the record of a checkpoint has it; undefined where there is no file. */
function checksumOf(file: string): string | undefined {
  const bytes = bytesOf(file);
  return bytes === undefined ? undefined : checksumText(xxHash32(bytes));
}

/** The bytes of a file; undefined where there is none that can be read. */
function bytesOf(file: string): Uint8Array | undefined {
  try {
    return readBounded(file, { budget: currentBudget(), error: (message) => new Error(message) });
  } catch {
    return undefined;
  }
}

function isNeeded(folder: RunFolder): boolean {
  const { done, litter } = new Recovery(folder, false);
  return done.length + litter > 0;
}

/** Goes through all that a killed process may leave, and completes it or counts it only. */
class Recovery {
  /** What was to be done, in words. */
  readonly done: string[] = [];
  /** The number of files that were to be removed and that nobody misses. */
  litter = 0;
  readonly #folder: RunFolder;
  readonly #completes: boolean;

  constructor(folder: RunFolder, completes: boolean) {
    this.#folder = folder;
    this.#completes = completes;
    if (!folder.has('config')) return;
    if (readConfig(folder).clearing) this.#do('the removal of the earlier run', () => folder.clear());
    else this.#complete();
    for (const name of readdirSync(folder.path)) {
      const writer = writerOf(name);
      if (writer !== undefined && !isOther(writer)) this.#remove(join(folder.path, name));
      // Who claims the run removes these.
      if (isAbandonedDoor(name)) this.litter++;
    }
    if (folder.isAbandoned) this.litter++;
  }

  #complete(): void {
    const folder = this.#folder;
    if (!folder.has('checkpoint') && folder.has('checkpoint.previous')) {
      this.#do(`${basename(folder.file('checkpoint'))} (the one before it)`, () =>
        disk.renameSync(folder.file('checkpoint.previous'), folder.file('checkpoint')),
      );
    }
    const record = readCheckpoint(folder)?.record;
    if (record === undefined) return;
    for (const kind of modelKinds) {
      const expected = record.models?.[kind];
      if (expected !== undefined && checksumOf(folder.file(kind)) !== expected) {
        const sources = [folder.file(`${kind}.next`), ...(kind === 'best' ? [folder.file('best.previous')] : [])];
        const source = sources.find((file) => checksumOf(file) === expected);
        if (source !== undefined) {
          this.#do(basename(folder.file(kind)), () => disk.renameSync(source, folder.file(kind)));
        }
      }
      if (folder.has(`${kind}.next`)) this.#remove(folder.file(`${kind}.next`));
    }
    for (const [log, content] of runLogs({ config: readConfig(folder), record })) {
      const is = bytesOf(folder.file(log)) ?? new Uint8Array();
      if (is.length !== content.length || is.some((byte, at) => byte !== content[at])) {
        this.#do(basename(folder.file(log)), () => folder.extend(log, content));
      }
    }
  }

  #do(what: string, action: () => void): void {
    if (this.#completes) action();
    this.done.push(what);
  }

  #remove(file: string): void {
    if (this.#completes) disk.rmSync(file, { force: true });
    this.litter++;
  }
}
