import { describe, expect, test } from 'vitest';
import { checkClassNames, parseClassNames } from './class-names';
import { DatasetError } from './dataset-error';
import { imageDataset } from './image-dataset';

test('names are the lines of a text, in any system’s spelling', () => {
  expect(parseClassNames('above\nbelow')).toEqual(['above', 'below']);
  expect(parseClassNames('\ufeffabove \r\n\tankle boot\r\n\r\n')).toEqual(['above', 'ankle boot']);
  expect(parseClassNames('above\n\nbelow\n')).toEqual(['above', '', 'below']);
});

describe('names for three classes', () => {
  const dataset = imageDataset({
    name: 'three',
    images: Uint8Array.of(1, 2, 3),
    labels: Uint8Array.of(0, 1, 2),
    height: 1,
    width: 1,
  });

  test('fit', () => {
    expect(() => checkClassNames('names', ['a', 'b', 'ü 3'], dataset)).not.toThrow();
  });

  test.each([
    [['a', 'b'], 'names: expected 3 names, one for each label from 0 to 2 of three, got 2'],
    [['a', '', 'c'], 'names: expected a name for label 1, got none'],
    [['a', 'b', 'a'], "names: expected every name once, got 'a' for labels 0 and 2"],
    [['a', 'b', 'c\u001b[2J'], 'names: expected a name that can be printed for label 2, got control characters'],
  ])('%j are refused', (names, message) => {
    expect(() => checkClassNames('names', names, dataset)).toThrow(new DatasetError(message));
  });
});
