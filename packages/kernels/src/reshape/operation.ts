/** Moves every entry to the index that has the same position in reading order. */
import type { FloatArray } from '@longhand/tensor';
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { type ImageShape, indexInMemory, reshapeSpecs } from './reshape';
import { reshape, reshapeInputGrad } from './reshape.simd';

export { reshapeSpecs as specs };

function move(from: FloatArray, fromShape: ImageShape, to: FloatArray, toShape: ImageShape, batch: number): void {
  for (let read = 0; read < from.length / batch; read++) {
    const source = indexInMemory(fromShape, read) * batch;
    const target = indexInMemory(toShape, read) * batch;
    for (let n = 0; n < batch; n++) to[target + n] = from[source + n];
  }
}

export const reference: KernelsOf<typeof reshapeSpecs> = {
  reshape: (g, { x, y }) => move(x, g.input, y, g.output, g.batch),

  reshapeInputGrad: (g, { dy, dx }) => move(dy, g.output, dx, g.input, g.batch),
};

export const simd: SimdBindingsOf<typeof reshapeSpecs> = { reshape, reshapeInputGrad };
