/**
 * `longhand predict` of a file of data: every image of a `.csv`, `.npz`, `.npy`, Parquet or IDX file, such as Kaggle's `test.csv`, as a row
 * of a table, or as a line of JSON. Images are of the model's data already, so they are taken as they are: upright, and with the background that the model knows.
 */
import { imageDataset, measureLayout } from '@longhand/datasets';
import { loadImages, type RawPart } from '@longhand/datasets/node';
import { countText, percentText } from '@longhand/rendering';
import { classifier, doubtOf, layoutOfModel, type Model, mostProbable } from '@longhand/training';
import { csvRow } from '../command/csv-row';
import { readOptions } from '../command/dataset-source';
import { refusal, sayLine, unusable } from '../command/failure';
import { writeOutput } from '../command/output-files';
import { predictionJson } from './prediction-json';

/** What the options say of a file of data. */
export interface DataPredictionOptions {
  /** Whether rows and columns are exchanged. Default: as in the model's data. */
  readonly transpose?: boolean;
  /** The file of the table. Default: standard output. */
  readonly csv?: string;
  /** Whether the table has Kaggle's columns, ImageId and Label. Default: image, class, probability and sure. */
  readonly kaggle?: boolean;
  /** Whether the labels of the file are compared. Default: false. */
  readonly labels?: boolean;
  /** Whether each image is a line of JSON, with its logits, and not a row. Default: false. */
  readonly json?: boolean;
}

/** Whether a name is that of a file of data, not of a picture. */
export function isDataFile(name: string): boolean {
  return /\.(csv|tsv|npz|npy|parquet)(\.gz)?$|[-._]ubyte(\.gz)?$|\.idx\d?(\.gz)?$/i.test(name);
}

/** So many images are classified before their rows are written. */
const AT_ONCE = 1024;

/**
 * Writes a row for each image. To standard output rows go as soon as they are there; a file is there whole.
 *
 * @returns what came of it, in one line
 * @throws DatasetError when the file cannot be read, CommandError when its images are not of the model's size, or have no labels to be compared
 */
export async function predictData(name: string, model: Model, options: DataPredictionOptions): Promise<string> {
  const { classes, calibration, network } = model;
  const layout = layoutOfModel(model);
  const isStoredSo = model.data !== undefined && layout.orientation === 'transposed';
  const transpose = options.transpose ?? (isStoredSo || undefined);
  const part = await loadImages(name, readOptions({ ...(transpose !== undefined && { transpose }) }));
  checkSize(part, network.inputShape);
  invertIfOther(part, layout.background);
  const labels = options.labels ? labelsOf(part, model) : undefined;
  const images = classifier(model);
  const size = part.images.length / part.count;
  const header = options.kaggle ? ['ImageId', 'Label'] : ['image', 'class', 'probability', 'sure'];
  const rows = tableTo(options.csv);
  if (!options.json) rows.add(csvRow(labels ? [...header, 'label'] : header));
  let [sure, correct] = [0, 0];
  for (let from = 0; from < part.count; from += AT_ONCE) {
    const to = Math.min(from + AT_ONCE, part.count);
    const chosen = Array.from({ length: to - from }, (_, k) =>
      part.images.subarray((from + k) * size, (from + k + 1) * size),
    );
    let text = '';
    for (const [k, { probabilities, logits }] of images.predict(chosen).entries()) {
      const predicted = mostProbable(probabilities);
      const doubt = doubtOf(probabilities, calibration);
      const isSure = doubt === undefined;
      const label = labels?.[from + k];
      if (isSure) sure++;
      if (label === classes[predicted]) correct++;
      if (options.json) {
        const prediction = { probabilities, logits, predictedClass: predicted, doubt, label };
        text += `${JSON.stringify({ image: from + k + 1, ...predictionJson(prediction, model) })}\n`;
        continue;
      }
      const own = options.kaggle ? [] : [Number(probabilities[predicted].toPrecision(6)), isSure];
      text += csvRow([from + k + 1, classes[predicted], ...own, ...(labels ? [label ?? ''] : [])]);
    }
    rows.add(text);
  }
  rows.end();
  const accuracy =
    labels === undefined ? '' : `; labels: ${countText(correct)} right, ${percentText(correct / part.count)}`;
  return `${part.where}: ${countText(part.count)} images, ${percentText(sure / part.count)} sure${accuracy}\n`;
}

function tableTo(file: string | undefined): { add(text: string): void; end(): void } {
  if (file === undefined || file === '/dev/stdout') {
    return { add: (text) => process.stdout.write(text), end() {} };
  }
  const pieces: Buffer[] = [];
  return { add: (text) => pieces.push(Buffer.from(text)), end: () => writeOutput(file, Buffer.concat(pieces)) };
}

function checkSize({ height, width, channels, where }: RawPart, inputShape: readonly number[]): void {
  const size = [height, width, channels];
  if (size.join() === inputShape.join()) return;
  throw unusable(
    `${where}: expected images of ${inputShape.join(' × ')}, which the model takes, got ${size.join(' × ')}; name another --model`,
  );
}

/** Images on the other background than the model's are inverted, and that is said. */
function invertIfOther(part: RawPart, background: 'dark' | 'light' | 'varied'): void {
  const { images, height, width, channels, count, where } = part;
  const dataset = imageDataset({ name: where, images, labels: new Uint8Array(count), height, width, channels });
  const found = measureLayout(dataset).background;
  if (found === background || found === 'varied' || background === 'varied') return;
  for (let k = 0; k < images.length; k++) images[k] = 255 - images[k];
  sayLine(`note: ${where}: has a ${found} background, and the model's images a ${background} one: inverted`);
}

/** The class of each image by the labels of the file. */
function labelsOf({ labels, where }: RawPart, model: Model): readonly string[] {
  if (labels === undefined) {
    throw refusal(`option '--labels': ${where}: expected labels to compare with, got none; leave it out`);
  }
  const { firstLabel } = layoutOfModel(model);
  return Array.from(labels.values, (value) =>
    labels.kind === 'names' ? labels.names[value] : (model.classes[value - firstLabel] ?? String(value)),
  );
}
