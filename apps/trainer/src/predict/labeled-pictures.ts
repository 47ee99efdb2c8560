/** Pictures whose class is known, from the folder that they are in or from their name: `7/a.png`, `7.png`, `7-a.png`. */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { countText, percentText } from '@longhand/rendering';
import { refusal, shownName } from '../command/failure';
import { type ClassifiedImage, isSure } from './classified-image';

/** A picture, and its class where it is known. */
export interface LabeledPicture {
  readonly name: string;
  readonly label: string | undefined;
}

const endings: readonly string[] = ['.png', '.jpg', '.jpeg', '.webp', '.bmp', '.gif'];

/**
 * The pictures that names of files and folders stand for, those of a folder in the order of their paths, with their labels. The
 * label is the nearest folder that is called as a class; else the file's name, up to the first `-`, `_`, space, dot or parenthesis.
 *
 * @param classes those of the model
 * @throws CommandError when there are no pictures, or none has a label
 */
export function labeledPictures(names: readonly string[], classes: readonly string[]): LabeledPicture[] {
  const pictures = names.flatMap((name) => {
    if (name === '-' || statSync(name, { throwIfNoEntry: false })?.isDirectory() !== true) {
      return [{ name, label: labelOf([folderOf(name)], name, classes) }];
    }
    return picturesIn(name).map((path) => {
      const folders = [basename(resolve(name)), ...relative(name, dirname(path)).split(sep)];
      return { name: path, label: labelOf(folders, path, classes) };
    });
  });
  if (pictures.some(({ label }) => label !== undefined)) return pictures;
  const some = classes.slice(0, 3).map(shownName).join(', ');
  throw refusal(
    pictures.length === 0
      ? `option '--labels': ${names.join(', ')}: expected pictures, got none that ends in ${endings.join(', ')}; name another folder`
      : `option '--labels': expected pictures in folders called as the model's classes (${some}, …), or with names that begin so, got ${pictures[0].name}; rename them, or leave --labels out`,
  );
}

function folderOf(name: string): string {
  return name === '-' ? '' : basename(dirname(resolve(name)));
}

function picturesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && endings.includes(extname(entry.name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** @param folders from the outermost to the nearest */
function labelOf(folders: readonly string[], file: string, classes: readonly string[]): string | undefined {
  const [stem] = basename(file).split(/[-_ .()]/);
  return [...folders.toReversed(), stem].find((word) => classes.includes(word));
}

/** What came of the pictures with labels. */
export interface LabelCounts {
  /** Those that have a label and could be read. */
  readonly pictures: number;
  readonly correct: number;
  /** Those whose prediction is not sure, and how many of them are correct all the same. */
  readonly notSure: number;
  readonly notSureCorrect: number;
  /** Those without a label, and those that could not be read: neither counts. */
  readonly withoutLabel: number;
  readonly unread: number;
}

/** @param unread how many could not be read */
export function labelCounts(
  results: readonly ClassifiedImage[],
  classes: readonly string[],
  unread: number,
): LabelCounts {
  const labeled = results.filter(({ label }) => label !== undefined);
  const isCorrect = ({ label, predictedClass }: ClassifiedImage): boolean => classes[predictedClass] === label;
  const notSure = labeled.filter((result) => !isSure(result));
  return {
    pictures: labeled.length,
    correct: labeled.filter(isCorrect).length,
    notSure: notSure.length,
    notSureCorrect: notSure.filter(isCorrect).length,
    withoutLabel: results.length - labeled.length,
    unread,
  };
}

/** One line: `labels: 96 of 100 right, 96.00 %; 3 not sure, 1 of them right; sure and wrong: 2`. */
export function labelText({ pictures, correct, notSure, notSureCorrect, withoutLabel, unread }: LabelCounts): string {
  const share = pictures === 0 ? '' : `, ${percentText(correct / pictures)}`;
  const doubtful =
    notSure === 0 ? '0 not sure' : `${countText(notSure)} not sure, ${countText(notSureCorrect)} of them right`;
  return [
    `labels: ${countText(correct)} of ${countText(pictures)} right${share}`,
    doubtful,
    `sure and wrong: ${countText(pictures - correct - (notSure - notSureCorrect))}`,
    ...(withoutLabel === 0 ? [] : [`${countText(withoutLabel)} without a label`]),
    ...(unread === 0 ? [] : [`${countText(unread)} could not be read`]),
  ].join('; ');
}
