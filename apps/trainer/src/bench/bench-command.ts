/** `longhand bench`: the speed of training and inference, and of each kernel against the machine's peak. */

import { countText, table } from '@longhand/rendering';
import { withEngine } from '../command/engine-session';
import { codeOfNetworkFile, networkSource } from '../command/network-source';
import { noCode } from '../command/own-modules';
import { type BenchConditions, type BenchOptions, conditionsOf, conditionsText } from './conditions';
import { ceilingOf, type KernelTiming, timeKernels } from './kernel-timing';
import { benchPanel } from './panel';
import { measureSpeeds, type Speeds } from './speeds';

/** The measurements. */
interface BenchResult extends BenchConditions, Speeds {
  readonly network: string;
  /** What multiply-adds alone could reach; absent for the reference, which works in other numbers. */
  readonly ceilingGigaflops: number | undefined;
  readonly kernelTimings: readonly KernelTiming[];
}

export async function benchCommand(options: BenchOptions): Promise<void> {
  if (options.panel) return benchPanel(options);
  const { batchSize, kernels, seconds = 3 } = options;
  const code = options.model === undefined ? noCode : await codeOfNetworkFile(options.model);
  const images = { name: 'MNIST', height: 28, width: 28, channels: 1, classes: 10 };
  const { name, network } = networkSource(options, images, code);
  const measured = await withEngine(
    options,
    () => 'interrupted',
    async (engine) => {
      engine.warmUp();
      return {
        ...(await conditionsOf(options, engine)),
        ...(await measureSpeeds(engine, network, batchSize, seconds)),
      };
    },
  );
  // This thread alone from here on: it never waits, and Ctrl-C would not be heard; without a listener it ends the process.
  const result: BenchResult = {
    network: name,
    ...measured,
    ceilingGigaflops: ceilingOf(kernels),
    kernelTimings: timeKernels(network, kernels, { fuse: !options.apart, milliseconds: Math.min(20, 10 * seconds) }),
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : benchReport(result));
}

function benchReport(result: BenchResult): string {
  const { network, ceilingGigaflops: ceiling } = result;
  const head = `${network}, ${conditionsText(result)}`;
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
