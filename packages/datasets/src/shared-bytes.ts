/** Memory for images. */

/**
 * Bytes in memory that worker threads see too: images are in memory once, not once more for training. Where nothing can be shared it is
 * ordinary memory.
 *
 * @example sharedBytes(28 * 28).length; // 784
 */
export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(
    typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(length) : new SharedArrayBuffer(length),
  );
}
