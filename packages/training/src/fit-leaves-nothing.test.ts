/**
 * Of a run no thread and no memory stays, however it ends: ten of each way, a hundred where LONGHAND_REPEATS=100.
 *
 * @module-tag slow
 */
import { readFileSync } from 'node:fs';
import { subset } from '@longhand/datasets';
import { conv2d, dense, flatten, type Layer, pool2d, relu, sequential } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { sgd } from '@longhand/optimizers';
import { afterEach, expect, test } from 'vitest';
import { livingWorkers, startedWorkers, unwatchWorkers, watchWorkers } from '../testing/started-workers';
import { DivergenceError } from './divergence';
import { fit } from './fit';
import type { FitOptions } from './fit-options';
import { train } from './train';

const digits = loadMnist({ split: 'train' });
const validation = subset(digits, { from: 1000, to: 1100 });
const small: FitOptions = {
  network: sequential({
    input: [28, 28, 1],
    layers: {
      conv: conv2d({ outChannels: 4, kernel: 5, stride: 2 }),
      relu: relu(),
      pool: pool2d({ pooling: 'max', window: 2 }),
      flatten: flatten(),
      fc: dense({ outFeatures: 10 }),
    },
  }),
  dataset: subset(digits, { from: 0, to: 64 }),
  normalization: mnistNormalization,
  optimizer: sgd({ learningRate: 0.01 }),
  epochs: 3,
  batchSize: 32,
  seed: 1,
};

afterEach(unwatchWorkers);

const failing = new Error('no more');
const throws = (): never => {
  throw failing;
};
/** A layer that fails in the caller's thread, and a run on it. */
const own: Layer = { ...relu(), prepare: throws };

const ways: Record<string, (threads: number) => Promise<unknown>> = {
  'at its end': (threads) => fit({ ...small, threads }),
  'left by break': async (threads) => {
    for await (const { epoch } of fit({ ...small, threads, validation })) if (epoch === 2) break;
  },
  'left by throw': async (threads) => {
    const loop = async (): Promise<void> => {
      for await (const _ of fit({ ...small, threads })) throw failing;
    };
    await expect(loop()).rejects.toBe(failing);
  },
  'failing in a callback': (threads) =>
    expect(fit({ ...small, threads, onEpoch: throws, validation })).rejects.toBe(failing),
  aborted: async (threads) => {
    const controller = new AbortController();
    const run = fit({ ...small, threads, signal: controller.signal, onStep: () => controller.abort(failing) });
    await expect(run).rejects.toBe(failing);
  },
  diverging: (threads) =>
    expect(fit({ ...small, threads, optimizer: sgd({ learningRate: 1e30 }) })).rejects.toThrow(DivergenceError),
  'disposed of': async (threads) => {
    const run = fit({ ...small, threads });
    await run[Symbol.asyncDispose]();
    expect((await run).stopped).toBe('left');
  },
  'that cannot begin': async () => {
    const layers = { own, flatten: flatten(), fc: dense({ outFeatures: 10 }) };
    const broken = sequential({ input: [28, 28, 1], layers });
    await expect(fit({ ...small, network: broken, threads: 0 })).rejects.toBe(failing);
  },
  'whose steps are left by break': async (threads) => {
    for await (const { step } of train({ ...small, threads })) if (step === 1) break;
  },
};

/** The address space of the process, in megabytes; undefined where the system does not tell. */
function addressSpace(): number | undefined {
  try {
    return Number(/VmSize:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

/** Compilers and thread pools take their memory in the first ones. */
const warmUp = 4;
const repeats = Number(process.env.LONGHAND_REPEATS ?? 10);

test.each(Object.keys(ways))(`%s, ${repeats} times`, async (way) => {
  watchWorkers();
  const end = ways[way] as (threads: number) => Promise<unknown>;
  // Half of them without workers.
  for (let time = 0; time < warmUp; time++) await end(2 * (time % 2));
  const before = addressSpace();
  for (let time = warmUp; time < repeats; time++) await end(2 * (time % 2));
  expect(startedWorkers().length).toBe(way === 'that cannot begin' ? 0 : repeats);
  expect(livingWorkers()).toHaveLength(0);
  const after = addressSpace();
  // One shared memory takes ten gigabytes of it.
  if (before !== undefined && after !== undefined) expect(after - before).toBeLessThan(2000);
});
