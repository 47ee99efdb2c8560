/** The progress of a search: a line for each trial, and on a terminal what is left below them. */
import { accuracyText, columnsOf, durationText, isLive, truncate } from '@longhand/rendering';
import { lineOf } from '../command/failure';
import type { FinishedRung, Results, Rung, Trial, TrialResult } from './halving';
import type { Search, TuneOptions } from './search';
import { settingsText } from './settings-text';

/** What a display needs to know of a search. */
type Shown = Pick<Search, 'candidates' | 'rungs' | 'folder'>;

export class TuneDisplay {
  readonly #search: Shown;
  readonly #parallel: number;
  readonly #form: 'quiet' | 'json' | 'lines' | 'live';
  readonly #stream = process.stderr;
  /** Of all trials in this process: their training time, and the epochs in it. */
  #seconds = 0;
  #epochs = 0;
  /** The epochs that are left on this rung, and on all after it. */
  #left = 0;
  #later = 0;
  #best: number | undefined;
  #rung: Rung | undefined;

  constructor({ quiet, json }: Pick<TuneOptions, 'quiet' | 'json'>, search: Shown, parallel: number) {
    this.#search = search;
    this.#parallel = parallel;
    const isScreen = isLive(process.stderr, process.env) && !process.env.CI;
    this.#form = json ? 'json' : quiet ? 'quiet' : isScreen ? 'live' : 'lines';
  }

  /** A rung begins, or all are finished. */
  rung(finished: readonly FinishedRung[], results: Results, missing: readonly Trial[]): void {
    const { rungs, folder } = this.#search;
    const rung = rungs[finished.length];
    this.#rung = rung;
    this.#best = undefined;
    this.#left = missing.reduce((sum, { epochs }) => sum + epochs, 0);
    // The trials of one seed are there already when the others come.
    this.#later = rungs
      .slice(finished.length + 1)
      .reduce(
        (sum, { epochs, seeds, configurations }) => sum + configurations * epochs * (seeds > 1 ? seeds - 1 : 1),
        0,
      );
    if (rung === undefined) return;
    if (this.#form === 'json') this.#json({ event: 'rung', ...rung, trials: missing.length });
    const { epochs, seeds } = rung;
    const before = finished.length === 0 && results.size > 0 ? `, ${results.size} done before` : '';
    const each = seeds > 1 ? ` each, ${seeds} seeds` : '';
    this.#line(
      `${folder.path}: ${missing.length} trials of ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}${each}${before}`,
    );
  }

  trial(result: TrialResult): void {
    const { candidates } = this.#search;
    const { configuration, epochs, seed, accuracy, loss, seconds } = result;
    const values = candidates[configuration].configuration;
    this.#seconds += seconds;
    this.#epochs += epochs;
    this.#left -= epochs;
    this.#best = Math.max(this.#best ?? 0, accuracy);
    if (this.#form === 'json') this.#json({ event: 'trial', ...result, settings: values });
    const score = loss === undefined ? 'diverged' : accuracyText(accuracy);
    const seedText = (this.#rung?.seeds ?? 1) > 1 ? `seed ${candidates[configuration].settings.seed + seed}  ` : '';
    this.#line(`${score.padStart(8)}  ${seedText}${settingsText(values)}`);
  }

  close(): void {
    if (this.#form === 'live') this.#stream.write('\r\u001b[K');
  }

  #line(text: string): void {
    if (this.#form === 'lines') this.#stream.write(lineOf(text));
    if (this.#form !== 'live') return;
    const width = columnsOf(this.#stream) - 1;
    const best = this.#best === undefined ? '' : `best ${accuracyText(this.#best)}, `;
    const perEpoch = this.#seconds / this.#epochs / this.#parallel;
    const left = Number.isFinite(perEpoch)
      ? `about ${durationText((this.#left + this.#later) * perEpoch)} left`
      : 'training …';
    this.#stream.write(`\r\u001b[K${truncate(lineOf(text).trimEnd(), width)}\n${truncate(`${best}${left}`, width)}`);
  }

  #json(line: object): void {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}
