/** Models as files, as `longhand export` writes them: every format of its list. The code of one comes when it is chosen. */
import { exporterOf, type FormatName, type FormatOption, type FormatOptions, formatEntry } from '@longhand/exporters';
import type { Model } from '@longhand/training';
import { zipSync } from 'fflate';

/** A file for the browser to save, and how it is used. */
export interface SavedModel {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly advice: string;
}

/** Files that run the network give probabilities, and take pixels from 0 to 1. */
const asked: FormatOptions = { softmax: true, normalization: 'inside' };

/** The same model is the same bytes at any time; archives know no earlier one. */
const archiveTime = new Date(1980, 0, 1);

/**
 * A model in a format; several files as one archive.
 *
 * @throws ModelError naming the layer that the format has nothing for
 */
export async function savedModel(model: Model, format: FormatName): Promise<SavedModel> {
  const { fileName, options } = formatEntry(format);
  const exporter = await exporterOf(format);
  const output = fileName('model');
  const taken = Object.fromEntries(Object.entries(asked).filter(([name]) => options.includes(name as FormatOption)));
  const { files, advice } = await exporter(model, { stem: 'model', output, options: taken });
  if (files.length === 1) return { name: output, bytes: files[0].bytes, advice };
  const archive = zipSync(Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])), { mtime: archiveTime });
  return { name: `model-${format}.zip`, bytes: archive, advice };
}
