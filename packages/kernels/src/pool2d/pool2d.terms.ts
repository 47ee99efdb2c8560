/** What one entry of a pooling and of its input gradient is made of; see `pool2d.ts`. */
import { type Arrays, constant, type Expression, entry, max, product, sum } from '../terms/expression';
import type { TermsOf } from '../terms/kernel-terms';
import type { Pool2dGeometry, pool2dSpecs } from './pool2d';

type Specs = typeof pool2dSpecs;

/** The inputs of an output's window, in reading order. */
function windowOf(g: Pool2dGeometry, output: number): number[] {
  const lanes = g.channels * g.batch;
  const place = Math.floor(output / lanes);
  const [top, left] = [Math.floor(place / g.outWidth) * g.strideHeight, (place % g.outWidth) * g.strideWidth];
  const inputs: number[] = [];
  for (let p = 0; p < g.windowHeight; p++) {
    for (let q = 0; q < g.windowWidth; q++) inputs.push(((top + p) * g.inWidth + left + q) * lanes + (output % lanes));
  }
  return inputs;
}

/** The outputs whose window holds an input. */
function windowsWith(g: Pool2dGeometry, input: number): number[] {
  const outputs = Array.from({ length: g.outHeight * g.outWidth * g.channels * g.batch }, (_, output) => output);
  return outputs.filter((output) => windowOf(g, output).includes(input));
}

const shareOf = (g: Pool2dGeometry) => constant(1 / (g.windowHeight * g.windowWidth));

/** The sum of dy over the windows whose first maximum is the input, if that is above `floor`. */
function shareOfMaximum(
  g: Pool2dGeometry,
  index: number,
  { x, y }: Arrays,
  floor = Number.NEGATIVE_INFINITY,
): Expression {
  const won = windowsWith(g, index).filter(
    (output) => x[index] > floor && windowOf(g, output).find((input) => x[input] === y[output]) === index,
  );
  return won.length === 0 ? constant(0) : sum(won.map((output) => entry('dy', output)));
}

export const pool2dTerms: { readonly [Name in keyof Specs]: TermsOf<Specs[Name]> } = {
  maxPool2d: { y: (g, index) => max(windowOf(g, index).map((input) => entry('x', input))) },
  maxPool2dInputGrad: { dx: shareOfMaximum },
  reluMaxPool2d: { y: (g, index) => max([constant(0), ...windowOf(g, index).map((input) => entry('x', input))]) },
  reluMaxPool2dInputGrad: { dx: (g, index, arrays) => shareOfMaximum(g, index, arrays, 0) },
  meanPool2d: {
    y: (g, index) => product([shareOf(g), sum(windowOf(g, index).map((input) => entry('x', input)))]),
  },
  meanPool2dInputGrad: {
    dx(g, index) {
      const outputs = windowsWith(g, index);
      return outputs.length === 0
        ? constant(0)
        : product([shareOf(g), sum(outputs.map((output) => entry('dy', output)))]);
    },
  },
};
