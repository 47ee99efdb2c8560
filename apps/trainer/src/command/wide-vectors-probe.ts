/** What the processes of a proof run: two steps of networks that need all the common kernels, on this thread; or one layer. */
import { imageDataset } from '@longhand/datasets';
import { denseGeometry, simdKernels } from '@longhand/kernels';
import { type Network, networkFrom, presets } from '@longhand/layers';
import { adamw } from '@longhand/optimizers';
import { type FloatArray, seededRandom } from '@longhand/tensor';
import { checksumText, Engine, type KernelChoice, TrainingRun, xxHash32 } from '@longhand/training';
import { panelNetworks } from '../bench/panel-networks.generated';
import type { ProbeWork } from './wide-vectors-proof';

/** Small images, but every network of the panel can take them. */
const image = { height: 20, width: 20, channels: 3 };
const input = [image.height, image.width, image.channels] as const;

/** One and a half micro-batches, so that one is padded. */
const batchSize = 24;
const steps = 2;

/** Trains, and prints a checksum of all parameters and of the optimizer's state; for a layer it prints nothing. */
export async function probeWideVectors(kernels: ProbeWork): Promise<void> {
  if (kernels === 'layer') return runLayer();
  const networks = [
    ...Object.values(panelNetworks).map((description) => networkFrom(description, { input })),
    presets['resnet-small']({ image: input }),
  ];
  let checksum = 0;
  for (const network of networks) {
    for (const numbers of await trained(network, kernels)) {
      checksum = xxHash32(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), checksum);
    }
  }
  // V8's remarks may have left a line unfinished.
  process.stdout.write(`\nchecksum ${checksumText(checksum)}\n`);
}

/** A dense layer forward, which V8 makes wide where it can. */
function runLayer(): void {
  const kernels = simdKernels('strict');
  const geometry = denseGeometry('probe', { batch: 16, inFeatures: 4, outFeatures: 4, bias: false });
  const [x, weight, bias, y] = [64, 16, 0, 64].map((length) => kernels.allocate('float32', length)) as FloatArray[];
  kernels.prepare('dense', geometry, { x, weight, bias, y })();
}

async function trained(network: Network, kernels: KernelChoice): Promise<readonly FloatArray[]> {
  const random = seededRandom('wide vectors');
  const count = steps * batchSize;
  const images = Uint8Array.from({ length: count * image.height * image.width * image.channels }, () =>
    Math.floor(random.uniform(0, 256)),
  );
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 10);
  const dataset = imageDataset({ name: 'noise', images, labels, ...image, classes: 10 });
  const engine = new Engine({ threads: 0, kernels });
  const run = new TrainingRun({
    network,
    dataset,
    normalization: { mean: 0.5, std: 0.29 },
    optimizer: adamw({ learningRate: 0.001 }),
    batchSize,
    epochs: 1,
    seed: 1,
    engine,
  });
  for await (const _ of run.steps(steps)); // Only where it ends counts.
  const { values, buffers, slots } = await run.state();
  await run.end();
  await engine.end();
  return [values, ...(buffers === undefined ? [] : [buffers]), ...Object.values(slots)];
}
