/** What stands in modules for the file of the same name in `@longhand/datasets`. */

/** @throws Error for numbers that are no bytes, such as those of a float canvas */
export function bytesOf(where: string, what: string, given: Uint8Array | Uint8ClampedArray): Uint8Array {
  if (given.BYTES_PER_ELEMENT === 1) return new Uint8Array(given.buffer, given.byteOffset, given.length);
  throw new Error(`${where}: expected ${what} as bytes in a Uint8Array`);
}
