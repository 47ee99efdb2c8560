/** A picture of each digit, for tests of what reads them. To paint and pack large ones takes a second: it is done once for all files. */
import { writeFileSync } from 'node:fs';
import type { RasterImage } from '@longhand/datasets';
import { encodePng } from '@longhand/datasets/node';
import { hands } from '../fixtures/rendered-digits/hands';
import { renderedDigits } from '../fixtures/rendered-digits/rendered-digits';
import { at } from './test-folder';

/** The pictures of 0 to 9, by the last hand. */
export const pictures: readonly RasterImage[] = [
  ...renderedDigits({ seed: 2024, rounds: 1, hands: hands.slice(-1) }),
].map(({ picture }) => picture);

const files = pictures.map((picture) => encodePng(picture));

/** Writes `0.png` to `9.png` into the folder. */
export function writePictures(): void {
  for (const [digit, bytes] of files.entries()) writeFileSync(at(`${digit}.png`), bytes);
}
