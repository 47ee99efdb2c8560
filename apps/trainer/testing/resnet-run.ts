/** A short run of `resnet-small` on generated images in color, for Node and for pages. */
import { imageDataset } from '@longhand/datasets';
import { resnetSmall } from '@longhand/layers';
import { adamw } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { TrainingRun } from '@longhand/training';

/** What is left of the run: the bits of all parameters and running statistics, and the threads that it had. */
export interface RunResult {
  readonly bits: readonly number[];
  readonly sharesMemory: boolean;
}

/** Two epochs of three steps, the last of 9 images. */
export async function resnetRun(threads: number): Promise<RunResult> {
  const random = seededRandom('images');
  const [count, side, channels] = [73, 16, 3];
  const dataset = imageDataset({
    name: 'colors',
    images: Uint8Array.from({ length: count * side * side * channels }, () => random.integer(256)),
    labels: Uint8Array.from({ length: count }, () => random.integer(10)),
    height: side,
    width: side,
    channels,
  });
  const run = new TrainingRun({
    network: resnetSmall({ image: [side, side, channels], maps: [4, 6, 8] }),
    dataset,
    normalization: { mean: [0.5, 0.4, 0.6], std: [0.3, 0.2, 0.25] },
    optimizer: adamw({ learningRate: 0.01 }),
    epochs: 2,
    batchSize: 32,
    seed: 4,
    threads,
  });
  for await (const _ of run.steps());
  const { values, buffers = new Float32Array() } = await run.state();
  await run.end();
  const all = Float32Array.of(...values, ...buffers);
  return { bits: [...new Uint32Array(all.buffer)], sharesMemory: typeof SharedArrayBuffer === 'function' };
}
