/** The workers from the main thread's side: failures are reported and leave nothing running. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { subset } from '@longhand/datasets';
import { lenetDocumented } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { sgd } from '@longhand/optimizers';
import { OptionError } from '@longhand/tensor';
import { afterEach, expect, test, vi } from 'vitest';
import { livingWorkers, startedWorkers, unwatchWorkers, watchWorkers } from '../../testing/started-workers';
import { evaluate } from '../evaluate';
import { train } from '../train';
import type { TrainingOptions } from '../training-options';
import { TrainingRun } from '../training-run';
import { coreCount, Engine, poolOf } from './engine';
import { workerBuild, workerCode } from './worker-code.generated';
import { WorkerError } from './worker-error';

afterEach(unwatchWorkers);

const options: TrainingOptions = {
  network: lenetDocumented(),
  dataset: subset(loadMnist({ split: 'train' }), { from: 0, to: 640 }),
  normalization: mnistNormalization,
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 1000,
  batchSize: 64,
  seed: 1,
  threads: 2,
};

const ended = (): boolean => startedWorkers().length > 0 && livingWorkers().length === 0;

test('a worker that dies ends the run with its reason', async () => {
  watchWorkers();
  const run = train(options);
  await run.next();
  void startedWorkers()[1]?.terminate();
  const toTheEnd = async (): Promise<void> => {
    while (!(await run.next()).done);
  };
  await expect(toTheEnd()).rejects.toThrow('worker 2: ended with exit code 1; the run cannot go on');
  expect(ended()).toBe(true);
});

test('a worker that throws ends the run with its message', async () => {
  watchWorkers();
  const engine = new Engine({ threads: 2 });
  engine.warmUp();
  const steps = poolOf(engine).request(2, 'steps', { run: 1, from: 0, learningRates: new Float64Array(1) });
  await expect(steps).rejects.toThrow(
    /^worker [12]: worker: expected training run 1 to be under way, got none of this number$/,
  );
  await expect(evaluate({ ...options, parameters: options.network.zeros(), engine })).rejects.toThrow(WorkerError);
  await engine.end();
  expect(ended()).toBe(true);
});

test('a request that cannot be posted leaves the workers as they were', async () => {
  const engine = new Engine({ threads: 2 });
  const { network, dataset } = options;
  const given = { engine, network, parameters: network.zeros(), dataset, normalization: mnistNormalization };
  const withMethod = { ...dataset, describe: () => 'digits' };
  await expect(evaluate({ ...given, dataset: withMethod })).rejects.toThrow('could not be cloned');
  expect((await evaluate(given)).count).toBe(640);
  await engine.end();
});

test('stopping in the middle ends the workers', async () => {
  watchWorkers();
  for await (const { step } of train(options)) if (step === 3) break;
  expect(ended()).toBe(true);
});

test('an engine serves one run after another, and again after its end', async () => {
  watchWorkers();
  const engine = new Engine({ threads: 2 });
  const { network, dataset } = options;
  const normalization = mnistNormalization;
  const parameters = network.zeros();
  const first = await evaluate({ engine, network, parameters, dataset, normalization });
  for await (const _ of train({ ...options, epochs: 1, engine }));
  expect(startedWorkers()).toHaveLength(2);
  expect(await evaluate({ engine, network, parameters, dataset, normalization })).toEqual(first);
  await engine.end();
  expect(ended()).toBe(true);
  expect(await evaluate({ engine, network, parameters, dataset, normalization })).toEqual(first);
  await engine.end();
});

test('an abandoned run keeps no program alive', async () => {
  const portsOpen = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length;
  const before = portsOpen();
  const engine = new Engine({ threads: 2 });
  await train({ ...options, engine }).next();
  // The steps under way are finished first.
  await vi.waitFor(() => expect(portsOpen()).toBe(before));
  await engine.end();
});

test('a halted run whose engine was ended cannot continue', async () => {
  const engine = new Engine({ threads: 2 });
  const run = new TrainingRun({ ...options, engine });
  for await (const _ of run.steps(2));
  await engine.end();
  await expect(run.steps().next()).rejects.toThrow(
    'engine: expected 2 workers at a job, got 0; it was ended meanwhile',
  );
  await run.end();
});

test('no more workers than there are micro-batches', async () => {
  watchWorkers();
  const few = { ...options, dataset: subset(options.dataset, { from: 0, to: 20 }), threads: 8 };
  await evaluate({ ...few, parameters: options.network.zeros() });
  expect(startedWorkers()).toHaveLength(2);
});

test('the number of threads is checked; its default is the number of cores', () => {
  expect(() => new Engine({ threads: -1 })).toThrow('engine: expected a whole number of at least 0 as threads, got -1');
  expect(new Engine().threads).toBe(coreCount());
  expect(new Engine({ threads: 4, shareMemory: false }).threads).toBe(1);
});

test('workers start from a file, if its URL is given', async () => {
  watchWorkers();
  const folder = mkdtempSync(join(tmpdir(), 'longhand-worker-'));
  const workerUrl = pathToFileURL(join(folder, 'worker.js'));
  writeFileSync(workerUrl, workerCode);
  const given = { ...options, parameters: options.network.zeros() };
  expect(await evaluate({ ...given, workerUrl })).toEqual(await evaluate(given));
  writeFileSync(workerUrl, workerCode.replace(`="${workerBuild}"`, '="another"'));
  await expect(evaluate({ ...given, workerUrl })).rejects.toThrow(
    `expected worker.js of the same build as the program, ${workerBuild}, got another; copy dist/worker.js of @longhand/training again`,
  );
  rmSync(folder, { recursive: true });
  await expect(evaluate({ ...given, workerUrl })).rejects.toThrow(
    /^worker [12]: Cannot find module .*; the run cannot go on$/,
  );
  await expect(evaluate({ ...given, workerUrl: './worker.js' })).rejects.toThrow(
    new OptionError(
      "engine: expected a URL as workerUrl, got './worker.js'; give new URL('./worker.js', import.meta.url)",
    ),
  );
  expect(ended()).toBe(true);
});
