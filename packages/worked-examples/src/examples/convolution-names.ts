/** Names that notes A, C and D share: a 4×4 image under a 3×3 kernel, four outputs, a dense layer of four weights. */

const grid = (letter: string, size: number): string[] =>
  Array.from({ length: size * size }, (_, at) => `${letter}${Math.floor(at / size)}${at % size}`);

/** a00 … a33 */
export const pixels = grid('a', 4);
/** w00 … w22 */
export const taps = grid('w', 3);
/** wa … wd */
export const denseWeights = ['wa', 'wb', 'wc', 'wd'];

/** The dense weights have letters for subscripts. */
export const denseSpelling = Object.fromEntries(
  denseWeights.map((name) => [name, { text: name, latex: `w_{${name.charAt(1)}}` }]),
);

/** The names of the gradients of quantities. */
export const gradientsOf = (names: readonly string[]): string[] => names.map((name) => `dL/d${name}`);

/** Names of a letter and the row and column in a 2×2 map. */
export const fourOf = (letter: string): string[] => grid(letter, 2);
