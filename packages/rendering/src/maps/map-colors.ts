/**
 * The colors of numbers that are drawn as pixels, on every page and sheet: images as ink on paper, other numbers blue above zero and
 * orange below, white at zero. They are the same in light and dark, as paper is.
 */

/** Red, green and blue, from 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

/** The ends of the scale: the colors `--positive` and `--negative` of the pages in light. */
export const positiveColor: Color = [31, 87, 195];
export const negativeColor: Color = [180, 83, 10];

/**
 * The color of a number.
 *
 * @param largest the magnitude of the full color
 * @example signedColor(-1, 1); // [ 180, 83, 10 ]
 */
export function signedColor(value: number, largest: number): Color {
  return mixed(value >= 0 ? positiveColor : negativeColor, largest > 0 ? Math.min(Math.abs(value) / largest, 1) : 0);
}

/**
 * The gray of ink.
 *
 * @param part from 0, background, to 1
 * @example inkColor(0.8); // [ 51, 51, 51 ]
 */
export function inkColor(part: number): Color {
  return mixed([0, 0, 0], Math.min(Math.max(part, 0), 1));
}

function mixed([red, green, blue]: Color, part: number): Color {
  const toward = (full: number): number => Math.round(255 + (full - 255) * part);
  return [toward(red), toward(green), toward(blue)];
}
