/** `longhand inspect`: the contents of a model file. */
import type { Normalization } from '@longhand/datasets';
import {
  bufferStatistics,
  describeNetwork,
  everyLayer,
  type ParameterStatistics,
  parameterStatistics,
  summary,
  type WeightImages,
  weightImages,
} from '@longhand/layers';
import {
  bytesText,
  columnsOf,
  countText,
  flow,
  heatmapKey,
  percentText,
  sideBySide,
  styles,
  table,
  terminalHeatmap,
  wantsColor,
} from '@longhand/rendering';
import { printable } from '@longhand/schema';
import type { Model } from '@longhand/training';
import { refusal, shownName } from '../command/failure';
import { modelPath, readModelAloud } from '../command/model-source';
import { networkReport, settingName, settingNumber } from '../command/reports';

/** The options of `longhand inspect`, parsed. */
export interface InspectOptions {
  /** The layer whose kernels are wanted. */
  readonly layer?: string;
  /** The files of the user's own modules that may run. */
  readonly module?: readonly string[];
  readonly json?: boolean;
}

/** @throws an error of the packages, or a CommandError, with a message of one line */
export async function inspectCommand(given: string, { layer, module, json }: InspectOptions): Promise<void> {
  const file = modelPath(given);
  const { model, size } = await readModelAloud(file, module && { module });
  const kernels = kernelsOf(model, layer);
  process.stdout.write(
    json
      ? `${JSON.stringify({ file, bytes: size, ...inspection(model, layer === undefined ? undefined : kernels) })}\n`
      : report(file, size, model, kernels, process.stdout),
  );
}

/** The kernels of the layer that is asked for, or of the first one that has any. */
function kernelsOf({ network, parameters }: Model, layer: string | undefined): WeightImages | undefined {
  const names = everyLayer(network.layers).map(({ name }) => name);
  const having = names.filter((name) => weightImages(network, parameters, name) !== undefined);
  if (layer !== undefined && !having.includes(layer)) {
    const expected =
      having.length === 0 ? 'a layer with kernels, but this model has none' : `one of ${having.join(', ')}`;
    const what = names.includes(layer) ? `'${layer}', whose weights are no images` : `'${layer}'`;
    throw refusal(`option '--layer' expects ${expected}; got ${what}`);
  }
  const chosen = layer ?? having[0];
  return chosen === undefined ? undefined : weightImages(network, parameters, chosen);
}

function report(
  file: string,
  size: number,
  model: Model,
  kernels: WeightImages | undefined,
  stream: NodeJS.WriteStream,
): string {
  const { network, parameters, normalization, classes, training = {} } = model;
  const color = wantsColor(stream, process.env);
  const width = columnsOf(stream);
  const { bold } = styles({ color });
  const title = (text: string): string => `\n${bold(text)}`;
  return [
    `${printable(file)}: ${bytesText(size)}`,
    '',
    networkReport(file, network, stream),
    title('Input and classes'),
    flow([`images of ${network.inputShape.join('×')}`, ...normalizationText(normalization)], width),
    flow(['classes', ...classes.map(shownName)], width, 'classes  '.length),
    title('Training'),
    ...trainingRecord(training, width),
    title('Weight statistics'),
    weightTable(parameterStatistics(parameters), { width, color }),
    ...(network.bufferCount === 0
      ? []
      : [title('Buffers'), weightTable(bufferStatistics(parameters), { title: 'buffer', width, color })]),
    ...(kernels === undefined ? [] : [title(`Kernels: ${kernels.path}`), kernelPictures(kernels, { width, color })]),
    '',
  ].join('\n');
}

/** The formula of the pixels, by number or by channel. */
function normalizationText({ mean, std }: Normalization): readonly string[] {
  const listed = (numbers: number | readonly number[]): string =>
    typeof numbers === 'number' ? String(numbers) : numbers.map((number) => Number(number.toPrecision(4))).join(', ');
  if (typeof mean === 'number' && typeof std === 'number') return [`pixels p as (p / 255 − ${mean}) / ${std}`];
  return ['pixels p as (p / 255 − mean) / std', `mean ${listed(mean)}`, `std ${listed(std)}`, 'by channel'];
}

/** All of it as plain data. The network is in the form that `--model` takes. */
function inspection(model: Model, kernels: WeightImages | undefined): object {
  const { network, parameters, normalization, classes, training = {} } = model;
  const { parameters: parameterCount, buffers, multiplyAdds } = summary(network);
  return {
    parameters: parameterCount,
    buffers,
    multiplyAdds,
    classes,
    normalization,
    training,
    network: describeNetwork(network),
    statistics: parameterStatistics(parameters),
    bufferStatistics: bufferStatistics(parameters),
    ...(kernels === undefined ? {} : { kernels: { ...kernels, values: [...kernels.values] } }),
  };
}

/**
 * A line for each entry of the record; longer ones go on in the next, under their value.
 *
 * @param width columns there are
 */
export function trainingRecord(record: Readonly<Record<string, unknown>>, width: number): readonly string[] {
  const entries = Object.entries(record).map(([key, value]) => [words(key), partsOf(key, value)] as const);
  if (entries.length === 0) return ['not recorded in the file'];
  const nameWidth = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, [first = '', ...others]]) =>
    flow([`${name.padEnd(nameWidth)}  ${first}`, ...others], width, nameWidth + 2),
  );
}

/** A value in parts that may stand on lines of their own: a rule with its options, a list, a number. */
function partsOf(key: string, value: unknown): readonly string[] {
  if (Array.isArray(value)) return [value.map((entry) => partsOf(key, entry).join(' ')).join(', ')];
  if (typeof value === 'number') return [settingNumber(key, value)];
  if (typeof value !== 'object' || value === null) return [printable(String(value))];
  return Object.entries(value).map(([name, part]) => {
    const text = partsOf(name, part).join(' ');
    return name === 'kind' ? text : `${words(name)} ${text}`;
  });
}

function words(key: string): string {
  return printable(settingName(key));
}

/**
 * @param title what the rows are of. Default: `parameter`.
 * @param width columns there are; narrow terminals get less of it
 */
export function weightTable(
  statistics: readonly ParameterStatistics[],
  { title = 'parameter', width, color }: { readonly title?: string; readonly width: number; readonly color: boolean },
): string {
  const right = { align: 'right' as const };
  return table({
    columns: [
      { title },
      { title: 'shape', spare: 3 },
      { title: 'count', ...right, spare: 4 },
      { title: 'mean', ...right },
      { title: 'std', ...right },
      { title: 'smallest', ...right, spare: 1 },
      { title: 'largest', ...right, spare: 1 },
      { title: 'zero', ...right, spare: 2 },
    ],
    rows: statistics.map(({ path, shape, count, mean, deviation, smallest, largest, zeros }) => [
      ...[path, shape.join('×'), countText(count), ...[mean, deviation, smallest, largest].map(figure)],
      zeros === 0 ? '0 %' : percentText(zeros, 1),
    ]),
    width,
    color,
  });
}

/** Three significant digits, with the sign that the scale of the kernels has. */
function figure(value: number): string {
  if (value === 0) return '0';
  const text = Math.abs(value) < 1e-4 ? value.toExponential(1) : value.toPrecision(3);
  return text.replace(/^-/, '−');
}

/**
 * A picture of every kernel, all on one scale: those of one input in rows, those of several with a heading for each output.
 *
 * @param width columns there are
 */
export function kernelPictures(
  { path, outputs, inputs, height, width: extent, values }: WeightImages,
  { width, color }: { readonly width: number; readonly color: boolean },
): string {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const size = height * extent;
  const picture = (output: number, input: number): string => {
    const from = (output * inputs + input) * size;
    return terminalHeatmap({ values: values.subarray(from, from + size), height, width: extent, largest, color });
  };
  const numbers = (count: number): readonly number[] => [...Array(count).keys()];
  const scale = `${heatmapKey({ largest, color })}\n`;
  if (inputs === 1) {
    const blocks = numbers(outputs).map((output) => `${picture(output, 0)}\n[${output}]`);
    return [scale, sideBySide(blocks, { width })].join('\n');
  }
  const rows = numbers(outputs).map((output) => {
    const blocks = numbers(inputs).map((input) => picture(output, input));
    return `[${output}]\n${sideBySide(blocks, { width })}`;
  });
  const key = flow([`${path}[output]:`, `its ${inputs} inputs one after another`], width);
  return [scale, key, '', rows.join('\n\n')].join('\n');
}
