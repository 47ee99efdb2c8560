/** Cliffs in a table of speeds: what is far below its neighbors. */
import { median, rounded } from './tables.mjs';

/** The share of the median of the neighbors below which a figure is a cliff. */
const share = 0.25;

/**
 * The cells of a table, row names first; a figure that is a cliff has an exclamation mark.
 *
 * @param {readonly (string | number)[]} names Of the rows.
 * @param {readonly (readonly number[])[]} values Neighbors are those beside, and those in the rows above and below.
 * @param {{ rowsAreNeighbors?: boolean }} [options] False where rows have nothing in common.
 */
export function markedCliffs(names, values, { rowsAreNeighbors = true } = {}) {
  const near = rowsAreNeighbors ? [-1, 0, 1] : [0];
  return names.map((name, row) => [
    `${name}`,
    ...values[row].map((value, column) => `${rounded(value)}${isCliff(values, row, column, near) ? ' !' : ''}`),
  ]);
}

function isCliff(values, row, column, near) {
  const around = near.flatMap((down) =>
    [-1, 0, 1].filter((right) => down !== 0 || right !== 0).map((right) => values[row + down]?.[column + right]),
  );
  const neighbors = around.filter((value) => value !== undefined);
  return neighbors.length > 0 && values[row][column] < share * median(neighbors);
}
