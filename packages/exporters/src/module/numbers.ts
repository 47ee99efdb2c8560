/** The code of a module for what is no picture: bytes as they are. */
import { type Classification, classified } from './classify';

export { classes, forward } from './classify';

export function classify(given: ArrayLike<number>): Classification {
  return classified(Uint8Array.from(given));
}
