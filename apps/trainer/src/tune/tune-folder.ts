/**
 * The folder of a search, beside those of runs:
 *
 *   tune.json          the plan: settings, space, configurations, rungs, network and data; all follows from it
 *   trials/*.json      one file for each trial that is finished
 *   network.json       the network of the winner, where layers were searched
 *   tune.html          the results, as a page
 *   tune.lock          the process that searches
 *
 * Every file is written atomically, so a process may be killed at any moment: what is finished is there, and a trial that is not is
 * made again.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  count,
  finiteNumber,
  nonNegative,
  object,
  optional,
  parseJsonText,
  share,
  wholeNumber,
} from '@longhand/schema';
import { currentBudget } from '../command/budget';
import { disk } from '../command/disk';
import { CommandError, exitCodes, refusal, unusable } from '../command/failure';
import { readInput } from '../command/input-files';
import { makeWritableFolder, uniqueName, writeAtomically, writerOf } from '../command/output-files';
import { isOther } from '../command/processes';
import { RunFolder, runsFolder } from '../run/run-folder';
import { acquireLock, isDoor, releaseLock } from '../run/run-lock';
import { keyOf, type Results, type Trial, type TrialResult } from './halving';

const planFile = 'tune.json';
const lockFile = 'tune.lock';

const trialResult = object({
  configuration: wholeNumber,
  epochs: count,
  seed: wholeNumber,
  accuracy: share,
  loss: optional(finiteNumber),
  seconds: nonNegative,
});

export class TuneFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * The folder of a search with this plan, claimed: the one that has it, which goes on, or a new one.
   *
   * @param name its name. Default: the first of `tune`, `tune-2`, … that has this plan or is free.
   * @param force whether a folder of that name begins anew
   * @throws CommandError when the name is taken by something else, or the folder cannot be written
   */
  static claim(
    plan: object,
    { name, force = false }: { readonly name?: string; readonly force?: boolean },
  ): TuneFolder {
    // As it comes back from a file: without what is undefined.
    const text = `${JSON.stringify(plan, null, 2)}\n`;
    const isFree = (taken: string): boolean => {
      const folder = new TuneFolder(join(runsFolder, taken));
      return folder.#isEmpty || folder.#hasPlan(text);
    };
    if (name !== undefined) {
      RunFolder.checkName(name, true);
      if (!force && !isFree(name)) {
        throw refusal(
          `${join(runsFolder, name)}: expected a new search, or one with these settings, but it has others; use another --name, or --force to begin anew`,
        );
      }
      if (RunFolder.of(join(runsFolder, name)) !== undefined) {
        throw refusal(
          `${join(runsFolder, name)}: expected a new search, but there is a run of that name; use another --name`,
        );
      }
    }
    const folder = new TuneFolder(join(runsFolder, name ?? uniqueName('tune', (taken) => !isFree(taken))));
    folder.#begin(text, force);
    return folder;
  }

  #begin(plan: string, force: boolean): void {
    try {
      makeWritableFolder(this.#trials);
      acquireLock(this.file(lockFile));
    } catch (error) {
      if (error instanceof CommandError) throw error;
      throw refusal(`${this.path}: cannot make a folder for the search: ${(error as Error).message}`);
    }
    try {
      if (force || !this.#hasPlan(plan)) this.#clear();
      for (const folder of [this.path, this.#trials]) {
        for (const name of readdirSync(folder)) {
          const writer = writerOf(name);
          if (writer !== undefined && !isOther(writer)) disk.rmSync(join(folder, name), { force: true });
        }
      }
      if (!this.#hasPlan(plan)) this.write(planFile, plan);
    } catch (error) {
      this.release();
      throw error instanceof CommandError
        ? error
        : new CommandError(exitCodes.runFailed, `${this.path}: cannot be written: ${(error as Error).message}`);
    }
  }

  /** First the plan goes: trials without one belong to nothing. */
  #clear(): void {
    disk.rmSync(this.file(planFile), { force: true });
    for (const name of readdirSync(this.#trials)) disk.rmSync(join(this.#trials, name), { force: true });
  }

  /** Whether a new search may have it. */
  get #isEmpty(): boolean {
    if (!existsSync(this.path)) return true;
    try {
      // What a process leaves that is killed before its plan is there.
      return readdirSync(this.path).every(
        (name) => name === lockFile || isDoor(name) || writerOf(name) !== undefined || name === 'trials',
      );
    } catch {
      return false;
    }
  }

  #hasPlan(text: string): boolean {
    if (!existsSync(this.file(planFile))) return false;
    try {
      const bytes = readInput(this.file(planFile), { expected: 'the plan of a search' });
      return isDeepStrictEqual(JSON.parse(new TextDecoder().decode(bytes)), JSON.parse(text));
    } catch {
      return false;
    }
  }

  get #trials(): string {
    return join(this.path, 'trials');
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file atomically. */
  write(name: string, text: string): void {
    writeAtomically(this.file(name), new TextEncoder().encode(text));
  }

  /** Records a trial that is finished. */
  record(result: TrialResult): void {
    this.write(join('trials', `${keyOf(result)}.json`), `${JSON.stringify(result)}\n`);
  }

  /**
   * The trials that are finished.
   *
   * @param isPlanned whether a trial may be one of the search
   * @throws CommandError when a file is damaged
   */
  results(isPlanned: (trial: Trial) => boolean): Results {
    const results = new Map<string, TrialResult>();
    for (const name of readdirSync(this.#trials)) {
      if (!name.endsWith('.json')) continue;
      const where = this.file(join('trials', name));
      const hint = 'remove it, and the trial is made again';
      const expected = 'the result of a trial as JSON';
      const text = new TextDecoder().decode(readInput(where, { expected }));
      const result = parseJsonText(trialResult, text, {
        where,
        expected,
        hint,
        error: unusable,
        budget: currentBudget(),
      });
      if (`${keyOf(result)}.json` !== name || !isPlanned(result)) {
        throw unusable(`${where}: expected the result of a trial of this search, got another; ${hint}`);
      }
      results.set(keyOf(result), result);
    }
    return results;
  }

  release(): void {
    releaseLock(this.file(lockFile));
  }
}
