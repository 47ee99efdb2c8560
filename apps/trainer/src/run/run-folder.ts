/**
 * The folder of a run:
 *
 *   config.json                       every setting, the network, the data, seed, versions and arithmetic
 *   metrics.jsonl                     one line for each epoch, and one for the test at the end
 *   metrics.csv                       the epochs as a table
 *   events.out.tfevents               the same for TensorBoard
 *   checkpoint.safetensors            the state of the run: all that is needed to resume it
 *   checkpoint.previous.safetensors   the checkpoint before it
 *   last.safetensors                  the model as of that checkpoint
 *   best.safetensors                  the model with the best validation accuracy; only with --validation
 *   best.previous.safetensors         the one before it
 *   report.html                       the results, as a page
 *   training.lock                     the process that trains it
 *
 * The checkpoint is authoritative; models and logs follow from it. `run-commit.ts` has the order in which they are written, and
 * `run-recovery.ts` completes what a killed process left.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nearestName } from '@longhand/schema';
import { disk } from '../command/disk';
import { CommandError, commandLine, exitCodes, refusal, unusable } from '../command/failure';
import { readInput } from '../command/input-files';
import { makeWritableFolder, uniqueName, writeAtomically, writerOf } from '../command/output-files';
import { acquireLock, isAbandoned, isDoor, lockOwner, releaseLock } from './run-lock';

/** The folder of all runs. */
export const runsFolder = 'runs';

const fileNames = {
  config: 'config.json',
  metrics: 'metrics.jsonl',
  table: 'metrics.csv',
  events: 'events.out.tfevents',
  checkpoint: 'checkpoint.safetensors',
  'checkpoint.previous': 'checkpoint.previous.safetensors',
  last: 'last.safetensors',
  'last.next': 'last.next.safetensors',
  best: 'best.safetensors',
  'best.next': 'best.next.safetensors',
  'best.previous': 'best.previous.safetensors',
  report: 'report.html',
} as const;

export type RunFile = keyof typeof fileNames;
const runFiles = Object.keys(fileNames) as readonly RunFile[];

export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  get name(): string {
    return basename(this.path);
  }

  /**
   * A folder for a new run, claimed by this process; {@link begin} makes it one.
   *
   * @param name its name. Default: the first free one of `stem`, `stem-2`, `stem-3`, …
   * @param force whether it may be that of an earlier run
   * @throws CommandError when the name cannot be a folder's, is taken, or the folder cannot be made
   */
  static create({ name, stem, force = false }: { name?: string; stem: string; force?: boolean }): RunFolder {
    return name === undefined ? RunFolder.#firstFree(stem) : RunFolder.#claimed(name, force);
  }

  /**
   * Makes it the folder of a run with this configuration. An earlier run in it ends to exist in one moment: when the new
   * configuration gets its name. It says that the earlier files are to be removed, until they are.
   *
   * @throws CommandError when that cannot be written
   */
  begin(config: object): void {
    const write = (content: object): void => this.write('config', `${JSON.stringify(content, null, 2)}\n`);
    if (runFiles.some((file) => file !== 'config' && this.has(file))) {
      write({ ...config, clearing: true });
      this.clear();
    } else write(config);
  }

  /** Removes the files of an earlier run, and what {@link begin} wrote of them. */
  clear(): void {
    try {
      for (const file of runFiles) if (file !== 'config') disk.rmSync(this.file(file), { force: true });
      const { clearing: _, ...config } = JSON.parse(new TextDecoder().decode(this.read('config')));
      this.write('config', `${JSON.stringify(config, null, 2)}\n`);
    } catch (error) {
      throw error instanceof CommandError ? error : this.#writeFailure(error);
    }
  }

  /** Records that numbers of the run became NaN or infinite, which lists of runs say. Where that cannot be written, they do not. */
  recordDivergence(): void {
    try {
      const config = JSON.parse(new TextDecoder().decode(this.read('config')));
      this.write('config', `${JSON.stringify({ ...config, diverged: true }, null, 2)}\n`);
    } catch {
      // The run has failed, and why is what has to be said.
    }
  }

  /** The folder of the first name that no run uses, claimed. Of two processes that want it, the other gets the next one. */
  static #firstFree(stem: string): RunFolder {
    for (;;) {
      const name = uniqueName(stem, (taken) => !new RunFolder(join(runsFolder, taken)).#isFree);
      try {
        return RunFolder.#claimed(name, false);
      } catch (error) {
        if (new RunFolder(join(runsFolder, name)).#isFree) throw error;
      }
    }
  }

  /** The folder of the name, made and claimed. */
  static #claimed(name: string, force: boolean): RunFolder {
    const folder = RunFolder.#unused(name, force);
    try {
      makeWritableFolder(folder.path);
      folder.claim();
    } catch (error) {
      throw error instanceof CommandError ? error : refusedFolder(folder.path, error as Error);
    }
    try {
      // Another process may have used it meanwhile.
      return RunFolder.#unused(name, force);
    } catch (error) {
      folder.release();
      throw error;
    }
  }

  /** @throws CommandError when `create` would refuse the name */
  static checkName(name: string, force = false): void {
    RunFolder.#unused(name, force);
  }

  /** The folder of the name, which no run uses. */
  static #unused(name: string, force: boolean): RunFolder {
    if (!/^[^/\\\0]+$/.test(name.replace(/^\.+$/, '/'))) {
      throw refusal(`option '--name' expects a name for a folder in ${runsFolder}/, got '${name}'; leave out slashes`);
    }
    if (name.trim() === '' || /\p{Cc}/u.test(name)) {
      throw refusal(`option '--name' expects a name that can be seen, on one line, got ${JSON.stringify(name)}`);
    }
    const folder = new RunFolder(join(runsFolder, name));
    const { path } = folder;
    try {
      const there = statSync(path, { throwIfNoEntry: false });
      if (there?.isDirectory() === false) throw new Error('there is a file of that name');
      if (there === undefined || force || folder.#isEmpty) return folder;
    } catch (error) {
      throw refusedFolder(path, error as Error);
    }
    throw refusal(
      folder.has('config')
        ? `${path}: expected a new run, but there is one of that name; use another --name, --force to overwrite it, or --resume ${path} to go on`
        : `${path}: expected a new run, but there is a folder of that name with other files in it; use another --name, or --force to put the run beside them`,
    );
  }

  /**
   * The folder of an existing run.
   *
   * @param given its path, or its name in the folder of all runs
   * @throws CommandError when there is none
   */
  static open(given: string): RunFolder {
    const paths = [given, join(runsFolder, given)];
    for (const path of paths) {
      const folder = new RunFolder(path);
      if (existsSync(folder.file('config'))) return folder;
    }
    const killed = paths.map((path) => new RunFolder(path)).find((folder) => folder.isAbandoned);
    if (killed !== undefined) {
      throw unusable(
        `${killed.path}: expected the folder of a run, but it was killed before it began; begin it with the same command again`,
      );
    }
    const exists = existsSync(given);
    const isFile = exists && !statSync(given).isDirectory();
    const reason = isFile ? 'it is a file' : exists ? `it holds no ${fileNames.config}` : 'there is none';
    const around = new RunFolder(dirname(given));
    const near = nearestName(basename(given), RunFolder.names());
    const meant =
      isFile && around.has('config') ? around.path : near === undefined ? undefined : join(runsFolder, near);
    const hint = meant === undefined ? `'${commandLine('runs')}' lists them` : `is it ${meant}?`;
    throw unusable(`${given}: expected the folder of a run, but ${reason}; ${hint}`);
  }

  /** The run's folder of that path; undefined if it is none. */
  static of(path: string): RunFolder | undefined {
    const folder = new RunFolder(path);
    return folder.has('config') ? folder : undefined;
  }

  /** The names of folders that have something of a run, but not what it takes to open it. */
  static damagedNames(): string[] {
    if (!statSync(runsFolder, { throwIfNoEntry: false })?.isDirectory()) return [];
    return readdirSync(runsFolder).filter((name) => {
      const folder = new RunFolder(join(runsFolder, name));
      return !folder.has('config') && (folder.isAbandoned || runFiles.some((file) => folder.has(file)));
    });
  }

  /** The names of all runs. */
  static names(): string[] {
    if (!statSync(runsFolder, { throwIfNoEntry: false })?.isDirectory()) return [];
    return readdirSync(runsFolder).filter((name) => existsSync(join(runsFolder, name, fileNames.config)));
  }

  /** Whether a new run may have it, and no process has. */
  get #isFree(): boolean {
    return !existsSync(this.path) || (this.#isEmpty && !this.isClaimed);
  }

  /** Whether it holds nothing but what a process leaves that is killed before its run begins: not even a first checkpoint. */
  get #isEmpty(): boolean {
    if (!statSync(this.path).isDirectory()) return false;
    return readdirSync(this.path).every(
      (name) =>
        name === basename(this.#lock) || name === fileNames.config || isDoor(name) || writerOf(name) !== undefined,
    );
  }

  file(kind: RunFile): string {
    return join(this.path, fileNames[kind]);
  }

  has(kind: RunFile): boolean {
    return existsSync(this.file(kind));
  }

  /** When the run was last saved, by the clock of the disk: before its first checkpoint, when it began. */
  get date(): Date {
    const kind = (['checkpoint', 'checkpoint.previous'] as const).find((file) => this.has(file)) ?? 'config';
    return statSync(this.file(kind)).mtime;
  }

  /**
   * Claims the run for this process, which trains it.
   *
   * @throws CommandError when another process has claimed it
   */
  claim(): void {
    try {
      acquireLock(this.#lock);
    } catch (error) {
      throw error instanceof CommandError ? error : this.#writeFailure(error);
    }
  }

  #writeFailure(error: unknown): CommandError {
    return new CommandError(exitCodes.runFailed, `${this.path}: cannot be written: ${(error as Error).message}`);
  }

  /** Gives the claim up. */
  release(): void {
    releaseLock(this.#lock);
  }

  /** Whether another process trains it. */
  get isClaimed(): boolean {
    return lockOwner(this.#lock) !== undefined;
  }

  /** Whether a process that is no more has left its claim. */
  get isAbandoned(): boolean {
    return isAbandoned(this.#lock);
  }

  get #lock(): string {
    return join(this.path, 'training.lock');
  }

  /** @throws CommandError when there is no such file, or it cannot be read */
  read(kind: RunFile): Uint8Array {
    return readInput(this.file(kind), { expected: `the ${fileNames[kind]} of a run` });
  }

  /** Writes a file atomically. */
  write(kind: RunFile, content: Uint8Array | string): void {
    writeAtomically(this.file(kind), typeof content === 'string' ? new TextEncoder().encode(content) : content);
  }

  /** Makes a file what it is to be: by appending where it has the beginning, so that who reads it goes on, and anew where it has not. */
  extend(kind: RunFile, content: Uint8Array): void {
    const before = this.has(kind) ? this.read(kind) : new Uint8Array();
    if (before.length > content.length || before.some((byte, at) => byte !== content[at])) this.write(kind, content);
    else if (before.length < content.length) this.append(kind, content.subarray(before.length));
  }

  /** Adds to a file's end. */
  append(kind: RunFile, content: Uint8Array): void {
    const file = this.file(kind);
    try {
      disk.appendFileSync(file, content);
    } catch (error) {
      throw new CommandError(exitCodes.runFailed, `${file}: cannot be written: ${(error as Error).message}`);
    }
  }
}

function refusedFolder(path: string, { message }: Error): CommandError {
  return refusal(`${path}: cannot make a folder for the run: ${message}`);
}
