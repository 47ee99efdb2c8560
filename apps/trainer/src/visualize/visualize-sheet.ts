/** All pictures of `longhand visualize` on one sheet, each row under its name and the range of its numbers. */
import { encodePicture } from '@longhand/datasets/node';
import { figureText, labelPicture, type MapOfNumbers, mapPixels, mapSheet, outlined } from '@longhand/rendering';
import type { MapRow } from './map-rows';

/** Pixels to a number of a map that is laid over the digit. */
const OVER_DIGIT = 10;

/** @param rows the first is the input */
export function visualizeSheet(rows: readonly MapRow[]): Uint8Array {
  const [digit] = rows[0].maps;
  const pictures = rows.map((row) => row.maps.map((map) => pictureOf(map, row, digit)));
  const labels = rows.map(({ label, low, high }) =>
    labelPicture(`${label}  from ${figureText(low)} to ${figureText(high)}`, { scale: 2 }),
  );
  return encodePicture(mapSheet(pictures, { width: 960, gap: 6, labels }));
}

function pictureOf(map: MapOfNumbers, row: MapRow, digit: MapOfNumbers): ReturnType<typeof mapPixels> {
  if (row.overDigit) return outlined(mapPixels(map, { ...row, scale: OVER_DIGIT }), digit, OVER_DIGIT);
  // Small maps are enlarged more, so that all can be seen.
  return mapPixels(map, { ...row, scale: Math.max(3, Math.round(112 / Math.max(map.width, row.ofClasses ? 4 : 8))) });
}
