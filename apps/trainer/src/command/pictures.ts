/** Pictures that the user gives, made ready for a model, and the model that reads them. */

import { decodePicture, readPicture } from '@longhand/datasets/node';
import { type PreparedDigit, prepareDigit, splitDigits } from '@longhand/handwriting';
import { formatShape } from '@longhand/tensor';
import type { Model } from '@longhand/training';
import { defaultModel } from './default-model';
import { CommandError, exitCodes } from './failure';
import { readModel } from './model-input';
import { standardInput } from './standard-input';

/**
 * The model of a file, or of the newest run, if it takes what pictures are made into.
 *
 * @throws CommandError when there is no model, or it takes other images
 */
export function readingModel(given: string | undefined): Model {
  const file = given ?? defaultModel();
  const model = readModel(file);
  const [expected, got] = [formatShape([28, 28, 1]), formatShape(model.network.inputShape)];
  if (expected === got) return model;
  throw new CommandError(
    exitCodes.data,
    `${file}: expected a model for images ${expected}, which pictures are made into, got one for ${got}`,
  );
}

/**
 * The digits of a picture: one, or several from left to right.
 *
 * @param name a file, or `-` for standard input
 * @throws DatasetError when it cannot be read, or has no ink
 */
export function preparedDigits(name: string, { split = false }: { readonly split?: boolean } = {}): PreparedDigit[] {
  const title = titleOf(name);
  const picture = name === '-' ? decodePicture(standardInput(), { name: title }) : readPicture(name);
  if (split) return splitDigits(picture, { name: title });
  const digit = prepareDigit(picture, { name: title });
  // Several digits squeezed into one image are read as some digit, and surely: that must not pass for an answer.
  const { length } = digit.row;
  if (length > 1)
    process.stderr.write(`note: ${title} looks like ${length} digits side by side; predict --split reads each\n`);
  return [digit];
}

/** What a picture is called. */
export function titleOf(name: string): string {
  return name === '-' ? 'standard input' : name;
}
