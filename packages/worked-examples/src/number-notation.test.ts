import { expect, test } from 'vitest';
import { latexNumber, latexValue, shownNumber, valueText, withTrueMinus } from './number-notation';

test.each([
  [valueText(-0.0271296482), '−0.0271296'],
  [valueText(-1.5e-7), '−1.5e-7'],
  [shownNumber(0.999999553, 'exact'), '1'],
  [shownNumber(0.999999553486, 'exact', true), '0.999999553'],
  [latexNumber(0.999999553486, 'exact', true), '0.999999553'],
  [shownNumber(0.25, 'exact', true), '0.25'],
  [shownNumber(1, 'exact', true), '1'],
  [withTrueMinus('coef_c2 is -0.144 (-1), not 2-3 or w-1'), 'coef_c2 is −0.144 (−1), not 2-3 or w-1'],
  [latexValue('−0.106'), '-0.106'],
  [latexValue('−1.5e-7'), '-1.5 \\cdot 10^{-7}'],
  [latexValue('3e+21'), '3 \\cdot 10^{21}'],
])('%s', (got, expected) => expect(got).toBe(expected));
