/** A long run keeps no more memory than a short one, and many short jobs no more than one. */
import { subset } from '@longhand/datasets';
import { lenetDocumented } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { sgd } from '@longhand/optimizers';
import { afterEach, expect, test, vi } from 'vitest';
import { classifier } from '../classifier';
import { evaluate } from '../evaluate';
import { fit } from '../fit';
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

/** An engine in which every memory is counted, and none is given beyond the most. */
function countMemories(): { readonly made: object[]; most: number } {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { Memory: new (limits: object) => object } };
  const count = { made: [] as object[], most: Number.POSITIVE_INFINITY };
  const Memory = function Counted(limits: object) {
    if (count.made.length >= count.most) throw new RangeError('could not allocate memory');
    const memory = new WebAssembly.Memory(limits);
    count.made.push(memory);
    return memory;
  };
  vi.stubGlobal('WebAssembly', Object.assign(Object.create(WebAssembly), { Memory }));
  // Whatever other tests have left is taken first, by sets that are too full to be shared.
  while (count.made.length === 0) {
    others.push(lendKernels());
    others.at(-1)?.kernels.allocateBytes(2 ** 28);
  }
  count.made.splice(0);
  return count;
}
const others: LentKernels[] = [];
afterEach(() => {
  vi.unstubAllGlobals();
});

const given = {
  network: lenetDocumented(),
  dataset: subset(loadMnist({ split: 'train' }), { from: 0, to: 64 }),
  normalization: mnistNormalization,
};
const optimizer = sgd({ learningRate: 0.01 });

test('a run, an evaluation, another engine and a classifier have one memory, one after another', async () => {
  const { made } = countMemories();
  const engine = new Engine({ threads: 1 });
  const parameters = await train({ ...given, optimizer, epochs: 1, batchSize: 64, seed: 1, engine }).result;
  const { accuracy } = await evaluate({ ...given, parameters, engine });
  const here = new Engine({ threads: 0 });
  expect(await evaluate({ ...given, parameters, engine: here })).toMatchObject({ accuracy });
  const { classify, release } = classifier({ ...given, parameters });
  const image = given.dataset.images.subarray(0, 784);
  const [before] = classify([image]);
  expect(made).toHaveLength(1);
  // The classifier keeps it: another run gets its own.
  await evaluate({ ...given, parameters, engine });
  expect(made).toHaveLength(2);
  expect(classify([image])[0]).toEqual(before);
  // Until it gives it back.
  release();
  await Promise.all([engine, here].map((one) => evaluate({ ...given, parameters, engine: one })));
  expect(made).toHaveLength(2);
  await engine.end();
  await here.end();
});

test.each([0, 2])(
  'where the system gives no second memory, epochs are validated in that of the run: %i threads',
  async (threads) => {
    const validation = subset(loadMnist({ split: 'test' }), { from: 0, to: 100 });
    const run = { ...given, optimizer, epochs: 3, batchSize: 32, seed: 1, validation, threads };
    const free = await fit(run);
    const count = countMemories();
    count.most = 1;
    const limited = await fit(run);
    expect(count.made).toHaveLength(1);
    expect(limited.parameters.values).toEqual(free.parameters.values);
    expect(limited.history.map((epoch) => epoch.validation)).toEqual(free.history.map((epoch) => epoch.validation));
  },
);

test('two jobs at a time with one memory: the second is refused, the first goes on', async () => {
  const count = countMemories();
  count.most = 1;
  const engine = new Engine({ threads: 2 });
  const job = { ...given, parameters: given.network.zeros(), engine };
  const [first, second] = await Promise.allSettled([evaluate(job), evaluate(job)]);
  expect(second).toMatchObject({
    reason: {
      message: expect.stringMatching(/^kernels: expected address space for a memory of WebAssembly, got none/),
    },
  });
  expect(first).toEqual({ status: 'fulfilled', value: await evaluate(job) });
  await engine.end();
});
