/** A reshape changes no number: every entry is one of the other side's; see `reshape.ts`. */
import { entry } from '../terms/expression';
import type { TermsOf } from '../terms/kernel-terms';
import type { ImageShape, ReshapeGeometry, reshapeSpecs } from './reshape';

type Specs = typeof reshapeSpecs;

/** The place in memory, in a shape, of what lies at `index` in another, both read channel by channel, row by row. */
function counterpart({ batch }: ReshapeGeometry, index: number, from: ImageShape, to: ImageShape): number {
  const lane = Math.floor(index / batch);
  const [places, channels] = [from[0] * from[1], from[2]];
  const read = (lane % channels) * places + Math.floor(lane / channels);
  const toPlaces = to[0] * to[1];
  return ((read % toPlaces) * to[2] + Math.floor(read / toPlaces)) * batch + (index % batch);
}

export const reshapeTerms: { readonly [Name in keyof Specs]: TermsOf<Specs[Name]> } = {
  reshape: { y: (g, index) => entry('x', counterpart(g, index, g.output, g.input)) },
  reshapeInputGrad: { dx: (g, index) => entry('dy', counterpart(g, index, g.input, g.output)) },
};
