/** What one entry of an activation and of its input gradient is made of; see `activation.ts`. */
import { awayFromZero, type Fill, type KernelCases } from '../contract/cases';
import {
  call,
  constant,
  difference,
  type Expression,
  entry,
  type KernelTerms,
  max,
  negative,
  product,
  quotient,
  square,
  sum,
} from '../contract/terms';
import {
  type ActivationGeometry,
  type ActivationName,
  activationFunctions,
  activationGeometry,
  type activationSpecs,
  defaultNegativeSlope,
} from './activation';

const one = constant(1);

/** √(8/π), and the factor of x³ in the approximation of GELU. */
const rootOfEightOverPi = constant(1.5957691216057308);
const cubic = 0.044715;

/** σ(u) of the approximation of GELU. */
const gate = (x: Expression): Expression =>
  call('sigmoid', product([rootOfEightOverPi, sum([x, product([constant(cubic), x, square(x)])])]));

/** Each function of an input, and its derivative there, given input and output. */
const formulas: Readonly<
  Record<
    ActivationName,
    {
      value: (x: Expression, geometry: ActivationGeometry) => Expression;
      derivative: (x: Expression, y: Expression, geometry: ActivationGeometry) => Expression;
    }
  >
> = {
  identity: { value: (x) => x, derivative: () => one },
  sigmoid: { value: (x) => call('sigmoid', x), derivative: (_x, y) => product([y, difference(one, y)]) },
  tanh: { value: (x) => call('tanh', x), derivative: (_x, y) => product([difference(one, y), sum([one, y])]) },
  relu: { value: (x) => max([x, constant(0)]), derivative: (x) => call('step', x) },
  silu: {
    value: (x) => product([x, call('sigmoid', x)]),
    derivative: (x) => {
      const s = call('sigmoid', x);
      return product([s, sum([one, product([x, difference(one, s)])])]);
    },
  },
  leakyRelu: {
    // max(x, 0) + slope · min(x, 0): right for any slope.
    value: (x, g) => difference(max([x, constant(0)]), product([slopeOf(g), max([negative(x), constant(0)])])),
    derivative: (x, _y, g) => {
      const above = call('step', x);
      return sum([above, product([slopeOf(g), difference(one, above)])]);
    },
  },
  relu6: {
    value: (x) => call('relu6', x),
    derivative: (x) => product([call('step', x), call('step', difference(constant(6), x))]),
  },
  hardSwish: {
    value: (x) => quotient(product([x, call('relu6', sum([x, constant(3)]))]), constant(6)),
    derivative: (x) => {
      const shifted = sum([x, constant(3)]);
      const between = product([call('step', shifted), call('step', difference(constant(3), x))]);
      return quotient(sum([call('relu6', shifted), product([x, between])]), constant(6));
    },
  },
  gelu: {
    value: (x) => product([x, call('normalCdf', x)]),
    derivative: (x) => {
      const bell = call('exp', quotient(negative(square(x)), constant(2)));
      return sum([call('normalCdf', x), quotient(product([x, bell]), constant(2.5066282746310002))]);
    },
  },
  geluTanh: {
    value: (x) => product([x, gate(x)]),
    derivative: (x) => {
      const s = gate(x);
      const steepness = product([rootOfEightOverPi, sum([one, product([constant(3 * cubic), square(x)])])]);
      return sum([s, product([x, s, difference(one, s), steepness])]);
    },
  },
};

const slopeOf = ({ negativeSlope = defaultNegativeSlope }: ActivationGeometry): Expression => constant(negativeSlope);

export const terms: KernelTerms<typeof activationSpecs> = {
  activation: { y: (g, index) => formulas[g.activation].value(entry('x', index), g) },
  activationInputGrad: {
    dx(g, index) {
      const dy = entry('dy', index);
      if (g.activation === 'identity') return dy;
      const expression = formulas[g.activation].derivative(entry('x', index), entry('y', index), g);
      return product([dy, { kind: 'derivative', of: g.activation, expression }]);
    },
  },
};

/** Kinks of the piecewise functions: a small step does not cross one from a twentieth beside it. */
const kinks = [-3, 0, 3, 6];

const wide: Fill = (random, length) =>
  Array.from({ length }, () => {
    const x = random.uniform(-8, 8);
    return x + (kinks.some((kink) => Math.abs(x - kink) < 0.05) ? 0.1 : 0);
  });

/** Every activation, over numbers that keep away from kinks. */
export const cases: KernelCases<typeof activationSpecs> = () => [
  {
    forward: 'activation',
    gradients: ['activationInputGrad'],
    cases: [
      ...(Object.keys(activationFunctions) as ActivationName[]).flatMap((activation) => [
        { name: `${activation} near zero`, geometry: { activation, length: 12 }, fills: { x: awayFromZero } },
        { name: `${activation} from −8 to 8`, geometry: { activation, length: 33 }, fills: { x: wide } },
      ]),
      ...[0, 0.2, 1.5, -0.5].map((negativeSlope) => ({
        name: `leakyRelu of slope ${negativeSlope}`,
        geometry: activationGeometry('case', 'leakyRelu', 33, { negativeSlope }),
        fills: { x: wide },
      })),
    ],
  },
];
