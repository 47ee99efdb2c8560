import { expect, test } from 'vitest';
import { latexValue, valueText, withTrueMinus } from './number-notation';

test.each([
  [valueText(-0.0271296482), '−0.0271296'],
  [valueText(-1.5e-7), '−1.5e-7'],
  [withTrueMinus('coef_c2 is -0.144 (-1), not 2-3 or w-1'), 'coef_c2 is −0.144 (−1), not 2-3 or w-1'],
  [latexValue('−0.106'), '-0.106'],
  [latexValue('−1.5e-7'), '-1.5 \\cdot 10^{-7}'],
  [latexValue('3e+21'), '3 \\cdot 10^{21}'],
])('%s', (got, expected) => expect(got).toBe(expected));
