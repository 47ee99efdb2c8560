/** `longhand bench`: the speed of training and inference, and of each kernel against the machine's peak. */

import type { Network, PresetName } from '@longhand/layers';
import { mnistNormalization as normalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { sgd } from '@longhand/optimizers';
import { countText, table } from '@longhand/rendering';
import { type Engine, evaluate, type KernelChoice, train } from '@longhand/training';
import { type EngineSettings, withEngine } from '../command/engine-session';
import { codeOfNetworkFile, networkSource } from '../command/network-source';
import { noCode } from '../command/own-modules';
import { currentRuntime, runtimeText } from '../command/runtime';
import { ceilingOf, type KernelTiming, timeKernels } from './kernel-timing';

/** The options of `longhand bench`, parsed. */
export interface BenchOptions extends EngineSettings {
  readonly network: PresetName;
  readonly model?: string;
  readonly batchSize: number;
  readonly seconds: number;
  readonly apart?: boolean;
  readonly json?: boolean;
}

/** The measurements. */
interface BenchResult {
  readonly network: string;
  readonly batchSize: number;
  readonly threads: number;
  readonly kernels: KernelChoice;
  readonly engine: string;
  readonly trainingImagesPerSecond: number;
  readonly inferenceImagesPerSecond: number;
  /** What multiply-adds alone could reach; absent for the reference, which works in other numbers. */
  readonly ceilingGigaflops: number | undefined;
  readonly kernelTimings: readonly KernelTiming[];
}

export async function benchCommand(options: BenchOptions): Promise<void> {
  const { batchSize, kernels, seconds } = options;
  const code = options.model === undefined ? noCode : await codeOfNetworkFile(options.model);
  const images = { name: 'MNIST', height: 28, width: 28, channels: 1, classes: 10 };
  const { name, network } = networkSource(options, images, code);
  const { threads, ...speeds } = await withEngine(
    options,
    () => 'interrupted',
    async (engine) => {
      engine.warmUp();
      const trainingImagesPerSecond = await trainingSpeed(engine, network, batchSize, seconds);
      const inferenceImagesPerSecond = await inferenceSpeed(engine, network, seconds);
      return { threads: engine.threads, trainingImagesPerSecond, inferenceImagesPerSecond };
    },
  );
  // This thread alone from here on: it never waits, and Ctrl-C would not be heard; without a listener it ends the process.
  const result: BenchResult = {
    network: name,
    batchSize,
    threads,
    kernels,
    engine: runtimeText(currentRuntime()),
    ...speeds,
    ceilingGigaflops: ceilingOf(kernels),
    kernelTimings: timeKernels(network, kernels, { fuse: !options.apart, milliseconds: Math.min(20, 10 * seconds) }),
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : benchReport(result));
}

/** Images per second while steps follow one another, after as long again, at most a second, that is not counted. */
async function trainingSpeed(engine: Engine, network: Network, batchSize: number, seconds: number): Promise<number> {
  const dataset = loadMnist({ split: 'train' });
  const optimizer = sgd({ learningRate: 0.01, momentum: 0.9 });
  const run = train({
    network,
    dataset,
    normalization,
    optimizer,
    batchSize,
    engine,
    epochs: Number.MAX_SAFE_INTEGER,
    seed: 1,
  });
  const begin = performance.now();
  let counted: number | undefined;
  let images = 0;
  for await (const { step } of run) {
    const now = performance.now();
    if (counted !== undefined) images += Math.min(batchSize, dataset.count - (step - 1) * batchSize);
    else if (now - begin >= Math.min(1, seconds) * 1000) counted = now;
    if (counted !== undefined && images > 0 && now - counted >= seconds * 1000)
      return (images / (now - counted)) * 1000;
  }
  throw new Error('bench: the run ended before it was measured');
}

/** Images per second over all test digits, again and again; the median. */
async function inferenceSpeed(engine: Engine, network: Network, seconds: number): Promise<number> {
  const dataset = loadMnist({ split: 'test' });
  const parameters = network.zeros();
  const speeds: number[] = [];
  const begin = performance.now();
  do {
    const start = performance.now();
    await evaluate({ engine, network, parameters, dataset, normalization });
    speeds.push((dataset.count / (performance.now() - start)) * 1000);
  } while (performance.now() - begin < seconds * 1000);
  return speeds.sort((a, b) => a - b)[speeds.length >> 1];
}

function benchReport(result: BenchResult): string {
  const { network, batchSize, threads, kernels, engine, ceilingGigaflops: ceiling } = result;
  const head = `${network}, batches of ${batchSize}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${kernels} kernels, ${engine}`;
  const rounded = (value: number): string => countText(Number(value.toPrecision(3)));
  const columns = [
    { title: 'kernel' },
    { title: 'sizes' },
    ...['µs', 'GFLOP/s', 'of the limit'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = result.kernelTimings.map(({ kernel, sizes, microseconds, gigaflops }) => [
    kernel,
    sizes,
    microseconds.toFixed(1),
    gigaflops?.toFixed(1) ?? '',
    gigaflops === undefined || ceiling === undefined ? '' : `${Math.round((100 * gigaflops) / ceiling)} %`,
  ]);
  return [
    head,
    `training   ${rounded(result.trainingImagesPerSecond)} images/s`,
    `inference  ${rounded(result.inferenceImagesPerSecond)} images/s`,
    '',
    'each kernel on sixteen images, one thread' +
      (ceiling === undefined
        ? ''
        : `; the limit is ${ceiling.toFixed(1)} GFLOP/s of multiply-adds\n` +
          'counted are the multiply-adds of the definition: a kernel that needs fewer can pass the limit'),
    table({ columns, rows, color: false }),
    '',
  ].join('\n');
}
