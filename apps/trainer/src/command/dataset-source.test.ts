/** What classes are called: by the option, by the folder, or by their labels. */
import { writeFileSync } from 'node:fs';
import { imageDataset } from '@longhand/datasets';
import { expect, test } from 'vitest';
import { at, testing, training, writeFolder } from '../../testing/built-command';
import { classNamesOf, loadDataset } from './dataset-source';

const labels = Uint8Array.of(0, 1, 2);
const three = imageDataset({ name: 'three', images: Uint8Array.of(1, 2, 3), labels, height: 1, width: 1 });

test('the labels, where nothing is said', () => {
  expect(classNamesOf({}, three)).toEqual(['0', '1', '2']);
});

test('those of the option, before those of the folder', () => {
  const classes = ['T-shirt', 'Trouser', 'Coat'];
  expect(classNamesOf({ classes }, three)).toEqual(classes);
  expect(classNamesOf({ classes, dataDir: at('nowhere') }, three)).toEqual(classes);
});

test('those of the folder’s classes.txt', () => {
  writeFolder('named', training, testing);
  const dataset = loadDataset(at('named'), 'train');
  expect(classNamesOf({ dataDir: at('named') }, dataset)).toEqual([...'0123456789']);
  writeFileSync(at('named', 'classes.txt'), 'zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n');
  expect(classNamesOf({ dataDir: at('named') }, dataset)[7]).toBe('seven');
  writeFileSync(at('named', 'classes.txt'), 'zero\none\n');
  expect(() => classNamesOf({ dataDir: at('named') }, dataset)).toThrow(
    /classes\.txt: expected 10 names, one for each label from 0 to 9 of named train, got 2$/,
  );
});

test.each([
  [['a', 'b'], "option '--classes': expected 3 names, one for each label from 0 to 2 of three, got 2"],
  [['a', 'b', ''], "option '--classes': expected a name for label 2, got none"],
  [['a', 'b', 'b'], "option '--classes': expected every name once, got 'b' for labels 1 and 2"],
])('the option %j is used wrongly', (classes, message) => {
  expect(() => classNamesOf({ classes }, three)).toThrow(expect.objectContaining({ exitCode: 2, message }));
});
