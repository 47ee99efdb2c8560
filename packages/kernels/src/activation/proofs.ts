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
  product,
  sum,
} from '../contract/terms';
import { type ActivationName, activationFunctions, type activationSpecs } from './activation';

const one = constant(1);

/** Each function of an input, and its derivative there, given input and output. */
const formulas: Readonly<
  Record<
    ActivationName,
    { value: (x: Expression) => Expression; derivative: (x: Expression, y: Expression) => Expression }
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
};

export const terms: KernelTerms<typeof activationSpecs> = {
  activation: { y: ({ activation }, index) => formulas[activation].value(entry('x', index)) },
  activationInputGrad: {
    dx({ activation }, index) {
      const dy = entry('dy', index);
      if (activation === 'identity') return dy;
      const expression = formulas[activation].derivative(entry('x', index), entry('y', index));
      return product([dy, { kind: 'derivative', of: activation, expression }]);
    },
  },
};

const wide: Fill = (random, length) => Array.from({ length }, () => random.uniform(-8, 8));

/** Every activation, over numbers that keep away from ReLU's kink. */
export const cases: KernelCases<typeof activationSpecs> = () => [
  {
    forward: 'activation',
    gradients: ['activationInputGrad'],
    cases: (Object.keys(activationFunctions) as ActivationName[]).flatMap((activation) => [
      { name: `${activation} near zero`, geometry: { activation, length: 12 }, fills: { x: awayFromZero } },
      { name: `${activation} from −8 to 8`, geometry: { activation, length: 33 }, fills: { x: wide } },
    ]),
  },
];
