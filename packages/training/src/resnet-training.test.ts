/**
 * The preset `resnet-small`, with fewer maps, trains on MNIST and on CIFAR-10's format; the same bytes for any number of threads and
 * through halts.
 *
 * @module-tag slow
 */
import {
  type ImageDataset,
  imageDatasetOfCifar,
  type Normalization,
  pixelStatistics,
  subset,
} from '@longhand/datasets';
import { resnetSmall } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, oneCycle } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { sharedEngines } from '../testing/shared-engines';
import { evaluate } from './evaluate';
import { parametersOf, type TrainingOptions, type TrainingState } from './training-options';
import { TrainingRun } from './training-run';

const maps = [6, 8, 12] as const;

/** CIFAR-10's format, four classes: noise, and a square that is red, green, blue or yellow. */
function cifar(count: number, seed: string): ImageDataset {
  const random = seededRandom(seed);
  const bytes = new Uint8Array(count * 3073);
  for (let image = 0; image < count; image++) {
    const record = bytes.subarray(image * 3073, (image + 1) * 3073);
    const label = random.integer(4);
    for (let k = 1; k < 3073; k++) record[k] = random.integer(60);
    record[0] = label;
    const [top, left] = [random.integer(22), random.integer(22)];
    for (const plane of [[0], [1], [2], [0, 1]][label]) {
      for (let k = 0; k < 100; k++) record[1 + 1024 * plane + (top + Math.floor(k / 10)) * 32 + left + (k % 10)] += 120;
    }
  }
  const file = { name: 'data_batch_1.bin', length: bytes.length, read: () => bytes };
  return imageDatasetOfCifar({ name: seed, files: [file] });
}

interface Case {
  readonly title: string;
  readonly options: TrainingOptions;
  readonly test: ImageDataset;
  /** The least share of test images that are classified correctly. */
  readonly least: number;
}

function caseOf(title: string, images: Pick<Case, 'test' | 'least'> & { train: ImageDataset; epochs: number }): Case {
  const { train: dataset, test, least, epochs } = images;
  const { height, width, channels, classes } = dataset;
  const normalization: Normalization = channels === 1 ? mnistNormalization : pixelStatistics(dataset);
  return {
    title,
    test,
    least,
    options: {
      network: resnetSmall({ image: [height, width, channels], classes, maps }),
      dataset,
      normalization,
      optimizer: adamw({ learningRate: 0.02 }),
      schedule: oneCycle(),
      epochs,
      batchSize: 32,
      seed: 3,
    },
  };
}

const mnist = (split: 'train' | 'test', count: number) => subset(loadMnist({ split }), { from: 0, to: count });

const cases = [
  caseOf('MNIST', { train: mnist('train', 2500), test: mnist('test', 500), epochs: 4, least: 0.9 }),
  caseOf('CIFAR-10’s format', { train: cifar(300, 'train'), test: cifar(100, 'test'), epochs: 6, least: 0.95 }),
];

const onSharedEngine = sharedEngines();

/** The state after so many steps of a run, from its beginning or from another state. */
async function stateAfter(
  options: TrainingOptions,
  from?: TrainingState,
  until = Number.POSITIVE_INFINITY,
): Promise<TrainingState> {
  const run = new TrainingRun(onSharedEngine(options), from);
  for await (const _ of run.steps(until));
  const state = await run.state();
  await run.end();
  return state;
}

describe.each(cases)('on $title', ({ options, test: images, least }) => {
  test('it learns, and its running statistics serve in use', async () => {
    const { network, normalization } = options;
    const parameters = parametersOf(network, await stateAfter({ ...options, threads: 2 }));
    const { accuracy } = await evaluate({ network, parameters, normalization, dataset: images, threads: 2 });
    expect(accuracy).toBeGreaterThan(least);
  });

  test('the same bytes for 0, 1, 2, 3 and 8 threads, and halted and resumed with others', async () => {
    // A last batch of 13 images.
    const short = { ...options, dataset: subset(options.dataset, { from: 0, to: 109 }), epochs: 1 };
    const alone = await stateAfter({ ...short, threads: 1 });
    for (const threads of [0, 2, 3, 8]) expect(await stateAfter({ ...short, threads })).toEqual(alone);
    const first = await stateAfter({ ...short, threads: 3 }, undefined, 1);
    const second = await stateAfter({ ...short, threads: 1 }, first, 3);
    expect(await stateAfter({ ...short, threads: 2 }, second)).toEqual(alone);
  });
});
