/** The orders of a list of runs. What it takes to read runs is not loaded here, so that help comes at once. */
import type { RunRecord } from './run-record';

/** What runs are put in order by. */
export interface OrderedRun {
  readonly folder: { readonly name: string };
  readonly record: RunRecord;
  /** When it was last saved. */
  readonly date: Date;
  /** The time of its training, in seconds. */
  readonly seconds: number;
}

/** The keys of a run, the first that differs decides: the lower comes first, and undefined last. */
type Keys = (run: OrderedRun) => readonly (number | undefined)[];

/** A figure that is to be high. */
const high = (value: number | undefined): number | undefined => (value === undefined ? undefined : -value);

/** By test figures before those of validation: they are of other images. Runs that tie stay in the order of their names. */
const keysOf = {
  name: () => [],
  date: ({ date }) => [high(date.getTime())],
  accuracy: ({ record: { test, best } }) => [high(test?.accuracy), high(best?.accuracy)],
  loss: ({ record: { test, best } }) => [test?.loss, best?.loss],
  time: ({ seconds }) => [seconds],
} satisfies Readonly<Record<string, Keys>>;

export type RunOrder = keyof typeof keysOf;
export const runOrders = Object.keys(keysOf) as readonly RunOrder[];

/** The runs in an order: names from A, dates from the newest, accuracies from the highest, losses and times from the lowest. */
export function inOrder<Run extends OrderedRun>(runs: readonly Run[], order: RunOrder): Run[] {
  const keys: Keys = keysOf[order];
  return runs.toSorted((one, other) => {
    const others = keys(other);
    const decisive = keys(one)
      .map((key = Number.POSITIVE_INFINITY, at) => [key, others[at] ?? Number.POSITIVE_INFINITY])
      .find(([a, b]) => a !== b);
    if (decisive !== undefined) return decisive[0] < decisive[1] ? -1 : 1;
    return one.folder.name < other.folder.name ? -1 : 1;
  });
}
