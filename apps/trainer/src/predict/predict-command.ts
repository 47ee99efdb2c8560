/** `longhand predict`: classifies pictures, or the digits in them. */
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatasetError } from '@longhand/datasets';
import { encodePng } from '@longhand/datasets/node';
import {
  columnsOf,
  percentText,
  probabilityBars,
  styles,
  terminalImage,
  terminalThumbnail,
  visibleWidth,
  wantsColor,
} from '@longhand/rendering';
import { classifier, type Model } from '@longhand/training';
import { exitCodes, refusal, sayLine, shownName } from '../command/failure';
import { defaultModel, modelPath, pictureModel, recordedAccuracy } from '../command/model-source';
import { reportStream } from '../command/output-destination';
import { checkNewFile, writeOutput } from '../command/output-files';
import { type PreparedPicture, preparedPictures, rasterOf, titleOf } from '../command/picture-source';

/** The options of `longhand predict`, parsed. */
export interface PredictOptions {
  readonly model?: string;
  readonly split?: boolean;
  readonly asIs?: boolean;
  readonly debugImage?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  /** The files of the user's own modules that may run. */
  readonly module?: readonly string[];
}

/** An image that was made of a picture, such as a digit in it, and its class probabilities. */
interface ClassifiedImage {
  readonly picture: string;
  readonly prepared: PreparedPicture;
  readonly probabilities: Float32Array;
  /** The index of the most probable class. */
  readonly predictedClass: number;
}

/**
 * Classifies every image. An image that cannot be read is one line on stderr and changes the exit code; the others are classified.
 *
 * @throws CommandError when there is no model, or it takes other images
 */
export async function predictCommand(pictures: readonly string[], options: PredictOptions): Promise<void> {
  const file = options.model === undefined ? defaultModel() : modelPath(options.model);
  const model = await pictureModel(file, options.module);
  refuseOverwriting(pictures, options.debugImage);
  const debugImage = (number: number): string => {
    const file = numbered(options.debugImage as string, number);
    checkNewFile(file, { ...options, example: 'seen.png', option: '--debug-image' });
    return file;
  };
  // An image has at least one digit: that many names are known before the first is read.
  if (options.debugImage !== undefined) for (const at of pictures.keys()) debugImage(at + 1);
  const images = classifier(model);
  let written = 0;
  let isAny = false;
  for (const name of pictures) {
    try {
      const found = preparedPictures(name, { ...options, model });
      const classified = images.classify(found.map(({ image }) => image.pixels));
      const results = found.map((prepared, at): ClassifiedImage => {
        const probabilities = classified[at];
        return {
          picture: titleOf(name),
          prepared,
          probabilities,
          predictedClass: probabilities.indexOf(Math.max(...probabilities)),
        };
      });
      isAny = true;
      const stream = reportStream(options.debugImage === undefined ? [] : [options.debugImage]);
      stream.write(options.json ? jsonOf(results, model, file) : textOf(results, model));
      for (const { prepared } of options.debugImage === undefined ? [] : results) {
        writeOutput(debugImage(++written), encodePng(rasterOf(prepared.image)));
      }
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      sayLine(`error: ${error.message}`);
      process.exitCode = exitCodes.data;
    }
  }
  if (isAny && !options.json) sayModel(file);
}

/** Predictions below this probability are not sure. A default: the model says nothing of how well its probabilities are calibrated. */
const SURE = 0.8;

/** Which model it was, and how good it is, as far as that is known. */
function sayModel(file: string): void {
  const known = recordedAccuracy(file);
  const quality =
    known === undefined ? 'its accuracy is not recorded' : `${percentText(known.accuracy)} on ${known.data}`;
  process.stdout.write(`model: ${shownName(file)}, ${quality}; sure from ${percentText(SURE, 0)} on\n`);
}

/** @throws CommandError when the image to be written is one of the pictures: --force means an earlier one */
function refuseOverwriting(pictures: readonly string[], debugImage: string | undefined): void {
  if (debugImage === undefined) return;
  const picture = pictures.find((name) => name !== '-' && isSameFile(name, debugImage));
  if (picture === undefined) return;
  throw refusal(`option '--debug-image': ${picture} is the picture itself; write to another file`);
}

function isSameFile(one: string, other: string): boolean {
  if (!existsSync(one) || !existsSync(other)) return resolve(one) === resolve(other);
  return realpathSync(one) === realpathSync(other);
}

/** `seen.png`, `seen-2.png`, `seen-3.png`, … */
function numbered(file: string, number: number): string {
  return number === 1 ? file : file.replace(/(\.[^./\\]*)?$/, `-${number}$1`);
}

function jsonOf(results: readonly ClassifiedImage[], { classes }: Model, file: string): string {
  const accuracy = recordedAccuracy(file)?.accuracy;
  return results
    .map(({ picture, prepared, probabilities, predictedClass }) => {
      const rounded = Object.fromEntries(classes.map((name, at) => [name, Number(probabilities[at].toPrecision(6))]));
      const { box, line: row, darkOnLight } = prepared;
      const line = {
        picture,
        predictedClass: classes[predictedClass],
        probability: rounded[classes[predictedClass]],
        sure: probabilities[predictedClass] >= SURE,
        probabilities: rounded,
        box,
        ...(row === undefined ? {} : { row }),
        ...(darkOnLight === undefined ? {} : { darkOnLight }),
        model: file,
        ...(accuracy === undefined ? {} : { modelAccuracy: accuracy }),
      };
      return `${JSON.stringify(line)}\n`;
    })
    .join('');
}

function textOf(results: readonly ClassifiedImage[], model: Model): string {
  const classes = model.classes.map(shownName);
  const color = wantsColor(process.stdout, process.env);
  const { bold } = styles({ color });
  const width = columnsOf(process.stdout);
  const isSure = ({ probabilities, predictedClass }: ClassifiedImage): boolean => probabilities[predictedClass] >= SURE;
  const reading =
    results.length === 1 && !isSure(results[0])
      ? `not sure, perhaps ${classes[results[0].predictedClass]}`
      : linesOf(results)
          .map((line) =>
            line.map((result) => `${classes[result.predictedClass]}${isSure(result) ? '' : '?'}`).join(' '),
          )
          .join(' / ');
  const confidence = results
    .map(({ probabilities, predictedClass }) => percentText(probabilities[predictedClass], 1))
    .join(', ');
  const blocks = results.map(({ prepared, probabilities }) => {
    const { image } = prepared;
    const seen =
      image.width <= width
        ? terminalImage({ ...image, color })
        : terminalThumbnail({ ...image, columns: width, color });
    // Bars stand beside the image where they fit, else below it.
    const column = image.width + 2;
    const beside = width - column >= 30;
    const bars = probabilityBars({
      probabilities,
      classes,
      width: Math.min(beside ? width - column : width, 60),
      color,
    });
    return beside ? joined(seen.split('\n'), ['', '', ...bars.split('\n')], column) : `${seen}\n\n${bars}`;
  });
  return `${shownName(results[0].picture)}: ${bold(reading)}  (${confidence})\n\n${blocks.join('\n\n')}\n\n`;
}

/** The results of each row of a picture. */
function linesOf(results: readonly ClassifiedImage[]): ClassifiedImage[][] {
  const numbers = new Set(results.map(({ prepared }) => prepared.line ?? 0));
  return [...numbers].map((number) => results.filter(({ prepared }) => (prepared.line ?? 0) === number));
}

/** Lines with others beside them, from a column on. */
function joined(left: readonly string[], right: readonly string[], column: number): string {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => {
    const text = left[at] ?? '';
    return `${text}${' '.repeat(Math.max(0, column - visibleWidth(text)))}${right[at] ?? ''}`.trimEnd();
  }).join('\n');
}
