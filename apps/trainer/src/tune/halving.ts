/**
 * Successive halving: many configurations get a short training, the best third of them one that is three times as long, and so on;
 * then the best get more seeds. Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization",
 * 2016; with the factor 3 of Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar, "Hyperband", 2018.
 *
 * A training of fewer epochs has a schedule of its own, from its beginning to its end: the first epoch of a long one says little,
 * because its rate is still high. So nothing is resumed from rung to rung.
 */

/** One level: how long every configuration on it is trained, and with how many seeds. */
export interface Rung {
  readonly epochs: number;
  readonly seeds: number;
  /** How many configurations get there; the one as given comes along if it is not among them. */
  readonly configurations: number;
}

/** One training: the number of a configuration, its epochs, and which seed, from 0. */
export interface Trial {
  readonly configuration: number;
  readonly epochs: number;
  readonly seed: number;
}

/** What a trial resulted in. */
export interface TrialResult extends Trial {
  /** On the validation images; 0 where training diverged. */
  readonly accuracy: number;
  /** The mean loss on them; absent where training diverged. */
  readonly loss?: number;
  /** Training time. */
  readonly seconds: number;
}

/** A configuration on a rung, with its results there. */
export interface Standing {
  readonly configuration: number;
  /** The mean over the seeds. */
  readonly accuracy: number;
  readonly loss: number;
  readonly results: readonly TrialResult[];
}

/** The part of the configurations that goes on is 1 / factor. */
const factor = 3;
/** The fewest on any rung. */
const fewest = 2;

/**
 * The rungs, from the shortest training to the longest, and from one seed to all.
 *
 * @param configurations how many begin
 * @example rungsOf({ configurations: 27, epochs: 3, seeds: 3 }) // 27 of 1 epoch, 9 of 3 epochs, 3 of 3 epochs and 3 seeds
 */
export function rungsOf({ configurations, epochs, seeds }: Rung): readonly Rung[] {
  const ladder = [
    ...rising(epochs).map((some) => ({ epochs: some, seeds: 1 })),
    ...rising(seeds)
      .filter((some) => some > 1)
      .map((some) => ({ epochs, seeds: some })),
  ];
  let left = configurations;
  return ladder.map((rung, at) => {
    if (at > 0) left = Math.min(left, Math.max(fewest, Math.ceil(left / factor)));
    return { ...rung, configurations: left };
  });
}

/** Up to `most`, each about a third of the next: 1, 3, 10 for 10. */
function rising(most: number): number[] {
  const values: number[] = [];
  for (let value = most; value >= 1; value = Math.round(value / factor)) values.unshift(value);
  return values;
}

/** The results so far, by trial. */
export type Results = ReadonlyMap<string, TrialResult>;

/** What tells a trial from others. */
export function keyOf({ configuration, epochs, seed }: Trial): string {
  return `trial-${configuration}-epochs-${epochs}-seed-${seed}`;
}

/** The trials of a rung. */
export function trialsOf({ epochs, seeds }: Rung, entered: readonly number[]): readonly Trial[] {
  return entered.flatMap((configuration) =>
    Array.from({ length: seeds }, (_, seed) => ({ configuration, epochs, seed })),
  );
}

/** The configurations on a rung: all on the first, then the best of the rung before, and number 0, the one as given. */
export function entering({ configurations }: Rung, before: readonly Standing[] | undefined): readonly number[] {
  if (before === undefined) return Array.from({ length: configurations }, (_, at) => at);
  const best = before.slice(0, configurations).map(({ configuration }) => configuration);
  return best.includes(0) ? best : [...best, 0];
}

/**
 * The configurations of a rung whose trials are all done, the best first: by accuracy, of equals by loss.
 *
 * @returns undefined while a trial is missing
 */
export function standingsOf(rung: Rung, entered: readonly number[], results: Results): readonly Standing[] | undefined {
  const standings: Standing[] = [];
  for (const configuration of entered) {
    const found = trialsOf(rung, [configuration]).map((trial) => results.get(keyOf(trial)));
    const done = found.filter((result) => result !== undefined);
    if (done.length < found.length) return undefined;
    const mean = (figure: (result: TrialResult) => number): number =>
      done.reduce((sum, result) => sum + figure(result), 0) / done.length;
    standings.push({
      configuration,
      accuracy: mean(({ accuracy }) => accuracy),
      loss: mean(({ loss = Number.POSITIVE_INFINITY }) => loss),
      results: done,
    });
  }
  return standings.toSorted((one, other) => {
    if (one.accuracy !== other.accuracy) return other.accuracy - one.accuracy;
    if (one.loss !== other.loss) return one.loss < other.loss ? -1 : 1;
    return one.configuration - other.configuration;
  });
}

/** A rung with what has come of it. */
export interface FinishedRung {
  readonly rung: Rung;
  readonly standings: readonly Standing[];
}

/** The rungs whose trials are all done, from the first, and the trials that the next one lacks. */
export function progressOf(
  rungs: readonly Rung[],
  results: Results,
): { readonly finished: readonly FinishedRung[]; readonly missing: readonly Trial[] } {
  const finished: FinishedRung[] = [];
  for (const rung of rungs) {
    const entered = entering(rung, finished.at(-1)?.standings);
    const standings = standingsOf(rung, entered, results);
    if (standings === undefined) {
      const missing = trialsOf(rung, entered).filter((trial) => !results.has(keyOf(trial)));
      return { finished, missing };
    }
    finished.push({ rung, standings });
  }
  return { finished, missing: [] };
}
