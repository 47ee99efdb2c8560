/** Reshaping on vectors: features of all images, permuted by a table. */
import { sizeOf } from '@longhand/tensor';
import { numberBytes, type SimdBinding, type SimdModule } from '../contract/simd-binding';
import { indexInMemory, type ReshapeGeometry, type reshapeSpecs } from './reshape';

type Specs = typeof reshapeSpecs;

export const reshape: SimdBinding<Specs['reshape']> = (g, { x, y }, module) =>
  move(module, x, g.input, y, g.output, g.batch);

export const reshapeInputGrad: SimdBinding<Specs['reshapeInputGrad']> = (g, { dy, dx }, module) =>
  move(module, dy, g.output, dx, g.input, g.batch);

function move(
  { functions, memory }: SimdModule,
  from: number,
  fromShape: ReshapeGeometry['input'],
  to: number,
  toShape: ReshapeGeometry['input'],
  batch: number,
): () => void {
  const batchStride = batch * numberBytes;
  const count = sizeOf(fromShape);
  const offsets: number[] = [];
  for (let read = 0; read < count; read++) {
    offsets[indexInMemory(toShape, read)] = indexInMemory(fromShape, read) * batchStride;
  }
  const table = memory.table(offsets);
  return () => functions.gatherFeatures(from, table, to, count, batchStride);
}
