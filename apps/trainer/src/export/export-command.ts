/** `longhand export`: a model for other programs, or as a page. */
import { basename, dirname, extname, join } from 'node:path';
import {
  alternatives,
  exporterOf,
  type FormatEntry,
  type FormatName,
  type FormatOption,
  type FormatOptions,
  formatEntry,
  formatNames,
  formatOfName,
} from '@longhand/exporters';
import { bytesText } from '@longhand/rendering';
import type { Model } from '@longhand/training';
import type { DataChoice } from '../command/dataset-source';
import { refusal } from '../command/failure';
import { type ModelFileOptions, modelPath, readModel } from '../command/model-source';
import { reportStream } from '../command/output-destination';
import { checkNewFile, writeOutput } from '../command/output-files';
import { moduleName } from '../command/own-modules';
import { quantizationText } from './quantization-text';
import { trainingOf } from './run-training';

/** The options of `longhand export`, parsed. */
export interface ExportOptions extends ModelFileOptions, FormatOptions, DataChoice {
  readonly format?: FormatName;
  readonly output?: string;
  readonly force?: boolean;
}

/** @throws CommandError, or an error of the packages, with a message of one line */
export async function exportCommand(given: string, options: ExportOptions): Promise<void> {
  const file = modelPath(given);
  const format = options.format ?? formatOf(options.output);
  const entry = formatEntry(format);
  checkFormatOptions(format, options);
  const stem = basename(file, extname(file));
  const output = outputOf(entry, options.output) ?? join(dirname(file), entry.fileName(stem));
  const model = await readModel(file, options);
  checkNewFiles(entry, output, stem, options.force ?? false);
  const exporter = await exporterOf(format);
  const { files, advice } = await exporter(model, {
    stem,
    output,
    options,
    moduleName: (url) => moduleName(url, dirname(output)),
    ...(format === 'pytorch' && trainingOf(model, file)),
  });
  for (const { path, bytes } of files) writeOutput(path, bytes);
  const paths = files.map(({ path }) => path);
  const said = options.quantize === undefined ? '' : `${await quantizationText(model, options)}. `;
  const saved = files.map(({ path, bytes }) => `${path}, ${bytesText(bytes.length)}`).join(', and ');
  reportStream(paths).write(`Saved ${saved}. ${said}${softmaxText(model, options)}${advice}\n`);
}

/** What a softmax in the file leaves out; nothing where there is none. */
function softmaxText({ calibration }: Model, { softmax }: FormatOptions): string {
  if (!softmax || calibration === undefined) return '';
  return `Its softmax is that of the plain logits; predict divides them by the temperature ${calibration.temperature} of the model before. `;
}

/** The file that `--output` means: in the folder that it names, unless it names the file itself. */
function outputOf({ inFolder }: FormatEntry, given: string | undefined): string | undefined {
  return inFolder === undefined || given === undefined || extname(given) === extname(inFolder)
    ? given
    : join(given, inFolder);
}

function checkNewFiles(entry: FormatEntry, output: string, stem: string, force: boolean): void {
  const example = entry.fileName(stem);
  const asked = { ...(force && { force }) };
  checkNewFile(output, { example, ...asked });
  for (const beside of entry.companions?.(output) ?? []) checkNewFile(beside, { example: basename(beside), ...asked });
}

function formatOf(output: string | undefined): FormatName {
  const found = output === undefined ? undefined : formatOfName(output);
  if (found !== undefined) return found;
  if (output === undefined) {
    throw refusal(
      `expected what to write: --format ${alternatives(formatNames)}, or --output with an ending that says it`,
    );
  }
  const endings = formatNames.flatMap((name) => formatEntry(name).endings.slice(0, 1));
  throw refusal(`${output}: expected a name that ends in ${alternatives(endings)}; or say it with --format`);
}

const optionNames = {
  softmax: 'where the file runs the network',
  normalization: 'where the file runs the network',
  opset: 'whose operators have versions',
  quantize: 'whose weights may be integers',
} as const satisfies Readonly<Record<FormatOption, string>>;

/** @throws CommandError for an option that the format has no use for */
function checkFormatOptions(format: FormatName, options: FormatOptions): void {
  for (const [option, why] of Object.entries(optionNames) as [FormatOption, string][]) {
    const takers = formatNames.filter((name) => formatEntry(name).options.includes(option));
    if (options[option] === undefined || takers.includes(format)) continue;
    throw refusal(`option '--${option}' is for ${alternatives(takers)}, ${why}; leave it out for ${format}`);
  }
}
