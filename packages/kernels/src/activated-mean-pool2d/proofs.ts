/** What the entries of `activated-mean-pool2d.ts` are made of: the terms of its parts, put into each other. */
import { type ActivationName, activationFunctions, activationGeometry } from '../activation/activation';
import * as activation from '../activation/proofs';
import { awayFromZero, type KernelCases, type OperationCase } from '../contract/cases';
import { type Expression, entry, type KernelTerms, replaceEntries } from '../contract/terms';
import { type Pool2dSizes, pool2dGeometry } from '../pool2d/pool2d';
import * as pool2d from '../pool2d/proofs';
import {
  type ActivatedMeanPool2dGeometry,
  activatedMeanPool2dGeometry,
  type activatedMeanPool2dSpecs,
  poolOf,
} from './activated-mean-pool2d';

const functionOf = ({ activation: name, negativeSlope }: ActivatedMeanPool2dGeometry) =>
  activationGeometry('terms', name, 1, negativeSlope === undefined ? {} : { negativeSlope });

const valueAt = (g: ActivatedMeanPool2dGeometry, index: number): Expression =>
  activation.terms.activation.y(functionOf(g), index, {});

export const terms: KernelTerms<typeof activatedMeanPool2dSpecs> = {
  activatedMeanPool2d: {
    a: valueAt,
    y: (g, index, arrays) =>
      replaceEntries(pool2d.terms.meanPool2d.y(poolOf(g), index, arrays), 'x', (input) => valueAt(g, input)),
  },
  activatedMeanPool2dInputGrad: {
    dx(g, index, arrays) {
      const ofActivation = activation.terms.activationInputGrad.dx(functionOf(g), index, arrays);
      const ofOutput = replaceEntries(ofActivation, 'dy', (input) =>
        pool2d.terms.meanPool2dInputGrad.dx(poolOf(g), input, arrays),
      );
      return replaceEntries(ofOutput, 'y', (input) => entry('a', input));
    },
  },
};

const oneCase = (
  name: string,
  activation: ActivationName,
  sizes: Omit<Pool2dSizes, 'batch'> & { readonly batch?: number },
  parameters = {},
): OperationCase<ActivatedMeanPool2dGeometry> => ({
  name,
  geometry: activatedMeanPool2dGeometry(
    'case',
    { activation, ...parameters },
    pool2dGeometry('case', { batch: 2, ...sizes }),
  ),
});

/** Every function before a window of 2×2, and other windows. */
export const cases: KernelCases<typeof activatedMeanPool2dSpecs> = () => [
  {
    forward: 'activatedMeanPool2d',
    gradients: ['activatedMeanPool2dInputGrad'],
    fills: { x: awayFromZero },
    cases: [
      ...(Object.keys(activationFunctions) as ActivationName[]).map((name) =>
        oneCase(`${name}, 2×2`, name, { input: [4, 6, 3], window: [2, 2] }),
      ),
      oneCase('sigmoid, 3×2, 5 images', 'sigmoid', { batch: 5, input: [6, 4, 2], window: [3, 2] }),
      oneCase('tanh, the whole image, one channel', 'tanh', { input: [3, 5, 1], window: [3, 5] }),
      oneCase('sigmoid, 1×1', 'sigmoid', { input: [2, 3, 2], window: [1, 1] }),
      oneCase('leakyRelu of slope 0.2, 1×4', 'leakyRelu', { input: [3, 8, 2], window: [1, 4] }, { negativeSlope: 0.2 }),
    ],
  },
];
