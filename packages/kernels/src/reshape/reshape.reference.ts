/** Moves every entry to the place that has the same position in reading order. */
import type { FloatArray } from '@longhand/tensor';
import type { Kernel } from '../kernel';
import { type ImageShape, placeInMemory, type reshapeSpecs } from './reshape';

type Specs = typeof reshapeSpecs;

function move(from: FloatArray, fromShape: ImageShape, to: FloatArray, toShape: ImageShape, batch: number): void {
  for (let read = 0; read < from.length / batch; read++) {
    const source = placeInMemory(fromShape, read) * batch;
    const target = placeInMemory(toShape, read) * batch;
    for (let n = 0; n < batch; n++) to[target + n] = from[source + n];
  }
}

export const reshape: Kernel<Specs['reshape']> = (g, { x, y }) => move(x, g.input, y, g.output, g.batch);

export const reshapeInputGrad: Kernel<Specs['reshapeInputGrad']> = (g, { dy, dx }) =>
  move(dy, g.output, dx, g.input, g.batch);
