/** What the entries of `pooled-conv2d.ts` are made of: the terms of its parts, put into each other. */
import { conv2dTerms } from '../conv2d/conv2d.terms';
import { pool2dTerms } from '../pool2d/pool2d.terms';
import { type Arrays, type Expression, replaceEntries } from '../terms/expression';
import type { TermsOf } from '../terms/kernel-terms';
import { convOf, type PooledConv2dGeometry, type pooledConv2dSpecs, poolOf } from './pooled-conv2d';

type Specs = typeof pooledConv2dSpecs;

/** An expression over errors at z, with each of them as the pooling's backward has it. */
function throughPool(g: PooledConv2dGeometry, { z, y }: Arrays, expression: Expression): Expression {
  const arrays = { x: z, y };
  return replaceEntries(expression, 'dy', (index) => pool2dTerms.reluMaxPool2dInputGrad.dx(poolOf(g), index, arrays));
}

export const pooledConv2dTerms: { readonly [Name in keyof Specs]: TermsOf<Specs[Name]> } = {
  pooledConv2d: {
    z: (g, index, arrays) => conv2dTerms.conv2d.y(convOf(g), index, arrays),
    y: (g, index, arrays) =>
      replaceEntries(pool2dTerms.reluMaxPool2d.y(poolOf(g), index, arrays), 'x', (input) =>
        conv2dTerms.conv2d.y(convOf(g), input, arrays),
      ),
  },
  pooledConv2dInputGrad: {
    dx: (g, index, arrays) => throughPool(g, arrays, conv2dTerms.conv2dInputGrad.dx(convOf(g), index, arrays)),
  },
  pooledConv2dWeightGrad: {
    dWeight: (g, index, arrays) =>
      throughPool(g, arrays, conv2dTerms.conv2dWeightGrad.dWeight(convOf(g), index, arrays)),
    dBias: (g, index, arrays) => throughPool(g, arrays, conv2dTerms.conv2dWeightGrad.dBias(convOf(g), index, arrays)),
  },
};
