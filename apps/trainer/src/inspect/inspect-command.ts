/** `longhand inspect`: what is in a model file. */
import { statSync } from 'node:fs';
import { describeNetwork, parameterStatistics, summary, type WeightImages, weightImages } from '@longhand/layers';
import { bytesText, columnsOf, flow, styles, wantsColor } from '@longhand/rendering';
import type { Model } from '@longhand/training';
import { CommandError, exitCodes } from '../command/failure';
import { readModel } from '../command/model-input';
import { networkReport } from '../command/reports';
import { kernelPictures } from './kernel-pictures';
import { printable, trainingRecord } from './training-record';
import { weightTable } from './weight-table';

/** The options of `longhand inspect`, parsed. */
export interface InspectOptions {
  /** The layer whose kernels are wanted. */
  readonly layer?: string;
  readonly json?: boolean;
}

/** @throws an error of the packages, or a CommandError, with the line that tells a person what is wrong */
export async function inspectCommand(file: string, { layer, json }: InspectOptions): Promise<void> {
  const model = readModel(file);
  const { size } = statSync(file);
  const kernels = kernelsOf(model, layer);
  process.stdout.write(
    json
      ? `${JSON.stringify({ file, bytes: size, ...inspection(model, layer === undefined ? undefined : kernels) })}\n`
      : report(file, size, model, kernels, process.stdout),
  );
}

/** The kernels of the layer that is asked for, or of the first one that has any. */
function kernelsOf({ network, parameters }: Model, layer: string | undefined): WeightImages | undefined {
  const names = network.layers.map(({ name }) => name);
  const having = names.filter((name) => weightImages(network, parameters, name) !== undefined);
  if (layer !== undefined && !having.includes(layer)) {
    const expected =
      having.length === 0 ? 'a layer with kernels, but this model has none' : `one of ${having.join(', ')}`;
    const what = names.includes(layer) ? `'${layer}', whose weights are no images` : `'${layer}'`;
    throw new CommandError(exitCodes.usage, `option '--layer' expects ${expected}; got ${what}`);
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
    `${file}: ${bytesText(size)}`,
    '',
    networkReport(file, network, stream),
    title('What it reads'),
    flow(
      [
        `images of ${network.inputShape.join('×')}`,
        `pixels p as (p / 255 − ${normalization.mean}) / ${normalization.deviation}`,
      ],
      width,
    ),
    flow(['classes', ...classes.map(printable)], width, 'classes  '.length),
    title('Where it came from'),
    ...trainingRecord(training, width),
    title('Its numbers'),
    weightTable(parameterStatistics(parameters), { width, color }),
    ...(kernels === undefined
      ? []
      : [title(`Its kernels: ${kernels.path}`), kernelPictures(kernels, { width, color })]),
    '',
  ].join('\n');
}

/** All of it as plain data. The network is in the form that `--model` takes. */
function inspection(model: Model, kernels: WeightImages | undefined): object {
  const { network, parameters, normalization, classes, training = {} } = model;
  const { parameters: parameterCount, multiplyAdds } = summary(network);
  return {
    ...{ parameters: parameterCount, multiplyAdds, classes, normalization, training },
    network: describeNetwork(network),
    statistics: parameterStatistics(parameters),
    ...(kernels === undefined ? {} : { kernels: { ...kernels, values: [...kernels.values] } }),
  };
}
