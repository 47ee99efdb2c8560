/** What one entry of a convolution, of its input gradient and of its weight gradients is made of; see `conv2d.ts`. */
import { type Expression, entry, type KernelTerms, product, sum } from '../contract/terms';
import type { Conv2dGeometry, conv2dSpecs } from './conv2d';

export { cases } from './cases';

/** A meeting of one input entry and one weight in one output entry. */
interface Meeting {
  readonly x: number;
  readonly weight: number;
  readonly y: number;
}

/** Every meeting at the output pixel `(i, j)` of image `n`, row by row of the window. */
function* meetings(g: Conv2dGeometry, i: number, j: number, n: number, outputs: readonly number[]): Generator<Meeting> {
  const groupInputs = g.inChannels / g.groups;
  for (const o of outputs) {
    const firstInput = Math.floor((o * g.groups) / g.outChannels) * groupInputs;
    const y = ((i * g.outWidth + j) * g.outChannels + o) * g.batch + n;
    for (let c = 0; c < groupInputs; c++) {
      for (let p = 0; p < g.kernelHeight; p++) {
        for (let q = 0; q < g.kernelWidth; q++) {
          const h = i * g.strideHeight + p * g.dilationHeight - g.padTop;
          const w = j * g.strideWidth + q * g.dilationWidth - g.padLeft;
          if (h < 0 || h >= g.inHeight || w < 0 || w >= g.inWidth) continue;
          const [row, column] = g.flipped ? [g.kernelHeight - 1 - p, g.kernelWidth - 1 - q] : [p, q];
          const weight = ((o * groupInputs + c) * g.kernelHeight + row) * g.kernelWidth + column;
          yield { x: ((h * g.inWidth + w) * g.inChannels + firstInput + c) * g.batch + n, weight, y };
        }
      }
    }
  }
}

/** Every meeting of an input entry, output pixel by output pixel. */
function meetingsOfInput(g: Conv2dGeometry, x: number): Meeting[] {
  const n = x % g.batch;
  const channel = Math.floor(x / g.batch) % g.inChannels;
  const pixel = Math.floor(x / (g.batch * g.inChannels));
  const groupOutputs = g.outChannels / g.groups;
  const group = Math.floor(channel / (g.inChannels / g.groups));
  const outputs = Array.from({ length: groupOutputs }, (_, o) => group * groupOutputs + o);
  // The windows that reach a row begin at most a dilated kernel before it.
  const [row, column] = [Math.floor(pixel / g.inWidth) + g.padTop, (pixel % g.inWidth) + g.padLeft];
  const rows = windowsOver(row, g.strideHeight, (g.kernelHeight - 1) * g.dilationHeight, g.outHeight);
  const columns = windowsOver(column, g.strideWidth, (g.kernelWidth - 1) * g.dilationWidth, g.outWidth);
  return rows.flatMap((i) =>
    columns.flatMap((j) => [...meetings(g, i, j, n, outputs)].filter((meeting) => meeting.x === x)),
  );
}

/** The windows that may hold a row or column of the padded image. */
function windowsOver(position: number, stride: number, reach: number, count: number): number[] {
  const first = Math.max(0, Math.ceil((position - reach) / stride));
  const last = Math.min(count - 1, Math.floor(position / stride));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

/** Every meeting of a weight, output pixel by output pixel. */
function meetingsOfWeight(g: Conv2dGeometry, weight: number): Meeting[] {
  const groupInputs = g.inChannels / g.groups;
  const ofOutput = groupInputs * g.kernelHeight * g.kernelWidth;
  const o = Math.floor(weight / ofOutput);
  const c = Math.floor((weight % ofOutput) / (g.kernelHeight * g.kernelWidth));
  const [row, column] = [Math.floor(weight / g.kernelWidth) % g.kernelHeight, weight % g.kernelWidth];
  const [p, q] = g.flipped ? [g.kernelHeight - 1 - row, g.kernelWidth - 1 - column] : [row, column];
  const input = Math.floor((o * g.groups) / g.outChannels) * groupInputs + c;
  const found: Meeting[] = [];
  for (let i = 0; i < g.outHeight; i++) {
    for (let j = 0; j < g.outWidth; j++) {
      const h = i * g.strideHeight + p * g.dilationHeight - g.padTop;
      const w = j * g.strideWidth + q * g.dilationWidth - g.padLeft;
      if (h < 0 || h >= g.inHeight || w < 0 || w >= g.inWidth) continue;
      for (let n = 0; n < g.batch; n++) {
        const x = ((h * g.inWidth + w) * g.inChannels + input) * g.batch + n;
        found.push({ x, weight, y: ((i * g.outWidth + j) * g.outChannels + o) * g.batch + n });
      }
    }
  }
  return found;
}

export const terms: KernelTerms<typeof conv2dSpecs> = {
  conv2d: {
    y(g, index) {
      const n = index % g.batch;
      const o = Math.floor(index / g.batch) % g.outChannels;
      const pixel = Math.floor(index / (g.batch * g.outChannels));
      const met = [...meetings(g, Math.floor(pixel / g.outWidth), pixel % g.outWidth, n, [o])];
      // A true convolution is written kernel first, as in g ⊛ x; cross-correlation lays the kernel on the image.
      const inOrder = ({ x, weight }: Meeting) =>
        g.flipped ? [entry('weight', weight), entry('x', x)] : [entry('x', x), entry('weight', weight)];
      const terms = met.map((meeting) => product(inOrder(meeting)));
      return sum(g.bias ? [...terms, entry('bias', o)] : terms);
    },
  },
  conv2dInputGrad: {
    dx: (g, index) =>
      sum(meetingsOfInput(g, index).map(({ y, weight }) => product([entry('dy', y), entry('weight', weight)]))),
  },
  conv2dWeightGrad: {
    dWeight: (g, index) => sum(meetingsOfWeight(g, index).map(({ x, y }) => product([entry('dy', y), entry('x', x)]))),
    dBias(g, index) {
      const terms: Expression[] = [];
      for (let pixel = 0; pixel < g.outHeight * g.outWidth; pixel++) {
        for (let n = 0; n < g.batch; n++) terms.push(entry('dy', (pixel * g.outChannels + index) * g.batch + n));
      }
      return sum(terms);
    },
  },
};
