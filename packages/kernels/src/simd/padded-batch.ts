/**
 * Vector kernels take sixteen images at once. For any other number the arrays are copied into wider ones, with zeros for
 * the images that are not there, and the results back: right for every kernel, at the price of the copies.
 */
import type { KernelSpec } from '../kernel';
import { imagesPerCacheLine } from './simd-binding';
import type { SimdMemory } from './simd-memory';

type Geometry = { readonly batch?: number };
type Arrays = Readonly<Record<string, Float32Array>>;

/** A geometry and arrays whose images fill whole lines, and the copies to and fro. */
export interface PaddedBatch {
  readonly geometry: Geometry;
  readonly arrays: Arrays;
  copyIn(): void;
  copyOut(): void;
}

/** The arrays widened to a multiple of sixteen images; nothing where they are that wide or have no such axis. */
export function paddedBatch(
  spec: KernelSpec<Geometry, string, string>,
  geometry: Geometry,
  arrays: Arrays,
  memory: SimdMemory,
): PaddedBatch | undefined {
  const { batch } = geometry;
  if (batch === undefined || batch % imagesPerCacheLine === 0) return undefined;
  const wide = Math.ceil(batch / imagesPerCacheLine) * imagesPerCacheLine;
  const wideGeometry = { ...geometry, batch: wide };
  const widened = (lengths: Readonly<Record<string, (g: Geometry) => number>>) =>
    Object.entries(lengths)
      // Parameters and their gradients have no axis of images.
      .filter(([, lengthOf]) => lengthOf(wideGeometry) !== lengthOf(geometry))
      .map(([name, lengthOf]) => {
        const length = lengthOf(wideGeometry);
        return { name, own: arrays[name] as Float32Array, wider: memory.floats(memory.reserve(length * 4), length) };
      });
  const inputs = widened(spec.reads);
  const outputs = widened(spec.writes);
  return {
    geometry: wideGeometry,
    arrays: { ...arrays, ...Object.fromEntries([...inputs, ...outputs].map(({ name, wider }) => [name, wider])) },
    copyIn() {
      for (const { own, wider } of inputs) copyImages(own, batch, wider, wide);
    },
    copyOut() {
      for (const { own, wider } of outputs) copyImages(wider, wide, own, batch);
    },
  };
}

function copyImages(from: Float32Array, fromBatch: number, to: Float32Array, toBatch: number): void {
  const count = Math.min(fromBatch, toBatch);
  for (let source = 0, target = 0; source < from.length; source += fromBatch, target += toBatch) {
    for (let n = 0; n < count; n++) to[target + n] = from[source + n];
  }
}
