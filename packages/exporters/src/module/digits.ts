/** The code of a module for drawings of what MNIST's images show, in MNIST's frame. */
import { framedImage, mnistLayout } from '@longhand/datasets';
import { prepareDrawing } from '@longhand/handwriting';
import { type Classification, classified, type Picture, pictureOf, size } from './classify';

export { classes, forward } from './classify';

export function classify(given: Picture | ArrayLike<number>): Classification {
  const picture = pictureOf(given);
  return classified(framedImage(picture, size, mnistLayout) ?? prepareDrawing(picture).image);
}
