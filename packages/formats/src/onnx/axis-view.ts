/**
 * In which order a value of a graph has the entries of `[channels, height, width]`: exporters transpose, reshape and flatten, and all
 * of it only changes the order in which numbers are counted.
 *
 * A view lists the axes of a value without the batch; each is made of runs, so many entries that lie so far apart in the
 * order of the layers. `[height, width, channels]` over 3 channels of 4 × 5 is `[(4, 5)] [(5, 1)] [(3, 20)]`, and flattened one axis
 * of these three runs. Transposing permutes axes, reshaping divides the runs anew.
 */
import { type Shape, sizeOf } from '@longhand/tensor';

/** So many entries, so far apart. */
export interface Run {
  readonly size: number;
  readonly stride: number;
}

/** The axes of a value: the runs of each from the slowest to the fastest; none for an extent of one. */
export type AxisView = readonly (readonly Run[])[];

/** The view that counts entries in the layers' own order. */
export function plainView(shape: Shape): AxisView {
  return shape.map((size, axis) => (size === 1 ? [] : [{ size, stride: sizeOf(shape.slice(axis + 1)) }]));
}

/** The extents of a view. */
export function extentsOf(view: AxisView): Shape {
  return view.map((runs) => runs.reduce((product, { size }) => product * size, 1));
}

/** Runs in which neighbors that count on are one. */
export function joined(runs: readonly Run[]): readonly Run[] {
  const result: Run[] = [];
  for (const run of runs) {
    const last = result.at(-1);
    if (last !== undefined && last.stride === run.stride * run.size) {
      result[result.length - 1] = { size: last.size * run.size, stride: run.stride };
    } else result.push(run);
  }
  return result;
}

/** Whether both count in the same order. */
export function sameRuns(one: readonly Run[], other: readonly Run[]): boolean {
  const [a, b] = [joined(one), joined(other)];
  return a.length === b.length && a.every(({ size, stride }, k) => size === b[k].size && stride === b[k].stride);
}

/** Whether both have the same axes. */
export function sameView(one: AxisView, other: AxisView): boolean {
  return one.length === other.length && one.every((runs, axis) => sameRuns(runs, other[axis]));
}

/**
 * Runs divided into axes of other extents.
 *
 * @returns undefined where an axis would end within a run that it does not divide
 * @example divided([{ size: 784, stride: 1 }], [1, 28, 28]) // [] [(28, 28)] [(28, 1)]
 */
export function divided(runs: readonly Run[], extents: Shape): AxisView | undefined {
  const left = [...joined(runs)].reverse();
  const view: Run[][] = [];
  for (const extent of extents) {
    const axis: Run[] = [];
    for (let need = extent; need > 1; ) {
      const run = left.pop();
      if (run === undefined) return undefined;
      if (need % run.size === 0) {
        axis.push(run);
        need /= run.size;
        continue;
      }
      const rest = run.size / need;
      if (!Number.isInteger(rest)) return undefined;
      axis.push({ size: need, stride: run.stride * rest });
      left.push({ size: rest, stride: run.stride });
      need = 1;
    }
    view.push(axis);
  }
  return left.length === 0 ? view : undefined;
}

/**
 * Where in the layers' order each entry is, as the view counts them.
 *
 * @example positions([[{ size: 2, stride: 1 }], [{ size: 3, stride: 2 }]]) // 0, 2, 4, 1, 3, 5
 */
export function positions(view: AxisView): Int32Array {
  let found = Int32Array.of(0);
  for (const { size, stride } of view.flat()) {
    const next = new Int32Array(found.length * size);
    for (let k = 0; k < next.length; k++) next[k] = found[Math.floor(k / size)] + (k % size) * stride;
    found = next;
  }
  return found;
}
