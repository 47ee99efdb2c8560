/** `longhand export`: a model for other programs, or as a page. */
import { basename, dirname, extname, join } from 'node:path';
import type { Normalization } from '@longhand/datasets';
import { describeNetwork, everyLayer } from '@longhand/layers';
import { bytesText } from '@longhand/rendering';
import { isRecord, withModuleNames } from '@longhand/schema';
import type { Tensor } from '@longhand/tensor';
import { type EncodeOptions, encodeModel, encodeOnnxModel, layoutOfModel, type Model } from '@longhand/training';
import { refusal } from '../command/failure';
import { type ModelFileOptions, modelPath, readModel } from '../command/model-source';
import { reportStream } from '../command/output-destination';
import { checkNewFile, writeOutput } from '../command/output-files';
import { moduleName } from '../command/own-modules';
import { pageHtml } from './page-html';

type ExportFormat = 'safetensors' | 'onnx' | 'html' | 'json';

/** The options of `longhand export`, parsed. */
export interface ExportOptions extends ModelFileOptions {
  readonly format?: ExportFormat;
  readonly output?: string;
  readonly softmax?: boolean;
  readonly normalization?: 'inside' | 'outside';
  readonly opset?: number;
  readonly force?: boolean;
}

/** @throws CommandError, or an error of the packages, with a message of one line */
export async function exportCommand(given: string, options: ExportOptions): Promise<void> {
  const file = modelPath(given);
  const format = options.format ?? formatOf(options.output);
  const stem = basename(file, extname(file));
  const output = options.output ?? join(dirname(file), `${stem}.${format}`);
  const forOnnx = (['softmax', 'normalization', 'opset'] as const).find((name) => options[name] !== undefined);
  if (format !== 'onnx' && forOnnx !== undefined) {
    throw refusal(`option '--${forOnnx}' is for ONNX, where the file runs the network; leave it out for ${format}`);
  }
  const model = await readModel(file, options);
  checkNewFile(output, { example: `${stem}.${format}`, ...(options.force && { force: true }) });
  const bytes = contentOf(model, format, stem, { ...options, output });
  writeOutput(output, bytes);
  reportStream([output]).write(
    `Saved ${output}, ${bytesText(bytes.length)}. ${advice(model, format, output, options)}\n`,
  );
}

function formatOf(output: string | undefined): ExportFormat {
  const ending = extname(output ?? '').toLowerCase();
  switch (ending) {
    case '.safetensors':
    case '.onnx':
    case '.html':
    case '.json':
      return ending.slice(1) as ExportFormat;
    case '.htm':
      return 'html';
    default:
      throw refusal(
        output === undefined
          ? 'expected what to write: --format safetensors, onnx, html or json, or --output with such an ending'
          : `${output}: expected a name that ends in .safetensors, .onnx, .html or .json; or say it with --format`,
      );
  }
}

function contentOf(
  model: Model,
  format: ExportFormat,
  name: string,
  options: ExportOptions & { readonly output: string },
): Uint8Array {
  const named = { moduleName: (url: string) => moduleName(url, dirname(options.output)) };
  switch (format) {
    case 'safetensors':
      return encodeModel(model, named);
    case 'onnx':
      return encodeOnnxModel(model, {
        normalization: options.normalization === 'inside',
        ...(options.opset !== undefined && { opset: options.opset }),
        ...(options.softmax && { softmax: true }),
      });
    case 'html':
      return new TextEncoder().encode(pageHtml(model, name));
    case 'json':
      return new TextEncoder().encode(readableJson(model, named));
  }
}

/** What to do with the file. */
function advice(model: Model, format: ExportFormat, output: string, { softmax, normalization }: ExportOptions): string {
  const { network, normalization: normalizing } = model;
  const name = JSON.stringify(output);
  const [height, width, channels] = network.inputShape;
  const { background } = layoutOfModel(model);
  const kind = channels > 1 ? '' : { dark: ', white on black', light: ', black on white', varied: '' }[background];
  switch (format) {
    case 'safetensors':
      return `In Python:

  from safetensors.torch import load_file
  network.load_state_dict(load_file(${name}))   # an nn.Module with the layers ${layersOf(network)}${actsInTraining(network) ? '\n  network.eval()' : ''}
  logits = network(${normalized('torch.tensor', normalizing)})   # pixels [batch, ${channels}, ${height}, ${width}]${kind}`;
    case 'onnx': {
      const pixels = normalization === 'inside' ? 'pixels / 255' : normalized('numpy.array', normalizing);
      return `In Python:

  import numpy, onnxruntime
  session = onnxruntime.InferenceSession(${name})
  [${softmax ? 'probabilities' : 'logits'}] = session.run(None, {"input": (${pixels}).astype(numpy.float32)})   # pixels [batch, ${[channels, height, width].join(', ')}]${kind}`;
    }
    case 'html':
      return 'Open it in any browser, or send it to a phone: it works offline.';
    case 'json':
      return 'Open it in any editor: first the network, then every weight under "parameters".';
  }
}

/** The normalization in Python; a number for each channel lies along the second axis of the pixels. */
function normalized(array: string, { mean, std }: Normalization): string {
  const written = (numbers: number | readonly number[]): string =>
    typeof numbers === 'number' ? String(numbers) : `${array}([${numbers.join(', ')}]).reshape(-1, 1, 1)`;
  return `(pixels / 255 - ${written(mean)}) / ${written(std)}`;
}

/** The layers with parameters, blocks with their branches: `conv, block (body, shortcut), fc`. */
function layersOf({ layers }: Model['network']): string {
  const named = layers.filter(({ parameters }) => parameters.length > 0);
  return named
    .map(({ name, layer, inputShape }) => {
      const branches = new Set(layer.nested?.(name, inputShape).map((nested) => nested.name.split('.')[0]));
      return branches.size === 0 ? name : `${name} (${[...branches].join(', ')})`;
    })
    .join(', ');
}

/** Whether PyTorch has to be told that the network is in use. */
function actsInTraining({ layers }: Model['network']): boolean {
  return everyLayer(layers).some(({ layer }) => ['batchNorm', 'dropout'].includes(layer.description.kind));
}

/**
 * The text, a line for each layer and each row of numbers. Kernels are as the network has them: those of true convolutions are not turned.
 *
 * @example JSON.parse(readableJson(model)).parameters['fc.weight'][3] // what the 3 listens to
 */
export function readableJson(
  { network, parameters, normalization, classes, training }: Model,
  { moduleName = (url) => url }: EncodeOptions = {},
): string {
  const { input, layers } = withModuleNames(describeNetwork(network), moduleName);
  const numbers = (entries: readonly { readonly path: string }[]): string =>
    entries.map(({ path }) => `    ${JSON.stringify(path)}: ${nested(parameters.get(path), '    ')}`).join(',\n');
  const { entries, bufferEntries } = parameters;
  const buffers = bufferEntries.length === 0 ? '' : `,\n  "buffers": {\n${numbers(bufferEntries)}\n  }`;
  return `{
  "network": {
    "input": ${JSON.stringify(input)},
    "layers": ${layerList(layers, '    ')}
  },
  "normalization": ${JSON.stringify(normalization)},
  "classes": ${JSON.stringify(classes)},
  "training": ${JSON.stringify(training ?? {})},
  "parameters": {
${numbers(entries)}
  }${buffers}
}
`;
}

/** Each layer on a line, those of a block's branches too. */
function layerList(layers: readonly object[], indent: string): string {
  const inner = `${indent}  `;
  const lines = layers.map((layer) => {
    const members = Object.entries(layer).map(([key, value]) => {
      const isBranch = Array.isArray(value) && value.length > 0 && value.every(isRecord);
      return `${JSON.stringify(key)}:${isBranch ? layerList(value, inner) : JSON.stringify(value)}`;
    });
    return `${inner}{${members.join(',')}}`;
  });
  return `[\n${lines.join(',\n')}\n${indent}]`;
}

/** Lists in lists, the innermost on one line. */
function nested({ shape, data }: Tensor, indent: string): string {
  const [extent, ...rest] = shape;
  if (rest.length === 0) return `[${Array.from(data, shortest).join(', ')}]`;
  const size = data.length / extent;
  const inner = `${indent}  `;
  const parts = Array.from({ length: extent }, (_, at) => {
    const part = data.subarray(at * size, (at + 1) * size);
    return `${inner}${nested({ dtype: 'float32', shape: rest, data: part }, inner)}`;
  });
  return `[\n${parts.join(',\n')}\n${indent}]`;
}

/** The shortest decimal that is this float32 and no other. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === Math.fround(value)) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}
