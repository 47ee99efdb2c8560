import { expect, test } from 'vitest';
import { DatasetError } from './dataset-error';
import { classesOf, labelArray, labelsFrom } from './labels';

test('labels are as narrow as the classes allow', () => {
  expect(labelArray(256, 2)).toEqual(new Uint8Array(2));
  expect(labelArray(257, 2)).toEqual(new Uint16Array(2));
  expect(labelArray(65536, 1)).toEqual(new Uint16Array(1));
  expect(labelArray(65537, 1)).toEqual(new Uint32Array(1));
});

test('any integers from zero on become labels', () => {
  expect(labelsFrom('x', [3, 255])).toEqual(Uint8Array.of(3, 255));
  expect(labelsFrom('x', Int32Array.of(256))).toEqual(Uint16Array.of(256));
  expect(classesOf(labelsFrom('x', [3, 70000]))).toBe(70001);
});

test.each([-1, 0.5, Number.NaN, 2 ** 32])('%d is no label', (label) => {
  expect(() => labelsFrom('x', [0, label])).toThrow(
    new DatasetError(`x: expected labels that count classes from 0, got ${label} for image 1`),
  );
});
