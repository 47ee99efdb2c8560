/** What one entry of a pooling and of its input gradient is made of; see `pool2d.ts`. */
import { distinct, type KernelCases, type OperationCase } from '../contract/cases';
import type { Arrays } from '../contract/spec';
import { constant, type Expression, entry, type KernelTerms, max, product, sum } from '../contract/terms';
import { type Pool2dGeometry, pool2dGeometry, type pool2dSpecs } from './pool2d';

/** The inputs of an output's window, in reading order. */
function windowOf(g: Pool2dGeometry, output: number): number[] {
  const lanes = g.channels * g.batch;
  const pixel = Math.floor(output / lanes);
  const [top, left] = [Math.floor(pixel / g.outWidth) * g.strideHeight, (pixel % g.outWidth) * g.strideWidth];
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

export const terms: KernelTerms<typeof pool2dSpecs> = {
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

const geometries = (): OperationCase<Pool2dGeometry>[] => [
  {
    name: '2×2, one channel, one image',
    geometry: pool2dGeometry('case', { batch: 1, input: [4, 4, 1], window: [2, 2] }),
  },
  { name: '2×2, 3 channels', geometry: pool2dGeometry('case', { batch: 2, input: [4, 6, 3], window: [2, 2] }) },
  {
    name: '2×2, last row and column left out',
    geometry: pool2dGeometry('case', { batch: 3, input: [5, 5, 5], window: [2, 2] }),
  },
  {
    name: '3×2, stride 2×1, overlapping',
    geometry: pool2dGeometry('case', { batch: 2, input: [7, 4, 2], window: [3, 2], stride: [2, 1] }),
  },
  {
    name: '3×3, stride 1',
    geometry: pool2dGeometry('case', { batch: 1, input: [5, 5, 1], window: [3, 3], stride: [1, 1] }),
  },
  {
    name: '2×2, stride 3, gaps between windows',
    geometry: pool2dGeometry('case', { batch: 2, input: [6, 8, 2], window: [2, 2], stride: [3, 3] }),
  },
  { name: 'the whole image', geometry: pool2dGeometry('case', { batch: 2, input: [3, 4, 2], window: [3, 4] }) },
  { name: '1×1: nothing to pool', geometry: pool2dGeometry('case', { batch: 2, input: [2, 3, 2], window: [1, 1] }) },
];

/** Poolings to test; the maximum on numbers without ties, where it has a derivative. */
export const cases: KernelCases<typeof pool2dSpecs> = () => [
  {
    forward: 'maxPool2d',
    gradients: ['maxPool2dInputGrad'],
    fills: { x: distinct },
    cases: geometries(),
  },
  {
    forward: 'reluMaxPool2d',
    gradients: ['reluMaxPool2dInputGrad'],
    // Away from zero by half a step: there ReLU has a kink.
    fills: { x: (random, length, batch) => distinct(random, length, batch).map((value) => value - 0.005) },
    cases: geometries(),
  },
  {
    forward: 'meanPool2d',
    gradients: ['meanPool2dInputGrad'],
    cases: geometries(),
  },
];
