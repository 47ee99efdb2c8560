/** A long run keeps no more memory than a short one, and many short jobs no more than one. */
import { subset } from '@longhand/datasets';
import { lenetDocumented } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { sgd } from '@longhand/optimizers';
import { expect, test, vi } from 'vitest';
import { classifier } from '../classifier';
import { evaluate } from '../evaluate';
import { train } from '../train';
import { TrainingRun } from '../training-run';
import { Engine, poolOf } from './engine';
import { type LentKernels, lendKernels } from './memory-stock';

const megabyte = 2 ** 20;

test('200 epochs of a small set need no more memory than the first 20', async () => {
  const run = train({
    network: lenetDocumented(),
    dataset: subset(loadMnist({ split: 'train' }), { from: 0, to: 256 }),
    normalization: mnistNormalization,
    optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
    epochs: 220,
    batchSize: 64,
    seed: 1,
    threads: 2,
  });
  let early = 0;
  for await (const { epoch, step } of run) {
    if (epoch === 20 && step === 4) early = process.memoryUsage.rss();
  }
  // Compilers and collectors come and go by some megabytes; an array kept for each step would be a hundred.
  expect(process.memoryUsage.rss() - early).toBeLessThan(48 * megabyte);
});

test('one job after another on the same workers has the same memory', async () => {
  const network = lenetDocumented();
  const dataset = subset(loadMnist({ split: 'train' }), { from: 0, to: 64 });
  const engine = new Engine({ threads: 2 });
  const memories = new Set<unknown>();
  const pool = poolOf(engine);
  const allocateMemory = pool.allocateMemory.bind(pool);
  pool.allocateMemory = () => {
    const memory = allocateMemory();
    memories.add(memory);
    return memory;
  };
  const job = { network, dataset, normalization: mnistNormalization, engine };
  const first = await evaluate({ ...job, parameters: network.zeros() });
  for (let seed = 1; seed <= 3; seed++) {
    const run = new TrainingRun({
      ...job,
      seed,
      epochs: 1,
      batchSize: 64,
      optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
    });
    for await (const _ of run.steps());
    await run.end();
    expect(await evaluate({ ...job, parameters: network.zeros() })).toEqual(first);
  }
  expect(memories.size).toBe(1);
  await engine.end();
});

test('a run, an evaluation, another engine and a classifier have one memory, one after another', async () => {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { Memory: new (limits: object) => object } };
  const { Memory } = WebAssembly;
  const made: object[] = [];
  vi.stubGlobal('WebAssembly', Object.create(WebAssembly));
  Object.assign((globalThis as unknown as { WebAssembly: object }).WebAssembly, {
    Memory: function Counted(limits: object) {
      const memory = new Memory(limits);
      made.push(memory);
      return memory;
    },
  });
  const network = lenetDocumented();
  const dataset = subset(loadMnist({ split: 'train' }), { from: 0, to: 64 });
  const normalization = mnistNormalization;
  // Whatever other tests have left is taken first, by sets that are too full to be shared.
  const others: LentKernels[] = [];
  while (made.length === 0) {
    others.push(lendKernels());
    others.at(-1)?.kernels.allocateBytes(2 ** 28);
  }
  made.splice(0);
  const engine = new Engine({ threads: 1 });
  const optimizer = sgd({ learningRate: 0.01 });
  const run = train({ network, dataset, normalization, optimizer, epochs: 1, batchSize: 64, seed: 1, engine });
  const parameters = await run.result;
  const { accuracy } = await evaluate({ network, parameters, dataset, normalization, engine });
  const here = new Engine({ threads: 0 });
  expect(await evaluate({ network, parameters, dataset, normalization, engine: here })).toMatchObject({ accuracy });
  const { classify, release } = classifier({ network, parameters, normalization });
  expect(classify([dataset.images.subarray(0, 784)])[0]).toHaveLength(10);
  expect(made).toHaveLength(1);
  // The classifier keeps it: another run gets its own.
  await evaluate({ network, parameters, dataset, normalization, engine });
  expect(made).toHaveLength(2);
  expect(classify([dataset.images.subarray(0, 784)])[0]).toHaveLength(10);
  // Until it gives it back.
  release();
  await Promise.all(
    [engine, here].map((one) => evaluate({ network, parameters, dataset, normalization, engine: one })),
  );
  expect(made).toHaveLength(2);
  await engine.end();
  await here.end();
  vi.unstubAllGlobals();
});
