/** What classes are called: by the option, by the folder, or by their labels. */
import { writeFileSync } from 'node:fs';
import { imageDataset } from '@longhand/datasets';
import { expect, test } from 'vitest';
import { at, testing, training, writeFolder } from '../../testing/test-folder';
import { classNamesOf, dataOptions, loadSource } from './dataset-source';

const labels = Uint8Array.of(0, 1, 2);
const three = imageDataset({ name: 'three', images: Uint8Array.of(1, 2, 3), labels, height: 1, width: 1 });

test('those of the option, before those of the data', () => {
  const classes = ['T-shirt', 'Trouser', 'Coat'];
  expect(classNamesOf({}, three, ['0', '1', '2'])).toEqual(['0', '1', '2']);
  expect(classNamesOf({ classes }, three, ['0', '1', '2'])).toEqual(classes);
});

test('those of the folder’s classes.txt', async () => {
  writeFolder('named', training, testing);
  const names = async (): Promise<readonly string[]> => (await loadSource({ data: at('named') })).classNames;
  expect(await names()).toEqual([...'0123456789']);
  writeFileSync(at('named', 'classes.txt'), 'zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n');
  expect((await names())[7]).toBe('seven');
  writeFileSync(at('named', 'classes.txt'), 'zero\none\n');
  await expect(names()).rejects.toThrow(
    /classes\.txt: expected 10 names, one for each label from 0 to 9 of named, got 2$/,
  );
});

test.each([
  [['a', 'b'], "option '--classes': expected 3 names, one for each label from 0 to 2 of three, got 2"],
  [['a', 'b', ''], "option '--classes': expected a name for label 2, got none"],
  [['a', 'b', 'b'], "option '--classes': expected every name once, got 'b' for labels 1 and 2"],
])('the option %j is used wrongly', (classes, message) => {
  expect(() => classNamesOf({ classes }, three, [])).toThrow(expect.objectContaining({ exitCode: 2, message }));
});

test('a command line that is printed names the data as they were given', () => {
  expect(dataOptions({})).toEqual([]);
  const choice = { data: 'a b', transpose: false, imageSize: '28' };
  expect(dataOptions(choice)).toEqual(['--data', 'a b', '--no-transpose', '--image-size', '28']);
});
