/** `longhand export`: a model for other programs, or as a page. */
import { basename, dirname, extname, join } from 'node:path';
import { bytesText } from '@longhand/rendering';
import { encodeModel, encodeOnnxModel, type Model } from '@longhand/training';
import { refusal } from '../command/failure';
import { type ForeignFileOptions, readModel } from '../command/model-input';
import { checkNewFile } from '../command/new-file';
import { writeWhole } from '../command/whole-file';
import { pageHtml } from './page-html';
import { readableJson } from './readable-json';

type ExportFormat = 'safetensors' | 'onnx' | 'html' | 'json';

/** The options of `longhand export`, parsed. */
export interface ExportOptions extends ForeignFileOptions {
  readonly format?: ExportFormat;
  readonly output?: string;
  readonly softmax?: boolean;
  readonly normalisation?: 'inside' | 'outside';
  readonly opset?: number;
  readonly force?: boolean;
}

/** @throws CommandError, or an error of the packages, with the line that tells a person what is wrong */
export function exportCommand(file: string, options: ExportOptions): void {
  const format = options.format ?? formatOf(options.output);
  const stem = basename(file, extname(file));
  const output = options.output ?? join(dirname(file), `${stem}.${format}`);
  const forOnnx = (['softmax', 'normalisation', 'opset'] as const).find((name) => options[name] !== undefined);
  if (format !== 'onnx' && forOnnx !== undefined) {
    throw refusal(`option '--${forOnnx}' is for ONNX, where the file runs the network; leave it out for ${format}`);
  }
  const model = readModel(file, options);
  checkNewFile(output, { example: `${stem}.${format}`, ...(options.force && { force: true }) });
  const bytes = contentOf(model, format, stem, options);
  writeWhole(output, bytes);
  process.stdout.write(`Saved ${output}, ${bytesText(bytes.length)}. ${advice(model, format, output, options)}\n`);
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

function contentOf(model: Model, format: ExportFormat, name: string, options: ExportOptions): Uint8Array {
  switch (format) {
    case 'safetensors':
      return encodeModel(model);
    case 'onnx':
      return encodeOnnxModel(model, {
        normalisation: options.normalisation === 'inside',
        ...(options.opset !== undefined && { opset: options.opset }),
        ...(options.softmax && { softmax: true }),
      });
    case 'html':
      return new TextEncoder().encode(pageHtml(model, name));
    case 'json':
      return new TextEncoder().encode(readableJson(model));
  }
}

/** What to do with the file. */
function advice(
  { network, normalization: { mean, deviation } }: Model,
  format: ExportFormat,
  output: string,
  { softmax, normalisation }: ExportOptions,
): string {
  const name = JSON.stringify(output);
  const [height, width, channels] = network.inputShape;
  switch (format) {
    case 'safetensors':
      return `In Python:

  from safetensors.torch import load_file
  network.load_state_dict(load_file(${name}))   # an nn.Module with the layers ${layersOf(network)}
  logits = network((pixels / 255 - ${mean}) / ${deviation})   # pixels [batch, ${channels}, ${height}, ${width}], white on black`;
    case 'onnx': {
      const pixels = normalisation === 'inside' ? 'pixels / 255' : `(pixels / 255 - ${mean}) / ${deviation}`;
      return `In Python:

  import numpy, onnxruntime
  session = onnxruntime.InferenceSession(${name})
  [${softmax ? 'probabilities' : 'logits'}] = session.run(None, {"input": (${pixels}).astype(numpy.float32)})   # pixels [batch, ${[channels, height, width].join(', ')}], white on black`;
    }
    case 'html':
      return 'Open it in any browser, or send it to a phone: it works offline.';
    case 'json':
      return 'Open it in any editor: first the network, then every weight under "parameters".';
  }
}

function layersOf({ layers }: Model['network']): string {
  return layers.flatMap(({ name, parameters }) => (parameters.length > 0 ? [name] : [])).join(', ');
}
