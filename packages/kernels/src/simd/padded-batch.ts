/**
 * Vector kernels take sixteen images at once, and some of them eight. For any other number of images the arrays are copied into a
 * padded batch, with zeros for the images that are not there, and the results back: right for every kernel, at the price of the copies.
 */
import type { FloatArray } from '@longhand/tensor';
import { fewImages, imagesPerCacheLine, numberBytes } from '../contract/simd-binding';
import type { AnySpec, Arrays, Lengths } from '../contract/spec';
import type { SimdMemory } from './simd-memory';

/** A geometry with a padded batch, the arrays that it needs, and the copies there and back. */
export interface PaddedBatch<Geometry> {
  readonly geometry: Geometry;
  /** Of the arrays that grow with the batch. */
  readonly addresses: Readonly<Record<string, number>>;
  copyIn(): void;
  copyOut(): void;
}

/**
 * Pads the batch to a multiple of sixteen images, or to eight where the kernel takes so few.
 *
 * @returns nothing where the batch is such a number, or the geometry has none
 */
export function paddedBatch<Geometry>(
  spec: AnySpec,
  geometry: Geometry,
  arrays: Arrays,
  memory: SimdMemory,
): PaddedBatch<Geometry> | undefined {
  const { batch } = geometry as { readonly batch?: number };
  if (batch === undefined) return undefined;
  const multiple = spec.takesEight && batch <= fewImages ? fewImages : imagesPerCacheLine;
  if (batch % multiple === 0) return undefined;
  const paddedSize = Math.ceil(batch / multiple) * multiple;
  const paddedGeometry = { ...geometry, batch: paddedSize };
  const copies = (lengths: Lengths<Geometry, string>) =>
    Object.entries(lengths)
      // Parameters and their gradients do not grow with the batch.
      .filter(([, lengthOf]) => lengthOf(paddedGeometry) !== lengthOf(geometry))
      .map(([name, lengthOf]) => {
        const [own, length] = [arrays[name], lengthOf(paddedGeometry)];
        if (own instanceof Uint8Array) {
          // Bytes lie image after image: the images that are not there come last.
          const padded = memory.bytes(memory.reserve(length), length);
          return {
            name,
            address: padded.byteOffset,
            copyIn: () => padded.set(own),
            copyOut: () => own.set(padded.subarray(0, own.length)),
          };
        }
        const padded = memory.floats(memory.reserve(length * numberBytes), length);
        return {
          name,
          address: padded.byteOffset,
          copyIn: () => copyImages(own, batch, padded, paddedSize),
          copyOut: () => copyImages(padded, paddedSize, own, batch),
        };
      });
  const inputs = copies(spec.reads);
  const outputs = copies(spec.writes);
  return {
    geometry: paddedGeometry,
    addresses: Object.fromEntries([...inputs, ...outputs].map(({ name, address }) => [name, address])),
    copyIn() {
      for (const input of inputs) input.copyIn();
    },
    copyOut() {
      for (const output of outputs) output.copyOut();
    },
  };
}

function copyImages(from: FloatArray, fromBatch: number, to: FloatArray, toBatch: number): void {
  const count = Math.min(fromBatch, toBatch);
  for (let source = 0, target = 0; source < from.length; source += fromBatch, target += toBatch) {
    for (let n = 0; n < count; n++) to[target + n] = from[source + n];
  }
}
