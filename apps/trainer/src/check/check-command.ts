/** `longhand check`: compares the gradients of a network with numerical gradients (central differences). */
import {
  checkGradients,
  type GradientCheckReport,
  type Network,
  type PresetName,
  presets,
  summary,
} from '@longhand/layers';
import { columnsOf, countText, flow, isLive, styles, table, truncate, wantsColor } from '@longhand/rendering';
import { checkBudget, type ModuleReference, modulesIn } from '@longhand/schema';
import { seededRandom, sizeOf } from '@longhand/tensor';
import { currentBudget } from '../command/budget';
import { CommandError, exitCodes, unusable } from '../command/failure';
import { modulesOfNetworkFile, type NamedNetwork, readNetworkFile } from '../command/network-source';
import { nameOf } from '../command/options';
import { importCode } from '../command/own-modules';
import { lossOf } from '../train/training-options';

/** The options of `longhand check`, parsed. */
export interface CheckOptions {
  readonly network: PresetName;
  readonly model?: string;
  /** A loss of the user's own behind the network. */
  readonly loss?: ModuleReference;
  /** The number of entries of each array. */
  readonly samples: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** The largest relative error of a derivative against the central difference. */
const tolerance = 1e-7;

/**
 * Two images, so that a derivative that mixes up images is found. Batch normalization gets more: of two numbers it makes ±1,
 * whatever they are, and nearly all derivatives zero.
 */
function batchFor({ bufferCount }: Network): number {
  return bufferCount === 0 ? 2 : 4;
}

/** Multiply-adds a second of the plain loops in float64, on an ordinary machine. */
const rate = 5e8;

/**
 * What a check takes is known before: each array of numbers in float64 with its gradient, a copy and random numbers, and for each
 * derivative two differences with two evaluations each.
 *
 * @throws CommandError when it is beyond the budget
 */
function checkCost(name: string, network: Network, samples: number): void {
  const { rows, parameters, multiplyAdds } = summary(network);
  const numbers = rows.reduce((sum, { outputShape }) => sum + sizeOf(outputShape), sizeOf(network.inputShape));
  const images = batchFor(network);
  const arrays = network.parameterEntries.map(({ length }) => length);
  const checked = [sizeOf(network.inputShape) * images, ...arrays].map((length) => Math.min(length, samples));
  const evaluations = 4 * checked.reduce((sum, count) => sum + count, 0);
  const refusal = { where: name, error: unusable };
  const memory = 8 * 4 * (parameters + numbers * images);
  checkBudget({ memory }, currentBudget(), { ...refusal, of: 'bytes of memory for the check' });
  const seconds = Math.ceil((evaluations * images * (multiplyAdds + numbers)) / rate);
  const hint = 'try fewer --samples';
  checkBudget({ seconds }, currentBudget(), { ...refusal, of: 'seconds of arithmetic for the check', hint });
}

/** @throws CommandError when a derivative is wrong, or the file describes no network */
export async function checkCommand({
  network: preset,
  model,
  samples,
  seed,
  json,
  ...own
}: CheckOptions): Promise<void> {
  const ofNetwork = model === undefined ? [] : modulesOfNetworkFile(model);
  const code = await importCode({ trusted: [...ofNetwork, ...modulesIn(own.loss)] });
  const named: NamedNetwork =
    model === undefined
      ? { name: preset, network: presets[preset]() }
      : { name: nameOf(model), network: readNetworkFile(model, [28, 28, 1], code) };
  const { name, network } = named;
  checkCost(name, network, samples);
  const line = progressLine(process.stderr);
  const report = checkGradients(network, {
    batch: batchFor(network),
    tolerance,
    samplesPerArray: samples,
    random: seededRandom(seed),
    ...lossOf(own, code),
    progress: (array) => line.show(`checking ${array} …`),
  });
  line.clear();
  process.stdout.write(
    json
      ? `${JSON.stringify({ network: name, parameters: network.parameterCount, samples, seed, tolerance, ...report })}\n`
      : checkReport(named, report, process.stdout),
  );
  if (!report.passed) throw new CommandError(exitCodes.runFailed, `${name}: ${report.message}`);
}

/** A row for the input and for each parameter, and the result. */
export function checkReport(
  { name, network }: NamedNetwork,
  { arrays, passed, checked, kinks, worst }: GradientCheckReport,
  stream: NodeJS.WriteStream,
): string {
  const color = wantsColor(stream, process.env);
  const width = columnsOf(stream);
  const { bold, green, red } = styles({ color });
  const right = { align: 'right' as const };
  const unchecked = arrays.filter(({ checked }) => checked === 0).map(({ array }) => array);
  const error = (relative: number | undefined): string => (relative === 0 ? '0' : (relative?.toExponential(1) ?? '–'));
  return [
    flow(
      [
        `${name}: ${countText(network.parameterCount)} parameters`,
        `float64, ${batchFor(network)} random images, training mode`,
      ],
      width,
    ),
    '',
    table({
      columns: [
        { title: 'derivatives of' },
        { title: 'entries', ...right, spare: 3 },
        { title: 'checked', ...right },
        { title: 'at kinks', ...right, spare: 1 },
        { title: 'largest', ...right, spare: 2 },
        { title: 'relative error', ...right },
      ],
      rows: arrays.map(({ array, length, checked, kinks, largest, worst }) => {
        const relative = error(worst?.relativeError);
        const fits = worst === undefined || worst.relativeError <= tolerance;
        const counts = [countText(length), countText(checked), countText(kinks), largest.toPrecision(2)];
        return [array, ...counts, fits ? relative : bold(red(relative))];
      }),
      width,
      color,
    }),
    '',
    ...(unchecked.length === 0
      ? []
      : [flow([`no entry of ${unchecked.join(', ')} away from a kink was found;`, 'try more --samples'], width)]),
    flow(
      [
        passed ? bold(green('passed')) : bold(red('FAILED')),
        `${countText(checked)} derivatives`,
        ...(kinks > 0 ? [`${countText(kinks)} left out at kinks`] : []),
        `largest relative error ${error(worst?.relativeError)}`,
        `allowed ${error(tolerance)}`,
      ],
      width,
    ),
    '',
  ].join('\n');
}

/** A line on a terminal that the next one overwrites; nothing elsewhere. */
function progressLine(stream: NodeJS.WriteStream): { show(text: string): void; clear(): void } {
  const live = isLive(stream, process.env);
  const clear = (): void => {
    if (live) stream.write('\r\u001b[K');
  };
  return {
    clear,
    show(text) {
      clear();
      if (live) stream.write(truncate(text, columnsOf(stream) - 1));
    },
  };
}
