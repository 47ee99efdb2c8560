/** A reshape changes no number: every entry is one of the other side's; see `reshape.ts`. */
import type { KernelCases } from '../contract/cases';
import { entry, type KernelTerms } from '../contract/terms';
import { type ImageShape, type ReshapeGeometry, reshapeGeometry, type reshapeSpecs } from './reshape';

/** The index, in the shape `to`, of the entry at `index` in the shape `from`; both read channel by channel, row by row. */
function counterpart({ batch }: ReshapeGeometry, index: number, from: ImageShape, to: ImageShape): number {
  const lane = Math.floor(index / batch);
  const [pixels, channels] = [from[0] * from[1], from[2]];
  const read = (lane % channels) * pixels + Math.floor(lane / channels);
  const toPixels = to[0] * to[1];
  return ((read % toPixels) * to[2] + Math.floor(read / toPixels)) * batch + (index % batch);
}

export const terms: KernelTerms<typeof reshapeSpecs> = {
  reshape: { y: (g, index) => entry('x', counterpart(g, index, g.output, g.input)) },
  reshapeInputGrad: { dx: (g, index) => entry('dy', counterpart(g, index, g.input, g.output)) },
};

/** Shapes to test. */
export const cases: KernelCases<typeof reshapeSpecs> = () => [
  {
    forward: 'reshape',
    gradients: ['reshapeInputGrad'],
    cases: [
      { name: 'flatten', geometry: reshapeGeometry('case', 3, [4, 4, 12], [1, 1, 192]) },
      { name: 'two maps of two pixels laid end to end', geometry: reshapeGeometry('case', 1, [1, 2, 2], [1, 4, 1]) },
      { name: 'between images', geometry: reshapeGeometry('case', 2, [2, 3, 4], [4, 3, 2]) },
      { name: 'unchanged', geometry: reshapeGeometry('case', 2, [2, 3, 4], [2, 3, 4]) },
    ],
  },
];
