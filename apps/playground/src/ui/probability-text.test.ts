import { expect, test } from 'vitest';
import { probabilityText } from './probability-text';

test.each([
  [1, 1, '> 99.9 %'],
  [Math.fround(1 - 1e-9), 1, '> 99.9 %'],
  [0.99994, 1, '> 99.9 %'],
  [0.9994, 1, '99.9 %'],
  [0.9974, 1, '99.7 %'],
  [1, 0, '> 99 %'],
  [0, 1, '0.0 %'],
])('a probability of %d in %i digits is %s', (probability, digits, text) => {
  expect(probabilityText(probability, digits)).toBe(text);
});
