/**
 * How the ranks share the parameters in an update (a sharded optimizer, as in ZeRO). The parameters are cut into *units*
 * that only one rank works on, and each rank owns a slice of neighboring units.
 *
 * The units do not depend on the number of ranks. So a sum over all parameters that is made of one sum for each unit, added in
 * their order, has the same bits for any number of ranks.
 */
import type { ParameterEntry } from '@longhand/layers';
import type { Optimizer } from '@longhand/optimizers';
import { isBuiltIn } from '@longhand/schema';

/** Floats in a cache line: no two ranks write to one line, unless units are whole tensors. */
const cacheLine = 16;

/** The units of a network's parameters. */
export interface Units {
  /** Where each unit begins, and at the end of the list the number of parameters. */
  readonly bounds: readonly number[];
  /** How much work the update of each unit is, as a number to compare. */
  readonly costs: readonly number[];
}

/** What one rank owns: the units from `firstUnit` to before `lastUnit`, the parameters from `begin` to before `end`. */
export interface Slice {
  readonly firstUnit: number;
  readonly lastUnit: number;
  readonly begin: number;
  readonly end: number;
}

/** What units follow besides the parameters. */
export interface UnitsOptions {
  /** The parameters whose gradients are computed over the whole batch, by path, with their rows. Default: none. */
  readonly rowsOf?: ReadonlyMap<string, number>;
  /** The micro-batches of a batch, for the costs. Default: 1. */
  readonly microBatches?: number;
}

/**
 * The units: whole tensors for rules that look at such, for others rows of the parameters whose gradients are computed over the whole
 * batch, and cache lines of the rest.
 *
 * An optimizer of the user's own may look at several parameters at once, such as at the norm of all gradients: to it, all are one
 * unit, unless it says that it looks at whole tensors.
 *
 * @param entries the parameters, one after another
 */
export function unitsOf(
  entries: readonly ParameterEntry[],
  optimizer: Optimizer,
  { rowsOf = new Map(), microBatches = 1 }: UnitsOptions = {},
): Units {
  const count = entries.reduce((sum, { length }) => sum + length, 0);
  if (optimizer.wholeTensors) {
    return { bounds: [...entries.map(({ offset }) => offset), count], costs: entries.map(tensorCost) };
  }
  if (!isBuiltIn(optimizer)) return { bounds: [0, count], costs: [1] };
  const bounds = [0];
  const costs: number[] = [];
  const add = (end: number, costOfNumber: number): void => {
    costs.push((end - (bounds.at(-1) ?? 0)) * costOfNumber);
    bounds.push(end);
  };
  const addLines = (end: number): void => {
    for (let at = bounds.at(-1) ?? 0; at < end; at = bounds.at(-1) ?? end) {
      add(Math.min((Math.floor(at / cacheLine) + 1) * cacheLine, end), 3 + microBatches);
    }
  };
  for (const { path, offset, length } of entries) {
    const rows = rowsOf.get(path);
    if (rows === undefined) continue;
    addLines(offset);
    // Sixteen multiply-adds take about six times as long as one addition; an update, as long as three.
    for (let row = 1; row <= rows; row++) add(offset + (row * length) / rows, 3 + 6 * microBatches);
  }
  addLines(count);
  return { bounds, costs };
}

/** Products of a matrix with its transpose, which such rules make, take as many multiply-adds. */
function tensorCost({ shape: [rows = 1], length }: ParameterEntry): number {
  return length * Math.min(rows, length / rows);
}

/**
 * The slice of a rank, with about as much work as the others'. It may be empty.
 *
 * A unit belongs to the rank in whose share of the whole work the middle of its own work lies.
 */
export function sliceOf({ bounds, costs }: Units, rank: number, worldSize: number): Slice {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  let done = 0;
  let [firstUnit, lastUnit] = [0, 0];
  for (const cost of costs) {
    const owner = Math.floor(((done + cost / 2) / total) * worldSize);
    if (owner < rank) firstUnit++;
    if (owner <= rank) lastUnit++;
    done += cost;
  }
  return { firstUnit, lastUnit, begin: bounds[firstUnit], end: bounds[lastUnit] };
}

/** The tensors of a slice, with their offsets in it; undefined where it holds parts of tensors. */
export function entriesOf(
  entries: readonly ParameterEntry[],
  { begin, end }: Slice,
): readonly ParameterEntry[] | undefined {
  const inside = entries.filter(({ offset, length }) => offset >= begin && offset + length <= end);
  const covered = inside.reduce((sum, { length }) => sum + length, 0);
  if (covered !== end - begin) return undefined;
  return inside.map((entry) => ({ ...entry, offset: entry.offset - begin }));
}
