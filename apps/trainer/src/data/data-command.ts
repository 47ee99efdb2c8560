/** `longhand data`: what data are, their classes, an image of each, duplicates and suspicious labels; and data in other forms. */
import { type Evaluation, evaluate } from '@longhand/training';
import { type DataChoice, type DataSource, loadSource } from '../command/dataset-source';
import { type EngineSettings, withEngine } from '../command/engine-session';
import { sayLine } from '../command/failure';
import { readModel } from '../command/model-source';
import { reportStream } from '../command/output-destination';
import { checkNewFile, writeOutput } from '../command/output-files';
import { summaryPage } from './data-page';
import { summaryJson, summaryOf } from './data-summary';
import { summaryText } from './data-text';
import { checkDataOutput, type DataFormat, writeData } from './write-data';

/** The options of `longhand data`, parsed. */
export interface DataOptions extends DataChoice, EngineSettings {
  /** A trained model that judges the labels. */
  readonly model?: string;
  readonly module?: readonly string[];
  readonly output?: string;
  readonly format?: DataFormat;
  readonly html?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** @throws CommandError, or an error of the packages, with a message of one line */
export async function dataCommand(path: string | undefined, options: DataOptions): Promise<void> {
  const { output, format, html, force = false, json } = options;
  const destination = output === undefined ? undefined : { output, force, ...(format && { format }) };
  if (destination !== undefined) checkDataOutput(destination);
  if (html !== undefined) checkNewFile(html, { force, example: 'data.html', option: '--html' });
  const source = await loadSource({ ...options, ...(path !== undefined && { data: path }) });
  if (source.found !== undefined) sayLine(source.found);
  const summary = summaryOf(
    source,
    options.model === undefined ? undefined : await judged(source, options.model, options),
  );
  if (destination !== undefined) await writeData(source, destination);
  if (html !== undefined) writeOutput(html, new TextEncoder().encode(summaryPage(summary)));
  const written = [output, html].filter((file) => file !== undefined);
  const stream = reportStream(written);
  stream.write(json ? `${JSON.stringify(summaryJson(summary))}\n` : summaryText(summary, process.stdout));
  if (written.length > 0 && !json) stream.write(`\nSaved ${written.join(' and ')}\n`);
}

/** What a model makes of both parts. */
async function judged(
  source: DataSource,
  file: string,
  options: DataOptions,
): Promise<Readonly<Record<'train' | 'test', Evaluation>>> {
  const model = await readModel(file, options.module && { module: options.module });
  return withEngine(
    options,
    () => 'interrupted',
    async (engine) => ({
      train: await evaluate({ ...model, dataset: source.train, engine }),
      test: await evaluate({ ...model, dataset: source.test, engine }),
    }),
  );
}
