import { expect, test } from 'vitest';
import { symbolOf } from './symbols';

test.each([
  ['w1', 'w1', 'w_{1}'],
  ['KK11', 'KK11', '\\mathrm{KK}_{11}'],
  ['in_o1', 'in_o1', '\\mathrm{in}_{o1}'],
  ['out_CC1', 'out_CC1', '\\mathrm{out}_{\\mathrm{CC}1}'],
  ['y_true', 'y_true', 'y_{\\mathrm{true}}'],
  ['b1_h1', 'b1_h1', 'b_{1,h1}'],
  ['w1_new', 'w1⁺', 'w_{1}^{+}'],
  ['dL/dKK11', '∂L/∂KK11', '\\frac{\\partial L}{\\partial \\mathrm{KK}_{11}}'],
])('%s', (id, text, latex) => {
  expect(symbolOf(id)).toEqual({ text, latex });
});

test('a plus stands beside a symbol that has something above it already', () => {
  const sum = { text: 'h1_sum', latex: 'h_{1}^{s}' };
  expect(symbolOf('h1_sum_new', { h1_sum: sum }).latex).toBe('{h_{1}^{s}}^{+}');
});
