/** The model that classifies pictures: of a file or of the newest run. */
import type { Model } from '@longhand/training';
import { withLikelyNormalization } from './likely-normalization';
import { checkTakesImages, defaultModel, modelPath, readAnyModel, sayAssumptions } from './model-source';

/**
 * The model of a file, or of the newest run, if it takes what pictures are made into: gray images or colors. Where the file does not
 * say how pixels are normalized, the usual ways are tried on training images.
 *
 * @param module the files of the user's own modules that may run
 * @throws CommandError when there is no model, or it takes something else
 */
export async function pictureModel(given: string | undefined, module?: readonly string[]): Promise<Model> {
  const file = given === undefined ? defaultModel() : modelPath(given);
  const read = await readAnyModel(file, module === undefined ? {} : { module });
  checkTakesImages(read.model, file);
  const likely = await withLikelyNormalization(read, {}, { kernels: 'strict' });
  sayAssumptions(file, likely);
  return likely.model;
}
