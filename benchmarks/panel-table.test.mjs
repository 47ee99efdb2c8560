import { expect, test } from 'vitest';
import { geometricMean, panelTables } from './panel-table.mjs';

const own = { system: 'Longhand, Node 20', variant: 'SGD', threads: 1, peakMemory: 50e6 };
const wood = { system: 'Abacus', variant: 'wood', threads: 1, peakMemory: 3e9 };
const brass = { ...wood, variant: 'brass', peakMemory: 2e9 };
const results = [
  { ...own, network: 'mlp', train: [100, 300, 200], infer: [1000] },
  { ...wood, network: 'mlp', train: [50], infer: [4000] },
  { ...brass, network: 'mlp', train: [400], infer: [2000] },
  { ...own, network: 'vgg', train: [80], infer: [] },
  { ...wood, network: 'vgg', train: [10], infer: [5] },
  { ...own, network: 'softmax', train: [7], infer: [7] },
];

test('ratios are to the best variant, phase by phase', () => {
  expect(panelTables(results).split('\n')).toEqual([
    '### Longhand, Node 20, against the best variant of Abacus; 1 thread',
    '',
    '| network | training | Abacus | ratio | inference | Abacus | ratio | MB | Abacus |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    '| mlp | 200 | 400 | 0.50 | 1,000 | 4,000 | 0.25 | 50 | 2,000 |',
    '| vgg | 80 | 10 | 8.00 | – | 5 | – | 50 | 3,000 |',
    '| softmax | 7 | – | – | 7 | – | – | 50 | – |',
    '',
    'training: geometric mean 2.00 ×, slowest mlp 0.50 ×; inference: geometric mean 0.25 ×, slowest mlp 0.25 ×',
  ]);
});

test('a table for each number of threads, each Longhand and each peer', () => {
  const more = [
    { ...own, threads: 2, network: 'mlp', train: [2], infer: [2] },
    { ...wood, threads: 2, network: 'mlp', train: [1], infer: [1] },
    { ...wood, threads: 2, system: 'Pencil', network: 'mlp', train: [1], infer: [1] },
  ];
  const titles = panelTables([...results, ...more]).match(/^### .*$/gm);
  expect(titles.map((title) => title.replace('### Longhand, Node 20, against the best variant of ', ''))).toEqual([
    ...['Abacus; 1 thread', 'Pencil; 1 thread'],
    ...['Abacus; 2 threads', 'Pencil; 2 threads'],
  ]);
});

test('the n-th root of the product', () => {
  expect(geometricMean([2, 4, 8])).toBeCloseTo(4, 12);
});
