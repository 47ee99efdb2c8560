/**
 * A rank's part of the reduce-scatter: the gradients of a batch over its slice of the parameters. Those that micro-batches wrote are
 * summed, one micro-batch after another; the others are computed from what the micro-batches have left.
 */
import { addGeometry, type Kernels, microBatchSumGeometry } from '@longhand/kernels';
import { dtypeOf, type FloatArray } from '@longhand/tensor';
import { type GradientLayout, leftOf } from './gradient-layout';
import type { Slice } from './parameter-partition';

/** The gradients of a batch over a slice of the parameters. */
export interface GradientSum {
  readonly sum: FloatArray;
  /** Adds those of the first `count` micro-batches of a round; in the first round of a batch they replace what was there. */
  add(count: number, isFirstRound: boolean): void;
}

export interface GradientSumOptions {
  readonly kernels: Kernels;
  readonly layout: GradientLayout;
  readonly slice: Pick<Slice, 'begin' | 'end'>;
  /** `[micro-batch, number]` */
  readonly microBatchGradients: FloatArray;
  /** What the micro-batches leave. */
  readonly left: FloatArray;
  /** The most micro-batches of a round. */
  readonly rows: number;
  /** How many micro-batches a round may have. */
  readonly counts: ReadonlySet<number>;
}

/** Adds one part of the slice. */
type AddPart = (isFirstRound: boolean) => void;

export function gradientSum(options: GradientSumOptions): GradientSum {
  const { kernels, slice, microBatchGradients, counts } = options;
  const sum = kernels.allocate(dtypeOf(microBatchGradients), slice.end - slice.begin);
  // Kernels are prepared before the first step: one for each number of micro-batches.
  const parts = new Map<number, readonly AddPart[]>();
  for (const count of counts) parts.set(count, [...summedParts(options, sum, count), ...rowParts(options, sum, count)]);
  return {
    sum,
    add(count, isFirstRound) {
      for (const part of parts.get(count) ?? []) part(isFirstRound);
    },
  };
}

function summedParts(
  { kernels, layout, slice, microBatchGradients }: GradientSumOptions,
  sum: FloatArray,
  microBatches: number,
): AddPart[] {
  const stride = layout.summedCount;
  return layout.runs.flatMap((run) => {
    const [begin, end] = [Math.max(run.begin, slice.begin), Math.min(run.end, slice.end)];
    if (begin >= end) return [];
    const length = end - begin;
    const at = run.at + begin - run.begin;
    const geometry = microBatchSumGeometry('gradients', { microBatches, length, stride });
    const x = microBatchGradients.subarray(at, at + (microBatches - 1) * stride + length);
    const y = sum.subarray(begin - slice.begin, end - slice.begin);
    const roundSum = kernels.allocate(dtypeOf(sum), length);
    const first = kernels.prepare('microBatchSum', geometry, { x, y });
    const further = kernels.prepare('microBatchSum', geometry, { x, y: roundSum });
    const add = kernels.prepare('add', addGeometry('gradients', length), { a: y, b: roundSum, y });
    return (isFirstRound: boolean): void => {
      if (isFirstRound) {
        first();
        return;
      }
      further();
      add();
    };
  });
}

function rowParts(
  { kernels, layout, slice, left, rows }: GradientSumOptions,
  sum: FloatArray,
  microBatches: number,
): AddPart[] {
  const arrays = leftOf(layout, left, { rows, from: 0, to: microBatches });
  return layout.overBatch.flatMap(({ entry, gradient, layer }, index) => {
    const rowLength = entry.length / gradient.rows;
    const rowAt = (parameter: number): number =>
      Math.min(Math.max((parameter - entry.offset) / rowLength, 0), gradient.rows);
    const [from, to] = [rowAt(slice.begin), rowAt(slice.end)];
    if (from >= to) return [];
    const begin = entry.offset + from * rowLength - slice.begin;
    const [first, further] = [false, true].map((continued) =>
      gradient.prepare({
        where: layer,
        kernels,
        images: layout.lanes,
        microBatches,
        from,
        to,
        continued,
        left: arrays[index],
        gradient: sum.subarray(begin, begin + (to - from) * rowLength),
      }),
    );
    return (isFirstRound: boolean): void => (isFirstRound ? first() : further());
  });
}
