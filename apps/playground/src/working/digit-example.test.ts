/** The number of a step that "Work it out" begins with, before anything is drawn. */
import { readFileSync } from 'node:fs';
import { loadMnist } from '@longhand/mnist/node';
import { decodeModel } from '@longhand/training';
import { expect, test } from 'vitest';
import type { Digits } from '../digits';
import { digits, presentModel } from '../session';
import { askedNumber, digitDerivation } from './digit-example';

test('the model of the page has something to learn from it', () => {
  const file = new URL('../model/first-model.safetensors', import.meta.url);
  presentModel.value = { ...decodeModel(new Uint8Array(readFileSync(file)), 'first model'), origin: 'the page' };
  digits.value = { testing: loadMnist({ split: 'test' }) } as Digits;
  const { steps, about } = digitDerivation.value;
  expect(about).toContain('the first test digit, a 7, with the label 2:');
  expect(askedNumber.value).toMatch(/^k2\./);
  expect(steps.at(-1)?.id).toBe(`dL/d${askedNumber.value}`);
  expect(Math.abs(steps.at(-1)?.value ?? 0)).toBeGreaterThan(0.1);
});
