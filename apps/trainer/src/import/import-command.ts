/** `longhand import`: makes a model file from the weights that another program saved. */
import { basename, dirname, extname, join } from 'node:path';
import { columnsOf, wrap } from '@longhand/rendering';
import { encodeModel, type Model } from '@longhand/training';
import { commandLine, refusal } from '../command/failure';
import { withLikelyNormalization } from '../command/likely-normalization';
import { matchLines } from '../command/matched-tensors';
import { checkTakesImages, type ForeignFileOptions, modulesOf, readAnyModel } from '../command/model-source';
import { reportStream } from '../command/output-destination';
import { checkNewFile, writeOutput } from '../command/output-files';
import { moduleName, moduleOptions } from '../command/own-modules';
import { networkReport } from '../command/reports';

/** The options of `longhand import`, parsed. */
export interface ImportOptions extends ForeignFileOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/** @throws CommandError, or an error of the packages, with a message of one line */
export async function importCommand(file: string, options: ImportOptions): Promise<void> {
  const stem = basename(file, extname(file));
  const output = options.output ?? join('models', `${stem}.safetensors`);
  const read = await readAnyModel(file, options);
  if (read.isOwn)
    throw refusal(`${file}: expected a file of another program, got a model file of longhand; use it as it is`);
  checkTakesImages(read.model, file);
  checkNewFile(output, { example: `${stem}.safetensors`, ...(options.force && { force: true }) });
  const { model, assumed, leftOut, matched } = await withLikelyNormalization(read, {}, { kernels: 'strict' });
  writeOutput(output, encodeModel(model, { moduleName: (url) => moduleName(url, dirname(output)) }));
  const stream = reportStream([output]);
  const width = stream.isTTY ? columnsOf(stream) : Number.POSITIVE_INFINITY;
  const indented = (text: string): string[] =>
    wrap(text, width - 4).map((line, at) => (at === 0 ? '  ' : '    ') + line);
  const lines = [
    networkReport(stem, model.network, stream).trimEnd(),
    '',
    ...(matched.length === 0
      ? []
      : [
          'The file has other names; its tensors were taken as:',
          ...matchLines(matched).map((line) => `  ${line}`),
          '',
        ]),
    ...(assumed.length === 0 ? [] : ['The file does not say, so this is assumed:', ...assumed.flatMap(indented), '']),
    ...(leftOut === '' ? [] : [...wrap(`${file}: ${leftOut}.`, width), '']),
    `Saved ${output}. Evaluate it with`,
    `  ${commandLine('evaluate', output, ...moduleOptions(modulesOf(model)))}${takesMnist(model) ? '' : ' --data <path>'}`,
  ];
  stream.write(`${lines.join('\n')}\n`);
}

/** Whether a model can be evaluated on the data that are there without `--data`. */
function takesMnist({ network, classes }: Model): boolean {
  return network.inputShape.join() === '28,28,1' && classes.length === 10;
}
