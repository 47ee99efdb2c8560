/**
 * Scales of loss and accuracy: the position of a value between the ends of an axis, and the values that are written beside it.
 * Both are logarithmic, because progress is: halving the loss, or the errors, takes about as much room at the end of a run as
 * at its beginning.
 */
import { log } from '@longhand/tensor';

/** How values become positions on an axis. */
export interface Scale {
  /** The position of a value: 0 at the lower end, 1 at the upper; values outside count as the nearer end, NaN stays NaN. */
  at(value: number): number;
  /** Round values within the scale, from the lower end up. */
  readonly ticks: readonly Tick[];
}

/** A round value on an axis. */
export interface Tick {
  /** The value. */
  readonly value: number;
  /** How it is written. */
  readonly label: string;
}

/**
 * A scale for losses, from the lowest to the highest of the values. Values that are not positive
 * count as its lower end.
 *
 * @example lossScale([2.3, 0.04]).ticks.map(({ label }) => label); // [ '0.05', '0.1', '0.2', '0.5', '1', '2' ]
 */
export function lossScale(values: Iterable<number>): Scale {
  const { low, high } = ends(values, 0.1, 1);
  const fraction = (value: number): number => (log(Math.max(value, low)) - log(low)) / (log(high) - log(low));
  return {
    at: (value) => Math.min(fraction(value), 1),
    ticks: roundValues(low, high).map((value) => ({ value, label: String(value) })),
  };
}

/**
 * A scale for accuracies, which widens toward 100 %: from 90 to 99 % is as far as from 99 to 99.9 %. A perfect accuracy,
 * which would be infinitely far up, counts as its upper end.
 *
 * @example accuracyScale([0.1, 0.99]).ticks.map(({ label }) => label); // [ '50 %', '80 %', '90 %', '95 %', '98 %', '99 %' ]
 */
export function accuracyScale(values: Iterable<number>): Scale {
  const errors = Array.from(values, (accuracy) => 1 - accuracy);
  const { low, high } = ends(errors, 0.01, 1);
  const fraction = (error: number): number => (log(high) - log(Math.max(error, low))) / (log(high) - log(low));
  return {
    at: (accuracy) => Math.max(fraction(1 - accuracy), 0),
    ticks: roundValues(low, high)
      .reverse()
      .map((error) => ({ value: 1 - error, label: `${Number((100 * (1 - error)).toPrecision(6))} %` })),
  };
}

/**
 * A scale from zero to `most`, with four values or a few more.
 *
 * @example linearScale(0.015).ticks.map(({ label }) => label) // ['0', '0.005', '0.01', '0.015']
 */
export function linearScale(most: number): Scale {
  const exponent = Number(most.toExponential().split('e')[1]);
  const steps = [1, 2, 5, 10].map((mantissa) => Number(`${mantissa}e${exponent - 1}`));
  const every = steps.find((step) => most / step < 6) ?? most;
  const count = Math.floor(most / every + 1e-9);
  return {
    at: (value) => Math.min(Math.max(value / most, 0), 1),
    ticks: Array.from({ length: count + 1 }, (_, at) => Number((at * every).toPrecision(6))).map((value) => ({
      value,
      label: String(value),
    })),
  };
}

/** The lowest and the highest of the positive values, at least a quarter apart; `low` and `high` without positive values. */
function ends(values: Iterable<number>, low: number, high: number): { low: number; high: number } {
  // Beyond these a number is a fault, and its neighbors may be no numbers.
  const found = [...values].filter((value) => value > 1e-300 && value < 1e300);
  if (found.length === 0) return { low, high };
  const least = found.reduce((one, other) => Math.min(one, other));
  const most = found.reduce((one, other) => Math.max(one, other));
  return most > least * 1.25 ? { low: least, high: most } : { low: least / 1.2, high: most * 1.2 };
}

/** The tick values of each decade: the fewest that give four ticks, or else all. */
const mantissas = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7], [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]];

function roundValues(low: number, high: number): number[] {
  const exponent = (value: number): number => Number(value.toExponential().split('e')[1]);
  const within = (of: readonly number[]): number[] => {
    const values: number[] = [];
    for (let decade = exponent(low); decade <= exponent(high); decade++) {
      // Written out and read again, which makes the nearest number to 5e-4, where a product might not.
      values.push(...of.map((mantissa) => Number(`${mantissa}e${decade}`)));
    }
    // 1 − 0.99 is not quite 0.01.
    return values.filter((value) => value > low * (1 - 1e-9) && value < high * (1 + 1e-9));
  };
  const values = within(mantissas.find((of) => within(of).length >= 4) ?? mantissas[mantissas.length - 1]);
  return values.filter((_, at) => at % Math.ceil(values.length / 10) === 0);
}
