/** Rows copied between two images of different widths. */

/** Copies `bytes` of each of `rows` rows. The strides are the distances between the starts of two rows, in bytes. */
export function copyRows(from: usize, fromStride: usize, to: usize, toStride: usize, rows: usize, bytes: usize): void {
  for (let i: usize = 0; i < rows; i++) memory.copy(to + i * toStride, from + i * fromStride, bytes);
}

/** Zeros. */
export function clearBytes(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
}
