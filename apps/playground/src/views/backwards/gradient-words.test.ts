import { expect, test } from 'vitest';
import { differenceText, originsTitle } from './gradient-words';

test('a difference of nothing is 0', () => {
  expect(differenceText(0, -0)).toBe('0');
  expect(differenceText(0.5, 0.5 - 1.26e-9)).toBe('1.3e-9');
});

test('a sum of zeros has no largest term', () => {
  expect(originsTitle([{ value: 0 }, { value: -0 }])).toMatch(/^All its terms are zero;/);
  expect(originsTitle([{ value: 0 }, { value: 1e-30 }])).toMatch(/in the largest term$/);
});
