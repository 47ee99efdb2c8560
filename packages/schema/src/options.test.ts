import { describe, expect, test } from 'vitest';
import { nearestName } from './nearest';
import { checkOptions } from './options';
import { count, nonNegative, object, optional } from './schemas';
import { kindOf, shown } from './shown';

const schema = object({ epochs: count, batchSize: count, learningRate: optional(nonNegative) });
const check = (options: unknown) =>
  checkOptions(schema, options, { where: 'fit', error: (message) => new RangeError(message) });

describe('options', () => {
  test('pass; one that is undefined is absent', () => {
    expect(check({ epochs: 3, batchSize: 2, learningRate: undefined })).toEqual({ epochs: 3, batchSize: 2 });
  });

  test.each<[unknown, string]>([
    [
      { epoch: 3, batchSize: 2 },
      "fit: expected one of the options epochs, batchSize, learningRate, got 'epoch'; did you mean 'epochs'?",
    ],
    [
      { epochs: 3, batch: 2 },
      "fit: expected one of the options epochs, batchSize, learningRate, got 'batch'; did you mean 'batchSize'?",
    ],
    [{ epochs: 3, shade: 2 }, "fit: expected one of the options epochs, batchSize, learningRate, got 'shade'"],
    [{ epochs: 3 }, 'fit: expected a whole number of at least 1 as batch size, got none'],
    [{ epochs: 3, batchSize: undefined }, 'fit: expected a whole number of at least 1 as batch size, got none'],
    [
      { epochs: 3, batchSize: 2, learningRate: Number.NaN },
      'fit: expected a number of at least 0 as learning rate, got NaN',
    ],
    [undefined, 'fit: expected an object, got none'],
    [3, 'fit: expected an object, got 3'],
  ])('%j are refused', (options, message) => {
    expect(() => check(options)).toThrow(new RangeError(message));
  });
});

test.each([
  ['epoch', 'epochs'],
  ['LearningRate', 'learningRate'],
  ['learnRate', 'learningRate'],
  ['optimize', 'optimizer'],
  ['rate', 'learningRate'],
  ['lr', undefined],
  ['shade', undefined],
  ['7', undefined],
  ['10', undefined],
  ['x', undefined],
  ['', undefined],
])('the name nearest to %s is %s', (name, nearest) => {
  expect(nearestName(name, ['optimizer', 'learningRate', 'epochs', '0', '1'])).toBe(nearest);
});

test('messages call typed arrays by their kind, and leave out their numbers', () => {
  expect(shown({ name: 'a', images: new Uint8Array(1e6) })).toBe(
    '{"name":"a","images":"a Uint8Array of 1000000 bytes"}',
  );
  expect([new Float32Array(2), new ArrayBuffer(1), [], null, undefined, () => 1, 'x'].map(kindOf)).toEqual([
    'a Float32Array',
    'an ArrayBuffer',
    'an Array',
    'null',
    'none',
    'a function',
    'a string',
  ]);
});
