/** What one entry of a convolution, of its input gradient and of its weight gradients is made of; see `conv2d.ts`. */
import type { KernelCases } from '../contract/cases';
import { type Expression, entry, type KernelTerms, product, sum } from '../contract/terms';
import { type Conv2dGeometry, type Conv2dSizes, conv2dGeometry, type conv2dSpecs } from './conv2d';

/** A meeting of one input entry and one weight in one output entry. */
interface Meeting {
  readonly x: number;
  readonly weight: number;
  readonly y: number;
}

/** Every meeting at the output pixel `(i, j)` of image `n`, row by row of the window. */
function* meetings(g: Conv2dGeometry, i: number, j: number, n: number, outputs: readonly number[]): Generator<Meeting> {
  for (const o of outputs) {
    const y = ((i * g.outWidth + j) * g.outChannels + o) * g.batch + n;
    for (let c = 0; c < g.inChannels; c++) {
      for (let p = 0; p < g.kernelHeight; p++) {
        for (let q = 0; q < g.kernelWidth; q++) {
          const h = i * g.strideHeight + p - g.padTop;
          const w = j * g.strideWidth + q - g.padLeft;
          if (h < 0 || h >= g.inHeight || w < 0 || w >= g.inWidth) continue;
          const [row, column] = g.flipped ? [g.kernelHeight - 1 - p, g.kernelWidth - 1 - q] : [p, q];
          const weight = ((o * g.inChannels + c) * g.kernelHeight + row) * g.kernelWidth + column;
          yield { x: ((h * g.inWidth + w) * g.inChannels + c) * g.batch + n, weight, y };
        }
      }
    }
  }
}

/** Every meeting that `wanted` accepts, output pixel by output pixel. */
function allMeetings(g: Conv2dGeometry, wanted: (meeting: Meeting) => boolean): Meeting[] {
  const found: Meeting[] = [];
  const outputs = Array.from({ length: g.outChannels }, (_, o) => o);
  for (let i = 0; i < g.outHeight; i++) {
    for (let j = 0; j < g.outWidth; j++) {
      for (let n = 0; n < g.batch; n++) {
        for (const meeting of meetings(g, i, j, n, outputs)) if (wanted(meeting)) found.push(meeting);
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
      sum(
        allMeetings(g, ({ x }) => x === index).map(({ y, weight }) =>
          product([entry('dy', y), entry('weight', weight)]),
        ),
      ),
  },
  conv2dWeightGrad: {
    dWeight: (g, index) =>
      sum(allMeetings(g, ({ weight }) => weight === index).map(({ x, y }) => product([entry('dy', y), entry('x', x)]))),
    dBias(g, index) {
      const terms: Expression[] = [];
      for (let pixel = 0; pixel < g.outHeight * g.outWidth; pixel++) {
        for (let n = 0; n < g.batch; n++) terms.push(entry('dy', (pixel * g.outChannels + index) * g.batch + n));
      }
      return sum(terms);
    },
  },
};

const geometry = (sizes: Omit<Conv2dSizes, 'batch'> & { batch?: number }): Conv2dGeometry =>
  conv2dGeometry('case', { batch: 2, ...sizes });

/** Convolutions to test: every option, alone and together, and the sizes of real networks. */
export const cases: KernelCases<typeof conv2dSpecs> = () => [
  {
    forward: 'conv2d',
    gradients: ['conv2dInputGrad', 'conv2dWeightGrad'],
    cases: [
      {
        name: '1×1 kernel, one channel, one image',
        geometry: geometry({ batch: 1, input: [3, 3, 1], outChannels: 1, kernel: [1, 1] }),
      },
      {
        name: 'the note’s 4×4 image and 3×3 kernel',
        geometry: geometry({ batch: 1, input: [4, 4, 1], outChannels: 1, kernel: [3, 3], bias: false }),
      },
      {
        name: 'kernel as large as the image',
        geometry: geometry({ input: [3, 4, 2], outChannels: 3, kernel: [3, 4] }),
      },
      { name: '3 → 5 channels', geometry: geometry({ input: [5, 6, 3], outChannels: 5, kernel: [3, 3] }) },
      {
        name: '5 → 3 channels, kernel 2×3, batch 3',
        geometry: geometry({ batch: 3, input: [5, 4, 5], outChannels: 3, kernel: [2, 3] }),
      },
      { name: 'stride 2', geometry: geometry({ input: [7, 7, 2], outChannels: 3, kernel: [3, 3], stride: [2, 2] }) },
      {
        name: 'stride 2×3, last columns unread',
        geometry: geometry({ input: [6, 8, 1], outChannels: 2, kernel: [3, 2], stride: [2, 3] }),
      },
      {
        name: 'stride larger than the kernel',
        geometry: geometry({ input: [7, 7, 1], outChannels: 2, kernel: [2, 2], stride: [3, 3] }),
      },
      { name: 'padding 2', geometry: geometry({ input: [4, 5, 2], outChannels: 2, kernel: [5, 5], padding: 2 }) },
      {
        name: 'padding different on all sides',
        geometry: geometry({
          input: [4, 4, 2],
          outChannels: 2,
          kernel: [3, 3],
          padding: { top: 0, bottom: 2, left: 1, right: 3 },
        }),
      },
      {
        name: 'SAME, odd kernel',
        geometry: geometry({ input: [4, 5, 3], outChannels: 2, kernel: [3, 3], padding: 'same' }),
      },
      {
        name: 'SAME, even kernel: the odd zero at the end',
        geometry: geometry({ input: [5, 5, 1], outChannels: 2, kernel: [2, 4], padding: 'same' }),
      },
      {
        name: 'SAME, stride 2',
        geometry: geometry({ input: [6, 7, 2], outChannels: 2, kernel: [3, 3], stride: [2, 2], padding: 'same' }),
      },
      {
        name: 'true convolution',
        geometry: geometry({ input: [5, 5, 3], outChannels: 2, kernel: [3, 2], flipped: true }),
      },
      {
        name: 'true convolution, stride 2, SAME, no bias',
        geometry: geometry({
          input: [5, 6, 2],
          outChannels: 3,
          kernel: [3, 3],
          stride: [2, 2],
          padding: 'same',
          flipped: true,
          bias: false,
        }),
      },
      {
        name: 'one-dimensional: height 1',
        geometry: geometry({
          input: [1, 9, 3],
          outChannels: 5,
          kernel: [1, 3],
          padding: { top: 0, bottom: 0, left: 1, right: 1 },
        }),
      },
      {
        name: 'first convolution of the documented network, cropped',
        geometry: geometry({ input: [9, 8, 1], outChannels: 6, kernel: [5, 5] }),
      },
      {
        name: 'second convolution of the documented network, cropped',
        geometry: geometry({ input: [6, 7, 6], outChannels: 12, kernel: [5, 5] }),
      },
      {
        name: 'Winograd F(4, 5), 5×5: one column of tiles',
        geometry: geometry({ input: [6, 8, 3], outChannels: 4, kernel: [5, 5] }),
      },
      {
        name: 'Winograd F(4, 5), 4×5: the last tile three outputs wide, odd channels',
        geometry: geometry({ input: [5, 11, 3], outChannels: 5, kernel: [4, 5] }),
      },
      {
        name: 'Winograd F(4, 5), 5×5: one channel, padding 2, the last tile two outputs wide',
        geometry: geometry({ input: [5, 6, 1], outChannels: 6, kernel: [5, 5], padding: 2 }),
      },
      {
        name: 'Winograd F(4, 5), 5×5: tiles wholly in the padding, true convolution, no bias',
        geometry: geometry({
          input: [3, 4, 3],
          outChannels: 4,
          kernel: [5, 5],
          padding: { top: 6, bottom: 1, left: 9, right: 10 },
          flipped: true,
          bias: false,
        }),
      },
      {
        name: 'Winograd F(4, 5), 3×5: the last tile reaches beyond the padding',
        geometry: geometry({
          input: [5, 8, 4],
          outChannels: 2,
          kernel: [3, 5],
          padding: { top: 0, bottom: 2, left: 1, right: 0 },
        }),
      },
      {
        name: 'Winograd F(4, 5), 2×5: many channels',
        geometry: geometry({ input: [2, 9, 17], outChannels: 10, kernel: [2, 5] }),
      },
      {
        name: 'Winograd F(4, 5), 1×5: a sequence of many channels',
        geometry: geometry({ input: [1, 9, 16], outChannels: 9, kernel: [1, 5] }),
      },
      {
        name: 'Winograd F(4×4, 3×3): one tile',
        geometry: geometry({ input: [6, 6, 6], outChannels: 6, kernel: [3, 3] }),
      },
      {
        name: 'Winograd F(4×4, 3×3): the last tiles one high and three wide, odd channels, no bias',
        geometry: geometry({ input: [7, 9, 7], outChannels: 7, kernel: [3, 3], bias: false }),
      },
      {
        name: 'Winograd F(4×4, 3×3): SAME, true convolution',
        geometry: geometry({ input: [5, 6, 6], outChannels: 12, kernel: [3, 3], padding: 'same', flipped: true }),
      },
      {
        name: 'Winograd F(4×4, 3×3): padding different on all sides, a tile wholly in it',
        geometry: geometry({
          input: [2, 3, 12],
          outChannels: 6,
          kernel: [3, 3],
          padding: { top: 2, bottom: 2, left: 7, right: 1 },
        }),
      },
      {
        name: 'Winograd F(4×4, 3×3): channels for more than one part',
        geometry: geometry({ input: [6, 6, 10], outChannels: 5, kernel: [3, 3] }),
      },
    ],
  },
];
