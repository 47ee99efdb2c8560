import { expect, test } from 'vitest';
import { median, rounded, throughputTables, wholeTable } from './tables.mjs';

const slow = {
  network: 'lenet5',
  system: 'Abacus',
  variant: 'wood',
  version: 'Abacus 2',
  train: [9, 1, 5],
  infer: [70],
};
const fast = { ...slow, variant: 'brass', train: [4, 8, 6], infer: [60] };
const other = {
  network: 'wide',
  system: 'Pencil',
  variant: 'soft',
  version: 'Pencil 1',
  train: [1234.5],
  infer: [0.1234],
};

test('the middle one, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 6])).toBe(5.5);
});

test('figures have as many digits as can be repeated', () => {
  expect([28437, 287.4, 99.4, 0.1234].map(rounded)).toEqual(['28,400', '287', '99', '0.12']);
});

test('a row shows the best variant, in training and in inference', () => {
  const [, training, , inference, , variants] = throughputTables([slow, fast, other]).split('\n\n');
  expect(training.split('\n').slice(2)).toEqual(['| Abacus | 6 (brass) | – |', '| Pencil | – | 1,230 |']);
  expect(inference.split('\n').slice(2)).toEqual(['| Abacus | 70 (wood) | – |', '| Pencil | – | 0.12 |']);
  expect(variants.split('\n').slice(2)).toEqual([
    '| Abacus 2: wood | 5 / 70 | – |',
    '| Abacus 2: brass | 6 / 60 | – |',
    '| Pencil 1: soft | – | 1,230 / 0.12 |',
  ]);
});

test('of whole runs the fastest variant is shown, with all that belongs to it', () => {
  const run = { network: 'lenet5', system: 'Abacus', version: 'Abacus 2', epochs: 3, accuracy: [0.5, 0.9, 0.8] };
  const wood = { ...run, variant: 'wood', seconds: [7, 9, 8], peakMemory: [1e9, 2e9, 3e9] };
  const brass = { ...run, variant: 'brass', seconds: [1, 10, 9], peakMemory: [null, null, null] };
  const rows = (results) => wholeTable(results).split('\n').slice(4);
  expect(rows([brass, wood])).toEqual(['| Abacus (wood) | 8.0 | 3 | 2,000 MB | 80.00 % |']);
  expect(rows([brass])).toEqual(['| Abacus (brass) | 9.0 | 3 | – | 80.00 % |']);
});
