/** `longhand predict`: classifies pictures, or the digits in them. */

import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatasetError, type PictureBox } from '@longhand/datasets';
import { encodePng } from '@longhand/datasets/node';
import { percentText } from '@longhand/rendering';
import { classifier, doubtOf, type Model, mostProbable } from '@longhand/training';
import { exitCodes, refusal, sayLine, shownName } from '../command/failure';
import { defaultModel, modelPath, recordedAccuracy } from '../command/model-source';
import { reportStream } from '../command/output-destination';
import { checkNewFile, writeOutput } from '../command/output-files';
import { pictureModel } from '../command/picture-model';
import { charactersIn, rasterOf, titleOf } from '../command/picture-source';
import { thresholdText } from '../command/reports';
import { isImage, type Reading, rowsText } from './classified-image';
import { labelCounts, labeledPictures, labelText } from './labeled-pictures';
import { isDataFile, predictData } from './predict-data';
import { predictionCsv } from './prediction-csv';
import { predictionJson } from './prediction-json';
import { predictionLine, predictionReport } from './prediction-text';

/** The options of `longhand predict`, parsed. */
export interface PredictOptions {
  readonly model?: string;
  readonly split?: boolean;
  readonly asIs?: boolean;
  readonly crop?: PictureBox;
  readonly labels?: boolean;
  readonly csv?: string;
  /** Of a file of data, whether the table has Kaggle's columns. */
  readonly kaggle?: boolean;
  /** Of a file of data, whether its images are stored with rows and columns exchanged. */
  readonly transpose?: boolean;
  readonly debugImage?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  /** The files of the user's own modules that may run. */
  readonly module?: readonly string[];
}

/**
 * Classifies every image. An image that cannot be read is one line on stderr and changes the exit code; the others are classified.
 *
 * @throws CommandError when there is no model, or it takes other images
 */
export async function predictCommand(names: readonly string[], options: PredictOptions): Promise<void> {
  const file = options.model === undefined ? defaultModel() : modelPath(options.model);
  const model = await pictureModel(file, options.module);
  if (names.some(isDataFile)) return predictFileOfData(names, { ...options, file, model });
  const forData = (['kaggle', 'transpose'] as const).find((name) => options[name] !== undefined);
  if (forData !== undefined) {
    throw refusal(`option '--${forData}' is for files of data, such as test.csv, got ${names[0]}; leave it out`);
  }
  const pictures = options.labels
    ? labeledPictures(names, model.classes)
    : names.map((name) => ({ name, label: undefined }));
  const paths = pictures.map(({ name }) => name);
  refuseOverwriting(paths, '--debug-image', options.debugImage);
  const debugImage = (number: number): string => {
    const file = numbered(options.debugImage as string, number);
    checkNewFile(file, { ...options, example: 'seen.png', option: '--debug-image' });
    return file;
  };
  // An image has at least one digit: that many names are known before the first is read.
  if (options.debugImage !== undefined) for (const at of paths.keys()) debugImage(at + 1);
  const csv = options.csv === '-' ? '/dev/stdout' : options.csv;
  if (csv !== undefined) {
    refuseOverwriting(paths, '--csv', csv);
    checkNewFile(csv, { ...options, example: 'predictions.csv', option: '--csv' });
  }
  const stream = reportStream([options.debugImage, csv].filter((output) => output !== undefined));
  const textOf = pictures.length > 1 || options.labels ? predictionLine : predictionReport;
  const images = classifier(model);
  const all: Reading[] = [];
  let written = 0;
  let unread = 0;
  for (const { name, label } of pictures) {
    try {
      const found = charactersIn(name, { ...options, model, classify: images.classify });
      const results = found.map((prepared): Reading => {
        const picture = titleOf(name);
        if ('mark' in prepared) return { picture, mark: prepared };
        const [{ probabilities, logits }] = images.predict([prepared.image.pixels]);
        const predictedClass = mostProbable(probabilities);
        const doubt = prepared.isDoubtful ? 'picture' : doubtOf(probabilities, model.calibration);
        return { picture, prepared, probabilities, logits, predictedClass, doubt, label };
      });
      stream.write(options.json ? jsonOf(results, model, file) : textOf(results, model));
      for (const { prepared } of options.debugImage === undefined ? [] : results.filter(isImage)) {
        writeOutput(debugImage(++written), encodePng(rasterOf(prepared.image)));
      }
      all.push(...results);
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      sayLine(`error: ${error.message}`);
      process.exitCode = exitCodes.data;
      unread++;
    }
  }
  if (csv !== undefined) writeOutput(csv, Buffer.from(predictionCsv(all, model, options)));
  if (options.labels) {
    const counts = labelCounts(all.filter(isImage), model.classes, unread);
    const accuracy = counts.pictures === 0 ? null : counts.correct / counts.pictures;
    stream.write(options.json ? `${JSON.stringify({ accuracy, ...counts })}\n` : `${labelText(counts)}\n`);
  }
  if (all.length > 0 && !options.json) stream.write(modelText(file, model));
}

/** A table of the images of one file. */
async function predictFileOfData(
  names: readonly string[],
  { file, model, ...options }: Omit<PredictOptions, 'model'> & { readonly file: string; readonly model: Model },
): Promise<void> {
  const [name] = names;
  if (names.length > 1) throw refusal(`expected pictures, or one file of data, got ${names.slice(0, 3).join(', ')}`);
  const forPictures = (['split', 'asIs', 'crop', 'debugImage'] as const).find((key) => options[key]);
  if (forPictures !== undefined) {
    const option = forPictures.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw refusal(`option '--${option}' is for pictures, and ${name} is a file of data; leave it out`);
  }
  if (options.json && options.kaggle) {
    throw refusal(`option '--json' cannot be combined with '--kaggle', which is a table; leave one of them out`);
  }
  const csv = options.csv === '-' ? '/dev/stdout' : options.csv;
  if (options.json && csv !== undefined) {
    throw refusal(`option '--json' cannot be combined with '--csv' for a file of data; leave one of them out`);
  }
  if (csv !== undefined) {
    refuseOverwriting([name], '--csv', csv);
    checkNewFile(csv, { ...options, example: 'predictions.csv', option: '--csv' });
  }
  const found = await predictData(name, model, { ...options, ...(csv !== undefined && { csv }) });
  const stream = csv === undefined || csv === '/dev/stdout' ? process.stderr : process.stdout;
  stream.write(found + modelText(file, model));
}

/** Which model it was, how good it is, and from which probability on it is sure, as far as that is known. */
function modelText(file: string, { calibration }: Pick<Model, 'calibration'>): string {
  const known = recordedAccuracy(file);
  const quality =
    known === undefined ? 'its accuracy is not recorded' : `${percentText(known.accuracy)} on ${known.data}`;
  const sure = thresholdText(calibration);
  return `model: ${shownName(file)}, ${quality}; sure from ${sure} on\n`;
}

/** @throws CommandError when the file to be written is one of the pictures: --force means an earlier one */
function refuseOverwriting(pictures: readonly string[], option: string, output: string | undefined): void {
  if (output === undefined) return;
  const picture = pictures.find((name) => name !== '-' && isSameFile(name, output));
  if (picture === undefined) return;
  throw refusal(`option '${option}': ${picture} is the picture itself; write to another file`);
}

function isSameFile(one: string, other: string): boolean {
  if (!existsSync(one) || !existsSync(other)) return resolve(one) === resolve(other);
  return realpathSync(one) === realpathSync(other);
}

/** `seen.png`, `seen-2.png`, `seen-3.png`, … */
function numbered(file: string, number: number): string {
  return number === 1 ? file : file.replace(/(\.[^./\\]*)?$/, `-${number}$1`);
}

function jsonOf(results: readonly Reading[], model: Model, file: string): string {
  const { classes } = model;
  const accuracy = recordedAccuracy(file)?.accuracy;
  // Of several, each line has the whole reading too.
  const reading = results.length > 1 ? { text: rowsText(results, (image) => classes[image.predictedClass]) } : {};
  return results
    .map((result) => {
      if (!isImage(result)) {
        const { mark, box, line: row, darkOnLight } = result.mark;
        return `${JSON.stringify({ picture: result.picture, mark, box, row, darkOnLight, ...reading, model: file })}\n`;
      }
      const { picture, prepared, probabilities, logits, predictedClass, doubt, label } = result;
      const { box, line: row, darkOnLight } = prepared;
      const line = {
        picture,
        ...predictionJson({ probabilities, logits, predictedClass, doubt, label }, model),
        box,
        ...(row === undefined ? {} : { row }),
        ...(darkOnLight === undefined ? {} : { darkOnLight }),
        ...reading,
        model: file,
        ...(accuracy === undefined ? {} : { modelAccuracy: accuracy }),
      };
      return `${JSON.stringify(line)}\n`;
    })
    .join('');
}
