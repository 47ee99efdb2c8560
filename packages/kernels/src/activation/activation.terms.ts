/** What one entry of an activation and of its input gradient is made of; see `activation.ts`. */
import { call, constant, difference, type Expression, entry, max, product, sum } from '../terms/expression';
import type { TermsOf } from '../terms/kernel-terms';
import type { ActivationName, activationSpecs } from './activation';

type Specs = typeof activationSpecs;

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

export const activationTerms: { readonly [Name in keyof Specs]: TermsOf<Specs[Name]> } = {
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
