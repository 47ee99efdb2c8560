/**
 * Which gradients every micro-batch writes, to be summed, and which are computed over the whole batch from what the micro-batches
 * leave (`BatchGradient`); and where all of that lies. It follows from the network and the optimizer, never from the machine.
 */
import { channelNormalizations, type Normalization } from '@longhand/datasets';
import { type BatchGradient, batchGradients, type Network, type ParameterEntry } from '@longhand/layers';
import type { Optimizer } from '@longhand/optimizers';
import { isBuiltIn } from '@longhand/schema';
import type { FloatArray } from '@longhand/tensor';

/** A parameter whose gradient is computed over the whole batch. */
export interface OverBatch {
  readonly entry: ParameterEntry;
  readonly gradient: BatchGradient;
  /** The path of its layer, nested ones included. */
  readonly layer: string;
}

/** Neighboring parameters whose gradients are neighbors in a row of the matrix `[micro-batch, number]`, too. */
export interface SummedRun {
  readonly begin: number;
  readonly end: number;
  /** Where the first lies in a row. */
  readonly at: number;
}

export interface GradientLayout {
  /** The parameters whose gradients are summed, with their offsets in a row of the matrix. */
  readonly summed: readonly ParameterEntry[];
  /** The numbers of a row. */
  readonly summedCount: number;
  readonly runs: readonly SummedRun[];
  readonly overBatch: readonly OverBatch[];
  /** The numbers that one micro-batch leaves. */
  readonly leftCount: number;
  /** The images of a micro-batch that leaves them, spare lanes included. */
  readonly lanes: number;
}

/**
 * An optimizer of the user's own updates all parameters on one rank, which would have to compute all gradients over the batch alone: for
 * it, all are summed.
 *
 * @param normalization that of the images, whose bytes all passes are given
 * @param lanes those of a micro-batch (`lanesFor`)
 */
export function gradientLayout(
  network: Network,
  optimizer: Optimizer,
  normalization: Normalization,
  lanes: number,
): GradientLayout {
  const channels = channelNormalizations('input', normalization, network.inputShape[2]);
  const gradients = isBuiltIn(optimizer) ? batchGradients(network.layers, channels) : new Map<string, BatchGradient>();
  const summed: ParameterEntry[] = [];
  const runs: SummedRun[] = [];
  const overBatch: OverBatch[] = [];
  let summedCount = 0;
  for (const entry of network.parameterEntries) {
    const { path, offset, length } = entry;
    const gradient = gradients.get(path);
    if (gradient !== undefined) {
      overBatch.push({ entry, gradient, layer: path.slice(0, -gradient.parameter.length - 1) });
      continue;
    }
    summed.push({ ...entry, offset: summedCount });
    const last = runs.at(-1);
    if (last?.end === offset) runs[runs.length - 1] = { ...last, end: offset + length };
    else runs.push({ begin: offset, end: offset + length, at: summedCount });
    summedCount += length;
  }
  const leftCount = overBatch.flatMap(({ gradient }) => Object.values(gradient.left(lanes)));
  return { summed, summedCount, runs, overBatch, lanes, leftCount: leftCount.reduce((sum, count) => sum + count, 0) };
}

/** Arrays by name, of several micro-batches one after another. */
export type LeftArrays = Readonly<Record<string, FloatArray>>;

/**
 * What the micro-batches `from` to before `to` leave for one parameter after another.
 *
 * @param left the memory of all of them, of `rows` micro-batches
 */
export function leftOf(
  { overBatch, lanes }: GradientLayout,
  left: FloatArray,
  { rows, from, to }: { readonly rows: number; readonly from: number; readonly to: number },
): LeftArrays[] {
  let begin = 0;
  return overBatch.map(({ gradient }) =>
    Object.fromEntries(
      Object.entries(gradient.left(lanes)).map(([name, length]) => {
        const array = left.subarray(begin + from * length, begin + to * length);
        begin += rows * length;
        return [name, array];
      }),
    ),
  );
}
