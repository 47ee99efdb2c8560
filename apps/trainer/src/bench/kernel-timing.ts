/** The speed of each kernel of a network on one thread, against the machine's peak of multiply-adds. */
import { channelNormalizations } from '@longhand/datasets';
import {
  type AnySpec,
  type KernelName,
  type Kernels,
  kernelSpecs,
  multiplyAddCeiling,
  referenceKernels,
  simdKernels,
} from '@longhand/kernels';
import { type Network, type PixelBytes, softmaxCrossEntropy, trainingContext } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { seededRandom, sizeOf } from '@longhand/tensor';
import { type KernelChoice, microBatchSize } from '@longhand/training';

/** One kernel at the sizes of one layer. */
export interface KernelTiming {
  readonly kernel: string;
  /** What goes in and comes out, of one image. */
  readonly sizes: string;
  /** For one micro-batch. */
  readonly microseconds: number;
  /** Billions of multiplications and additions in a second; absent where a kernel makes none to speak of. */
  readonly gigaflops: number | undefined;
}

interface Prepared {
  readonly kernel: KernelName;
  readonly geometry: Readonly<Record<string, unknown>>;
  readonly run: () => void;
}

/** The time of one run in microseconds: the median of seven rounds of the given length. */
function microsecondsOf(run: () => void, milliseconds = 20): number {
  const rounds = 7;
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const start = performance.now();
    let count = 0;
    do {
      run();
      count++;
    } while (performance.now() - start < milliseconds);
    // The first round is for the compiler.
    if (round >= 0) times.push(((performance.now() - start) / count) * 1000);
  }
  return times.sort((a, b) => a - b)[rounds >> 1];
}

/** Billions of operations in a second that multiply-adds alone could reach, in the arithmetic of the kernels. */
export function ceilingOf(choice: KernelChoice): number | undefined {
  if (choice === 'reference') return undefined;
  const ceiling = multiplyAddCeiling(choice);
  const rounds = 20_000;
  const microseconds = microsecondsOf(() => ceiling.run(rounds));
  return (2 * rounds * ceiling.multiplyAddsPerRound) / microseconds / 1000;
}

/**
 * Every kernel of a step of training on one micro-batch, in the order in which layers prepare them. Those on pixels get digits.
 *
 * @param fuse whether neighboring layers are fused where possible, as in training
 * @param milliseconds of each round of one kernel
 */
export function timeKernels(
  network: Network,
  choice: KernelChoice,
  { fuse, milliseconds }: { readonly fuse: boolean; readonly milliseconds: number },
): KernelTiming[] {
  const kernels = choice === 'reference' ? referenceKernels : simdKernels(choice);
  const prepared: Prepared[] = [];
  // The network prepares its layers on a set that remembers what was asked of it.
  const remembering: Kernels = {
    ...kernels,
    prepare(kernel, geometry, buffers) {
      const run = kernels.prepare(kernel, geometry, buffers);
      prepared.push({ kernel, geometry: { ...geometry }, run });
      return run;
    },
  };
  const random = seededRandom('bench');
  const parameters = network.initialize(random, { kernels });
  const context = trainingContext({ kernels, capacity: microBatchSize, random });
  context.step = 0;
  const pixels = digitsFor(network, kernels);
  const pass = network.prepare({
    kernels: remembering,
    parameters,
    capacity: microBatchSize,
    fuse,
    context,
    ...(pixels && { pixels }),
  });
  softmaxCrossEntropy().prepare(pass);
  for (let k = 0; k < pass.input.length; k++) pass.input[k] = random.uniform(-1, 1);
  pass.forward();
  pass.dOutput?.fill(0.1);
  pass.backward();
  return prepared.map(({ kernel, geometry, run }) => {
    const microseconds = microsecondsOf(run, milliseconds);
    const spec: AnySpec = kernelSpecs[kernel];
    const operations = 2 * spec.multiplyAdds(geometry);
    const gigaflops = operations === 0 ? undefined : operations / microseconds / 1000;
    return { kernel, sizes: sizesOf(geometry), microseconds, gigaflops };
  });
}

/** Digits as a pass on bytes takes them: what such a pass costs depends on how much of them is background. */
function digitsFor({ inputShape }: Network, kernels: Kernels): PixelBytes | undefined {
  const { images, height, width } = loadMnist({ split: 'test' });
  if (inputShape.join() !== [height, width, 1].join()) return undefined;
  const bytes = kernels.allocateBytes(microBatchSize * height * width);
  bytes.set(images.subarray(0, bytes.length));
  return { bytes, channels: channelNormalizations('bench', mnistNormalization, 1) };
}

/** The sizes of one image before and after, from whichever numbers the geometry has. */
function sizesOf(geometry: Prepared['geometry']): string {
  const { conv, pool } = geometry as { conv?: Prepared['geometry']; pool?: Prepared['geometry'] };
  if (conv !== undefined && pool !== undefined) {
    return `${sizesOf(conv).split(' → ')[0]} → ${sizesOf(pool).split(' → ')[1]}`;
  }
  // An activation and the mean behind it.
  if (pool !== undefined) return sizesOf(pool);
  const { inHeight, inWidth, inChannels, channels, outHeight, outWidth, outChannels } = geometry;
  if (inHeight !== undefined) {
    return `${inHeight}×${inWidth}×${inChannels ?? channels} → ${outHeight}×${outWidth}×${outChannels ?? channels}`;
  }
  const { pixels, inFeatures, outFeatures, input, output, features, length } = geometry;
  if (pixels !== undefined && outFeatures !== undefined) return `${pixels} pixels → ${outFeatures}`;
  if (pixels !== undefined && channels !== undefined) return `${pixels} pixels × ${channels}`;
  if (inFeatures !== undefined) return `${inFeatures} → ${outFeatures}`;
  if (Array.isArray(input) && Array.isArray(output)) return `${input.join('×')} → ${sizeOf(output)}`;
  return `${features ?? Number(length) / microBatchSize}`;
}
