/** Cropping in WebAssembly memory: whole rows are copied. */
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import { type Crop2dGeometry, type crop2dSpecs, offsetOfRow } from './crop2d';

type Specs = typeof crop2dSpecs;

/** Bytes of one row of the input, and of the part of it that is kept. */
function rowsOf(g: Crop2dGeometry): { readonly inRow: number; readonly outRow: number } {
  const pixel = g.channels * g.batch * numberBytes;
  return { inRow: g.inWidth * pixel, outRow: g.outWidth * pixel };
}

export const crop2d: SimdBinding<Specs['crop2d']> = (g, { x, y }, { functions }) => {
  const { inRow, outRow } = rowsOf(g);
  const first = x + offsetOfRow(g, 0) * numberBytes;
  return () => functions.copyRows(first, inRow, y, outRow, g.outHeight, outRow);
};

export const crop2dInputGrad: SimdBinding<Specs['crop2dInputGrad']> = (g, { dy, dx }, { functions }) => {
  const { inRow, outRow } = rowsOf(g);
  const first = dx + offsetOfRow(g, 0) * numberBytes;
  return () => {
    functions.clearBytes(dx, g.inHeight * inRow);
    functions.copyRows(dy, outRow, first, inRow, g.outHeight, outRow);
  };
};
