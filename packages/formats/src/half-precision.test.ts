import { expect, test } from 'vitest';
import { fromBfloat16, fromFloat16 } from './half-precision';

/** The definition: (−1)^sign · 2^(exponent − bias) · 1.fraction, without the first digit for the lowest exponent. */
function byDefinition(half: number, exponentBits: number): number {
  const fractionBits = 15 - exponentBits;
  const greatest = (1 << exponentBits) - 1;
  const exponent = (half >> fractionBits) & greatest;
  const fraction = (half & ((1 << fractionBits) - 1)) / (1 << fractionBits);
  const sign = half >> 15 ? -1 : 1;
  if (exponent === greatest) return fraction === 0 ? sign * Infinity : NaN;
  let scale = 1;
  const power = Math.max(exponent, 1) - (greatest >> 1);
  for (let k = 0; k < Math.abs(power); k++) scale *= power < 0 ? 0.5 : 2;
  return sign * scale * (exponent === 0 ? fraction : 1 + fraction);
}

test.each([
  { name: 'binary16', widen: fromFloat16, exponentBits: 5 },
  { name: 'bfloat16', widen: fromBfloat16, exponentBits: 8 },
])('every $name is its definition, exactly', ({ widen, exponentBits }) => {
  const wrong: number[] = [];
  for (let half = 0; half < 0x10000; half++) {
    if (!Object.is(widen(half), byDefinition(half, exponentBits))) wrong.push(half);
  }
  expect(wrong).toEqual([]);
});
