/**
 * What a file may ask for, in one place: every reader of untrusted bytes takes a budget and refuses, in one line and before it
 * takes memory or time, what goes beyond. The limits lie where real work does not come; whoever does raises one.
 *
 * They bound work, not the clock: what is read on one machine is read on every other.
 */

/** The most that a file may ask for. */
export interface Budget {
  /** Bytes of a file, and of what a data set unpacks to. */
  readonly bytes: number;
  /** Bytes of a text that describes something: a JSON file, the header or the metadata of a model. */
  readonly textBytes: number;
  /** How many times its own size a compressed file may unpack to, from a quarter of a gigabyte on. */
  readonly expansion: number;
  /** Pixels of a picture. */
  readonly pixels: number;
  /** Files of a folder. */
  readonly files: number;
  /** Things with a name in one file: tensors, nodes, keys. */
  readonly names: number;
  /** Layers of a network, those within blocks included. */
  readonly layers: number;
  /** How deep lists and objects may be nested. */
  readonly nesting: number;
  /** Learned numbers of a network. */
  readonly parameters: number;
  /** Numbers that all layers of a network put out for one image. */
  readonly elements: number;
  /** Multiply-adds of a network for one image. */
  readonly multiplyAdds: number;
  /** Bytes of memory for what runs in one thread on behalf of a file, such as a gradient check. */
  readonly memory: number;
  /**
   * Seconds of arithmetic for the same, as an ordinary machine would take. Only the gradient check has any: training and evaluation
   * take as long as was asked for and can be interrupted, and one image takes a second at most within the other limits.
   */
  readonly seconds: number;
}

/** The budget where nothing is said. */
export const defaultBudget: Budget = {
  // A checkpoint of fifty million parameters takes 1 GB; the largest relative of MNIST, EMNIST, unpacks to 0.6 GB.
  bytes: 2 ** 31,
  // The header of a model with ten thousand tensors takes 1 MB.
  textBytes: 16_000_000,
  // Photographs and handwriting unpack to less than ten times their size.
  expansion: 100,
  // The largest cameras of phones.
  pixels: 50_000_000,
  // EMNIST as pictures has 814,255.
  files: 2_000_000,
  names: 100_000,
  // The deepest residual network in print has 1202 convolutions, 3600 layers with their activations.
  layers: 10_000,
  nesting: 64,
  // Gradients and an optimizer's averages are as large, and memory for arithmetic ends at 4 GB.
  parameters: 50_000_000,
  // ResNet-18 on images of 32 × 32 puts out 1.7 million and takes half of a milliard multiply-adds.
  elements: 2 ** 22,
  multiplyAdds: 1_000_000_000,
  memory: 2 ** 30,
  seconds: 600,
};

/** The names of a budget's limits. */
export const budgetNames = Object.keys(defaultBudget) as readonly (keyof Budget)[];

/** No limits, for what was read before and only goes to another thread. */
export const unlimited = Object.fromEntries(budgetNames.map((name) => [name, Number.POSITIVE_INFINITY])) as Record<
  keyof Budget,
  number
>;

/** What reading takes besides. */
export interface BudgetOptions {
  /** The limits that are not those of {@link defaultBudget}, by name. Default: none. */
  readonly budget?: Partial<Budget> | undefined;
}

/** How a refusal is worded. */
export interface Refusal {
  /** What the message begins with: a file's name. */
  readonly where: string;
  /** What is counted: `layers`. */
  readonly of: string;
  /** What to do besides raising the limit: `make conv1 smaller`. Default: nothing. */
  readonly hint?: string;
  /** Makes the error of the line. */
  readonly error: (message: string) => Error;
}

/**
 * Checks an amount against a limit.
 *
 * @throws what `error` makes of one line: where, the limit, what came, and how to raise the limit
 * @example
 * const refusal = { where: 'a.json', of: 'layers', error: (message: string) => new Error(message) };
 * checkBudget({ layers: 20000 }, undefined, refusal); // throws: a.json: expected at most 10,000 layers, got 20,000; if it has to be, raise the budget: layers=20000
 */
export function checkBudget(
  amounts: Partial<Budget>,
  budget: Partial<Budget> | undefined,
  { where, of, hint, error }: Refusal,
): void {
  for (const limit of budgetNames) {
    const amount = amounts[limit] ?? 0;
    const most = limitOf(limit, budget);
    if (amount <= most) continue;
    // What is a hundred times too much is no work at all but a mistake.
    const raise = amount <= 100 * most ? `if it has to be, raise the budget: ${limit}=${amount}` : undefined;
    const advice = [hint, raise].filter((part) => part !== undefined).map((part) => `; ${part}`);
    throw error(`${where}: expected at most ${countText(most)} ${of}, got ${countText(amount)}${advice.join('')}`);
  }
}

/**
 * A limit, of a budget that may leave it out.
 *
 * @example limitOf('nesting', { nesting: 8 }); // 8
 */
export function limitOf(limit: keyof Budget, budget: Partial<Budget> | undefined): number {
  return budget?.[limit] ?? defaultBudget[limit];
}

/** @example countText(60000) // '60,000' */
function countText(count: number): string {
  if (count >= 1e15) return String(count);
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
