/** What one parameter and its state become in a step; see `update-rules.ts`. */
import { type Fill, type KernelCases, probabilities } from '../contract/cases';
import {
  call,
  difference,
  type Expression,
  entry,
  type KernelTerms,
  negative,
  product,
  quotient,
  sum,
} from '../contract/terms';
import { type UpdateGeometry, updateGeometry, type updateRuleSpecs } from './update-rules';

const value = (i: number): Expression => entry('values', i);
const gradient = (i: number): Expression => entry('gradients', i);
const coefficient = (index: number): Expression => entry('coefficients', index);
const root = (x: Expression): Expression => call('sqrt', x);
const times = (...factors: Expression[]): Expression => product(factors);
const plus = (...terms: Expression[]): Expression => sum(terms);
/** 1 above zero, −1 below, 0 at zero. */
const sign = (x: Expression): Expression => difference(call('step', x), call('step', negative(x)));

/** g + decay · w */
const decayed = (i: number, decay: Expression, w: Expression): Expression => plus(gradient(i), times(decay, w));

const velocity = (i: number): Expression =>
  plus(times(coefficient(1), entry('velocity', i)), decayed(i, coefficient(0), value(i)));

const adam = (i: number) => {
  const w = times(coefficient(0), value(i));
  const g = decayed(i, coefficient(1), w);
  return {
    w,
    mean: plus(times(coefficient(2), entry('mean', i)), times(coefficient(3), g)),
    meanSquare: plus(times(coefficient(4), entry('meanSquare', i)), times(coefficient(5), g, g)),
  };
};

const rmsprop = (i: number) => {
  const g = decayed(i, coefficient(0), value(i));
  const meanSquare = plus(times(coefficient(1), entry('meanSquare', i)), times(coefficient(2), g, g));
  const step = quotient(g, plus(root(meanSquare), coefficient(3)));
  return { meanSquare, velocity: plus(times(coefficient(4), entry('velocity', i)), step) };
};

/** a · m + b · g, by the indices of the coefficients. */
const blend = (i: number, [a, b]: readonly [number, number]): Expression =>
  plus(times(coefficient(a), entry('mean', i)), times(coefficient(b), gradient(i)));

type Terms = KernelTerms<typeof updateRuleSpecs>;
const ofIndex = (make: (index: number) => Expression) => (_: UpdateGeometry, index: number) => make(index);

export const terms: Terms = {
  sgdUpdate: {
    newValues: ofIndex((i) => difference(value(i), times(coefficient(0), decayed(i, coefficient(1), value(i))))),
  },
  momentumUpdate: {
    newVelocity: ofIndex(velocity),
    newValues: ofIndex((i) => {
      const ofG = times(coefficient(2), decayed(i, coefficient(0), value(i)));
      return difference(value(i), plus(ofG, times(coefficient(3), velocity(i))));
    }),
  },
  adamUpdate: {
    newMean: ofIndex((i) => adam(i).mean),
    newMeanSquare: ofIndex((i) => adam(i).meanSquare),
    newValues: ofIndex((i) => {
      const { w, mean, meanSquare } = adam(i);
      const size = plus(times(coefficient(7), root(meanSquare)), coefficient(8));
      return difference(w, quotient(times(coefficient(6), mean), size));
    }),
  },
  rmspropUpdate: {
    newMeanSquare: ofIndex((i) => rmsprop(i).meanSquare),
    newVelocity: ofIndex((i) => rmsprop(i).velocity),
    newValues: ofIndex((i) => difference(value(i), times(coefficient(5), rmsprop(i).velocity))),
  },
  lionUpdate: {
    newMean: ofIndex((i) => blend(i, [4, 5])),
    newValues: ofIndex((i) =>
      difference(times(coefficient(0), value(i)), times(coefficient(1), sign(blend(i, [2, 3])))),
    ),
  },
};

/** One number, a few, whole vectors, and a rest behind whole vectors. */
const cases = [1, 3, 8, 37].map((length) => ({
  name: `${length} ${length === 1 ? 'parameter' : 'parameters'}`,
  geometry: updateGeometry('case', length),
}));

const always =
  (...numbers: number[]): Fill =>
  () =>
    numbers;

const casesOfRules: KernelCases<typeof updateRuleSpecs> = () => [
  { forward: 'sgdUpdate', gradients: [], fills: { coefficients: always(0.1, 0.01) }, cases },
  { forward: 'momentumUpdate', gradients: [], fills: { coefficients: always(0.01, 0.9, 0.1, 0.09) }, cases },
  {
    forward: 'adamUpdate',
    gradients: [],
    fills: {
      meanSquare: probabilities,
      coefficients: always(0.99, 0.02, 0.9, 0.1, 0.999, 0.001, 0.05, 1.5, 1e-8),
    },
    cases,
  },
  {
    forward: 'rmspropUpdate',
    gradients: [],
    fills: { meanSquare: probabilities, coefficients: always(0.01, 0.99, 0.01, 1e-8, 0.5, 0.02) },
    cases,
  },
  {
    forward: 'lionUpdate',
    gradients: [],
    fills: { coefficients: always(0.99, 0.001, 0.9, 0.1, 0.99, 0.01) },
    cases,
  },
];

export { casesOfRules as cases };
