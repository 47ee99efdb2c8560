/** The code of a module for drawings in another layout than MNIST's. */
import { framedImage, imageInLayout, mnistLayout } from '@longhand/datasets';
import { prepareDrawing } from '@longhand/handwriting';
import { type Classification, classified, type Picture, pictureOf, size } from './classify';

export { classes, forward } from './classify';

const { layout = mnistLayout } = model;

export function classify(given: Picture | ArrayLike<number>): Classification {
  const picture = pictureOf(given);
  const framed = framedImage(picture, size, layout);
  if (framed !== undefined) return classified(framed);
  const { image } = prepareDrawing(picture);
  return classified(imageInLayout({ pixels: image, height: 28, width: 28 }, size, layout));
}
