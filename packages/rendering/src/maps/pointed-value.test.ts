import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { pointedValueHash, pointedValueScript, valuesText } from './pointed-value';

test('the policy calls the script by its hash, else no browser would run it', () => {
  const { text } = pointedValueScript;
  expect(pointedValueHash).toBe(`sha256-${createHash('sha256').update(text).digest('base64')}`);
});

test('numbers are float32 in base64', () => {
  const bytes = Buffer.from(valuesText([1, -2.5]), 'base64');
  expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 1, -2.5]);
});
