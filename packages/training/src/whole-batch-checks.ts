/**
 * What networks with reductions, such as those of batch normalization, ask of a batch.
 *
 * All micro-batches of a batch meet at a reduction, so each keeps its arrays from forward to backward: the memory grows with the batch,
 * while other networks reuse that of one micro-batch. And a variance needs two numbers at least.
 */
import { type Kernels, largestMemory, referenceKernels } from '@longhand/kernels';
import { everyLayer, knownDescription, type Network } from '@longhand/layers';
import { OptionError, sizeOf } from '@longhand/tensor';
import { microBatchSize } from './micro-batch-input';
import type { KernelChoice } from './workers/shared-memory';

/** What the micro-batches of a network need. */
export interface MicroBatchNeeds {
  /** The numbers that a micro-batch leaves at all reductions of a step; 0 for a network without reductions. */
  readonly partialCount: number;
  /** The numbers in the arrays of one micro-batch, its gradients of parameters included. */
  readonly numbers: number;
}

/** Prepares the network for one image to see what it needs. */
export function microBatchNeeds(network: Network): MicroBatchNeeds {
  let numbers = 0;
  const kernels: Kernels = {
    ...referenceKernels,
    allocate(dtype, length) {
      numbers += length;
      return referenceKernels.allocate(dtype, length);
    },
  };
  const gradientValues = new Float32Array(network.parameterCount);
  const pass = network.prepare({ kernels, parameters: network.zeros(), capacity: 1, fuse: true, gradientValues });
  const operations = [...pass.forwardOperations, ...pass.backwardOperations];
  return {
    partialCount: operations.reduce((sum, { reduction }) => sum + (reduction?.partial.length ?? 0), 0),
    // Gradients and the tables by which kernels read weights in an order of their own.
    numbers: microBatchSize * numbers + 4 * network.parameterCount,
  };
}

const numberBytes = 4;

/**
 * @param batchSize the images of the largest batch
 * @throws OptionError when the images of a batch do not fit into the vector kernels' memory together
 */
export function checkBatchMemory(
  { partialCount, numbers }: MicroBatchNeeds,
  { batchSize, kernels }: { readonly batchSize: number; readonly kernels: KernelChoice },
): void {
  // Arrays of the reference kernels lie by themselves, wherever the engine has room.
  if (partialCount === 0 || kernels === 'reference') return;
  const bytes = numbers * numberBytes;
  const most = Math.floor(largestMemory / bytes);
  const needed = Math.ceil(batchSize / microBatchSize);
  if (needed <= most) return;
  const perImage = (bytes / microBatchSize / 1e6).toPrecision(2);
  const limit = (largestMemory / 1e9).toPrecision(2);
  throw new OptionError(
    `train: expected a batch of at most ${most * microBatchSize} images: for batch normalization all images of a batch are in ` +
      `memory at once, ${perImage} MB each for this network, and the kernels have ${limit} GB; got ${batchSize}; use a smaller batch size`,
  );
}

/**
 * @param count the images of the data set
 * @throws OptionError when a batch, or the last one of an epoch, has one number of a channel to normalize
 */
export function checkSmallestBatch(
  network: Network,
  { count, batchSize }: { readonly count: number; readonly batchSize: number },
): void {
  const smallest = count % batchSize || Math.min(batchSize, count);
  if (smallest > 1) return;
  const lone = everyLayer(network.layers).find(
    ({ layer, inputShape }) =>
      knownDescription(layer.description)?.kind === 'batchNorm' && sizeOf(inputShape) === inputShape.at(-1),
  );
  if (lone === undefined) return;
  const which = count <= batchSize || batchSize === 1 ? 'batches' : 'a last batch';
  throw new OptionError(
    `train: expected batches of at least two images for the batch normalization ${lone.name}, got ${which} of one: ` +
      `${count} images in batches of ${batchSize}; choose another batch size`,
  );
}
