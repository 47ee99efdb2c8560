/** What the entries of `pooled-conv2d.ts` are made of: the terms of its parts, put into each other. */
import type { KernelCases, OperationCase } from '../contract/cases';
import type { Arrays } from '../contract/spec';
import { type Expression, type KernelTerms, replaceEntries } from '../contract/terms';
import { type Conv2dSizes, conv2dGeometry } from '../conv2d/conv2d';
import * as conv2d from '../conv2d/proofs';
import { type Pool2dSizes, pool2dGeometry } from '../pool2d/pool2d';
import * as pool2d from '../pool2d/proofs';
import {
  convOf,
  type PooledConv2dGeometry,
  pooledConv2dGeometry,
  type pooledConv2dSpecs,
  poolOf,
} from './pooled-conv2d';

/** An expression over entries of dz, each replaced by its expression in the pooling's backward. */
function throughPool(g: PooledConv2dGeometry, { z, y }: Arrays, expression: Expression): Expression {
  const arrays = { x: z, y };
  const { reluMaxPool2dInputGrad, maxPool2dInputGrad } = pool2d.terms;
  const { dx } = g.rectified ? reluMaxPool2dInputGrad : maxPool2dInputGrad;
  return replaceEntries(expression, 'dy', (index) => dx(poolOf(g), index, arrays));
}

export const terms: KernelTerms<typeof pooledConv2dSpecs> = {
  pooledConv2d: {
    z: (g, index, arrays) => conv2d.terms.conv2d.y(convOf(g), index, arrays),
    y: (g, index, arrays) =>
      replaceEntries(
        pool2d.terms[g.rectified ? 'reluMaxPool2d' : 'maxPool2d'].y(poolOf(g), index, arrays),
        'x',
        (input) => conv2d.terms.conv2d.y(convOf(g), input, arrays),
      ),
  },
  pooledConv2dInputGrad: {
    dx: (g, index, arrays) => throughPool(g, arrays, conv2d.terms.conv2dInputGrad.dx(convOf(g), index, arrays)),
  },
  pooledConv2dWeightGrad: {
    dWeight: (g, index, arrays) =>
      throughPool(g, arrays, conv2d.terms.conv2dWeightGrad.dWeight(convOf(g), index, arrays)),
    dBias: (g, index, arrays) => throughPool(g, arrays, conv2d.terms.conv2dWeightGrad.dBias(convOf(g), index, arrays)),
  },
};

type Window = Pick<Pool2dSizes, 'window' | 'stride' | 'padding'>;

const oneCase = (
  name: string,
  sizes: Omit<Conv2dSizes, 'batch'>,
  window: Window = { window: [2, 2] },
  rectified = true,
): OperationCase<PooledConv2dGeometry> => {
  const conv = conv2dGeometry('case', { batch: 2, ...sizes });
  const input = [conv.outHeight, conv.outWidth, conv.outChannels] as const;
  const pool = pool2dGeometry('case', { batch: 2, input, ...window });
  return { name, geometry: pooledConv2dGeometry('case', conv, pool, rectified) };
};

/** Convolutions with a maximum behind them: every option of either, with ReLU and without. */
export const cases: KernelCases<typeof pooledConv2dSpecs> = () => [
  {
    forward: 'pooledConv2d',
    gradients: ['pooledConv2dInputGrad', 'pooledConv2dWeightGrad'],
    cases: [
      oneCase('5×5, one channel: rows of a tile', { input: [8, 8, 1], outChannels: 3, kernel: [5, 5] }),
      oneCase('5×5, six channels: thirty numbers a row', { input: [8, 8, 6], outChannels: 2, kernel: [5, 5] }),
      oneCase('2×5, four outputs at a time, the last tile one wide', {
        input: [8, 9, 6],
        outChannels: 8,
        kernel: [5, 5],
      }),
      oneCase('5×5, four outputs at a time, padding', { input: [6, 6, 1], outChannels: 6, kernel: [5, 5], padding: 2 }),
      oneCase('3×3, one channel', { input: [6, 7, 1], outChannels: 2, kernel: [3, 3] }),
      oneCase('7×3, two channels: rows in two tiles', { input: [9, 6, 2], outChannels: 2, kernel: [7, 3] }),
      oneCase('3×3, eleven channels: thirty-three numbers a row', {
        input: [4, 4, 11],
        outChannels: 2,
        kernel: [3, 3],
      }),
      oneCase('padding, last row and column left out', {
        input: [5, 5, 2],
        outChannels: 3,
        kernel: [3, 3],
        padding: { top: 1, bottom: 1, left: 2, right: 0 },
      }),
      oneCase('true convolution, no bias', {
        input: [6, 6, 2],
        outChannels: 2,
        kernel: [3, 3],
        flipped: true,
        bias: false,
      }),
      oneCase(
        'stride 2 and overlapping windows',
        { input: [9, 9, 2], outChannels: 2, kernel: [3, 3], stride: [2, 2] },
        {
          window: [2, 2],
          stride: [1, 1],
        },
      ),
      oneCase(
        'windows of 3×2 with gaps',
        { input: [9, 9, 1], outChannels: 2, kernel: [2, 2] },
        {
          window: [3, 2],
          stride: [4, 3],
        },
      ),
      oneCase(
        'padded windows',
        { input: [7, 7, 2], outChannels: 3, kernel: [3, 3] },
        {
          window: [3, 3],
          stride: [2, 2],
          padding: 1,
        },
      ),
      oneCase('two groups', { input: [6, 6, 4], outChannels: 6, kernel: [3, 3], groups: 2 }),
      oneCase('dilation 2', { input: [8, 8, 2], outChannels: 3, kernel: [3, 3], dilation: [2, 2] }),
      oneCase('3×3, eight channels: tiles of twenty-four numbers', {
        input: [6, 6, 8],
        outChannels: 2,
        kernel: [3, 3],
        padding: 1,
      }),
      oneCase('3×3, fourteen channels: twenty-four numbers and sixteen', {
        input: [5, 6, 14],
        outChannels: 2,
        kernel: [2, 3],
      }),
      oneCase('so wide that windows come in bands', { input: [8, 40, 14], outChannels: 2, kernel: [3, 3] }),
      oneCase('without ReLU', { input: [6, 8, 1], outChannels: 2, kernel: [5, 5] }, { window: [2, 2] }, false),
      oneCase(
        'without ReLU, overlapping windows of 3×2, two groups',
        { input: [7, 6, 4], outChannels: 2, kernel: [3, 3], groups: 2 },
        { window: [3, 2], stride: [1, 2] },
        false,
      ),
      oneCase('3×3 in tiles of 4×4, padding', { input: [4, 5, 6], outChannels: 6, kernel: [3, 3], padding: 1 }),
    ],
  },
];
