/** What one entry of a pooling and of its input gradient is made of; see `pool2d.ts`. */
import { distinct, type KernelCases, type OperationCase } from '../contract/cases';
import type { Arrays } from '../contract/spec';
import { constant, type Expression, entry, type KernelTerms, max, product, sum } from '../contract/terms';
import {
  type Pool2dGeometry,
  pool2dGeometry,
  type pool2dSpecs,
  shareOfEntry,
  type WindowInImage,
  windowInImage,
} from './pool2d';

/** The part of an output's window that lies in the image. */
function windowOfOutput(g: Pool2dGeometry, output: number): WindowInImage {
  const pixel = Math.floor(output / (g.channels * g.batch));
  return windowInImage(g, Math.floor(pixel / g.outWidth), pixel % g.outWidth);
}

/** The inputs of an output's window, in reading order. */
function inputsOf(g: Pool2dGeometry, output: number): number[] {
  const lanes = g.channels * g.batch;
  const { top, bottom, left, right } = windowOfOutput(g, output);
  const inputs: number[] = [];
  for (let h = top; h < bottom; h++) {
    for (let w = left; w < right; w++) inputs.push((h * g.inWidth + w) * lanes + (output % lanes));
  }
  return inputs;
}

/** The outputs whose window holds an input. */
function windowsWith(g: Pool2dGeometry, input: number): number[] {
  const lanes = g.channels * g.batch;
  const pixel = Math.floor(input / lanes);
  const rows = windowsOver(Math.floor(pixel / g.inWidth) + g.padTop, g.strideHeight, g.windowHeight, g.outHeight);
  const columns = windowsOver((pixel % g.inWidth) + g.padLeft, g.strideWidth, g.windowWidth, g.outWidth);
  return rows.flatMap((i) => columns.map((j) => (i * g.outWidth + j) * lanes + (input % lanes)));
}

/** The windows that hold a row or column of the padded image. */
function windowsOver(position: number, stride: number, extent: number, count: number): number[] {
  const first = Math.max(0, Math.ceil((position - extent + 1) / stride));
  const last = Math.min(count - 1, Math.floor(position / stride));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

const shareIn = (g: Pool2dGeometry, output: number): number => shareOfEntry(g, windowOfOutput(g, output));

const entriesOf = (g: Pool2dGeometry, output: number): Expression[] =>
  inputsOf(g, output).map((input) => entry('x', input));

/** The sum of dy over the windows whose first maximum is the input, with ReLU if that is above zero. */
function shareOfMaximum(g: Pool2dGeometry, index: number, { x, y }: Arrays, rectified = false): Expression {
  const won = windowsWith(g, index).filter(
    (output) => (!rectified || x[index] > 0) && inputsOf(g, output).find((input) => x[input] === y[output]) === index,
  );
  return won.length === 0 ? constant(0) : sum(won.map((output) => entry('dy', output)));
}

export const terms: KernelTerms<typeof pool2dSpecs> = {
  maxPool2d: { y: (g, index) => max(entriesOf(g, index)) },
  maxPool2dInputGrad: { dx: (g, index, arrays) => shareOfMaximum(g, index, arrays) },
  reluMaxPool2d: { y: (g, index) => max([constant(0), ...entriesOf(g, index)]) },
  reluMaxPool2dInputGrad: { dx: (g, index, arrays) => shareOfMaximum(g, index, arrays, true) },
  meanPool2d: {
    y: (g, index) => product([constant(shareIn(g, index)), sum(entriesOf(g, index))]),
  },
  meanPool2dInputGrad: {
    dx(g, index) {
      const outputs = windowsWith(g, index);
      if (outputs.length === 0) return constant(0);
      const [share, ...others] = outputs.map((output) => shareIn(g, output));
      const gradients = outputs.map((output) => entry('dy', output));
      if (others.every((other) => other === share)) return product([constant(share), sum(gradients)]);
      return sum(gradients.map((gradient, k) => product([constant(shareIn(g, outputs[k])), gradient])));
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
    name: '3×2, a row left out',
    geometry: pool2dGeometry('case', { batch: 2, input: [7, 4, 3], window: [3, 2] }),
  },
  {
    name: '2×2, stride 2, padding 1 at the top alone',
    geometry: pool2dGeometry('case', {
      batch: 2,
      input: [5, 4, 2],
      window: [2, 2],
      padding: { top: 1, bottom: 0, left: 0, right: 0 },
    }),
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
  {
    name: '3×3, stride 2, padding 1',
    geometry: pool2dGeometry('case', { batch: 2, input: [6, 7, 2], window: [3, 3], stride: [2, 2], padding: 1 }),
  },
  {
    name: '2×2, padding 1',
    geometry: pool2dGeometry('case', { batch: 3, input: [4, 3, 1], window: [2, 2], padding: 1 }),
  },
  {
    name: '3×4, stride 1×2, other padding on each side, its entries not counted',
    geometry: pool2dGeometry('case', {
      batch: 2,
      input: [4, 5, 2],
      window: [3, 4],
      stride: [1, 2],
      padding: { top: 2, bottom: 1, left: 0, right: 3 },
      countIncludePad: false,
    }),
  },
  {
    name: 'one pixel within a padded window',
    geometry: pool2dGeometry('case', {
      batch: 1,
      input: [1, 1, 1],
      window: [3, 3],
      padding: 1,
      countIncludePad: false,
    }),
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
