/** The code of a module for whole pictures, which are resized. */
import { fitImage } from '@longhand/datasets';
import { type Classification, classified, type Picture, pictureOf, size } from './classify';

export { classes, forward } from './classify';

export function classify(given: Picture | ArrayLike<number>): Classification {
  return classified(fitImage(pictureOf(given), size));
}
