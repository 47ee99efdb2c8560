/**
 * A checksum that tells damaged files from whole ones: XXH32 (Yann Collet, xxHash). It is no protection against people. Any change
 * within one 32-bit word changes it; it is fast in JavaScript, and the same in Node and in pages.
 *
 * Four lanes take 16 bytes a round: lane = rotl(lane + word·P2, 13)·P1. What is left over follows word by word and byte by byte,
 * then the bits are mixed. All sums and products modulo 2³². https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */
import type { NetworkParameters } from '@longhand/layers';

/**
 * XXH32 of some bytes.
 *
 * @param seed a number that it begins with, such as the checksum of the bytes before. Default: 0
 * @returns a whole number from 0 to 2³² − 1
 * @example xxHash32(new TextEncoder().encode('abc')).toString(16); // '32d153ff'
 */
export function xxHash32(bytes: Uint8Array, seed = 0): number {
  // Constants and lanes of the function, and rounds written out: engines keep them in registers, which takes a third of the time.
  const P1 = 0x9e3779b1 | 0;
  const P2 = 0x85ebca77 | 0;
  const P3 = 0xc2b2ae3d | 0;
  const P4 = 0x27d4eb2f;
  const P5 = 0x165667b1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { length } = bytes;
  let at = 0;
  let hash = (seed + P5) | 0;
  if (length >= 16) {
    let a = (seed + P1 + P2) | 0;
    let b = (seed + P2) | 0;
    let c = seed | 0;
    let d = (seed - P1) | 0;
    for (; at <= length - 16; at += 16) {
      a = (a + Math.imul(view.getInt32(at, true), P2)) | 0;
      a = Math.imul((a << 13) | (a >>> 19), P1);
      b = (b + Math.imul(view.getInt32(at + 4, true), P2)) | 0;
      b = Math.imul((b << 13) | (b >>> 19), P1);
      c = (c + Math.imul(view.getInt32(at + 8, true), P2)) | 0;
      c = Math.imul((c << 13) | (c >>> 19), P1);
      d = (d + Math.imul(view.getInt32(at + 12, true), P2)) | 0;
      d = Math.imul((d << 13) | (d >>> 19), P1);
    }
    hash = (rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18)) | 0;
  }
  hash = (hash + length) | 0;
  for (; at <= length - 4; at += 4) {
    hash = Math.imul(rotated((hash + Math.imul(view.getInt32(at, true), P3)) | 0, 17), P4);
  }
  for (; at < length; at++) hash = Math.imul(rotated((hash + Math.imul(bytes[at], P5)) | 0, 11), P1);
  hash = Math.imul(hash ^ (hash >>> 15), P2);
  hash = Math.imul(hash ^ (hash >>> 13), P3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * A checksum as eight hexadecimal digits.
 *
 * @example checksumText(255); // '000000ff'
 */
export function checksumText(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}

/**
 * The checksum of a network's parameters and buffers, by which two runs show that they came to the same bytes: eight hexadecimal
 * digits. It does not depend on names, settings or the file that they lie in.
 *
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { adamw } from '@longhand/optimizers';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 256 });
 * const [network, optimizer] = [lenetDocumented(), adamw({ learningRate: 0.01 })];
 * const options = { network, dataset, normalization, optimizer, epochs: 1, batchSize: 64, seed: 1 };
 * const parameters = await train(options).result;
 * parametersChecksum(parameters); // '…' (the same eight digits on every machine, in Node and in pages)
 */
export function parametersChecksum({ values, buffers }: Pick<NetworkParameters, 'values' | 'buffers'>): string {
  const [first, second] = [values, buffers].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return checksumText(xxHash32(second, xxHash32(first)));
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
