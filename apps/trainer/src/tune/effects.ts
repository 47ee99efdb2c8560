/**
 * What mattered: how much of the spread of the results each setting explains by itself.
 *
 * The trials of the first rung fall into groups by the value of a setting, ranges into thirds. Its share is ε² (Kelley, "An unbiased
 * correlation ratio measure", 1935), the part of the variance that lies between the groups, less what as many random groups would have:
 *
 *   ε² = 1 − (SSw / (n − k)) / (SSt / (n − 1))      SSw within the groups, SSt in all, n trials, k groups
 *
 * The figure is log(error), because halving the error counts the same anywhere, and one trial that has learned nothing would
 * outweigh all others by its accuracy. It is the first order of a functional ANOVA (Hutter, Hoos and Leyton-Brown, "An efficient
 * approach for assessing hyperparameter importance", 2014), on trials that were drawn evenly instead of on a model of them.
 */
import { exp, log } from '@longhand/tensor';
import type { SearchedSetting, SearchedValue } from './search-space';

/** A trial as the analysis sees it. */
export interface Observation {
  /** The value of each setting by its name; absent where the trial had none. */
  readonly values: Readonly<Record<string, SearchedValue | undefined>>;
  readonly accuracy: number;
}

/** The trials that had some of the values of a setting. */
export interface EffectGroup {
  /** `cosine`, `0.003..0.012`. */
  readonly name: string;
  readonly trials: number;
  /** 1 − the geometric mean of the errors. */
  readonly accuracy: number;
}

export interface Effect {
  readonly setting: string;
  /** From 0 to 1; undefined with too few trials to say. */
  readonly share: number | undefined;
  readonly groups: readonly EffectGroup[];
}

/**
 * The effect of each setting, the largest first.
 *
 * @param images how many each accuracy is of: an error of none counts as half an image
 */
export function effectsOf(
  space: readonly SearchedSetting[],
  observations: readonly Observation[],
  images: number,
): readonly Effect[] {
  const logError = ({ accuracy }: Observation): number => log(Math.max(1 - accuracy, 0.5 / images));
  const effects = space.map((setting): Effect => {
    const groups = groupsOf(setting, observations).filter(({ members }) => members.length > 0);
    const figures = groups.map(({ members }) => members.map(logError));
    return {
      setting: setting.name,
      share: shareOf(figures),
      groups: groups.map(({ name, members }, at) => ({
        name,
        trials: members.length,
        accuracy: 1 - exp(meanOf(figures[at])),
      })),
    };
  });
  return effects.toSorted((one, other) => (other.share ?? -1) - (one.share ?? -1));
}

interface Group {
  readonly name: string;
  readonly members: readonly Observation[];
}

function groupsOf({ name, values }: SearchedSetting, observations: readonly Observation[]): readonly Group[] {
  if (values.kind === 'list') {
    return values.values.map((value) => ({
      name: String(value),
      members: observations.filter((observation) => observation.values[name] === value),
    }));
  }
  const numberOf = (observation: Observation): number => Number(observation.values[name]);
  const ranked = observations
    .filter((observation) => typeof observation.values[name] === 'number')
    .toSorted((one, other) => numberOf(one) - numberOf(other));
  const thirds = Math.min(3, ranked.length);
  return Array.from({ length: thirds }, (_, at) => {
    const members = ranked.slice(
      Math.round((at * ranked.length) / thirds),
      Math.round(((at + 1) * ranked.length) / thirds),
    );
    const [first, last] = [members[0], members[members.length - 1]].map(numberOf);
    return { name: first === last ? String(first) : `${first}..${last}`, members };
  });
}

function shareOf(groups: readonly (readonly number[])[]): number | undefined {
  const all = groups.flat();
  const within = groups.reduce((sum, figures) => sum + squaresOf(figures), 0);
  const total = squaresOf(all);
  if (groups.length < 2 || all.length <= groups.length || total === 0) return undefined;
  return Math.max(0, 1 - within / (all.length - groups.length) / (total / (all.length - 1)));
}

function squaresOf(figures: readonly number[]): number {
  const mean = meanOf(figures);
  return figures.reduce((sum, figure) => sum + (figure - mean) * (figure - mean), 0);
}

function meanOf(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}
