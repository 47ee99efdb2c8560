/** What a description may ask for: found out before anything of that size is made, in a time linear in its length. */
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { networkFrom } from './description';
import { DescriptionError } from './layer-list';

const input = [28, 28, 1];
const end = ['flatten', { kind: 'dense', outFeatures: 10 }];

test('twenty thousand short forms take as long as they should, and are named in order', { timeout: 5000 }, () => {
  const layers = [...new Array(20_000).fill('relu'), ...end];
  const network = networkFrom({ input, layers }, { budget: { layers: 30_000, elements: 2e7 } });
  expect(network.layers.map(({ name }) => name).filter((_, at) => [0, 1, 19_999, 20_001].includes(at))).toEqual([
    ...['relu1', 'relu2', 'relu20000', 'fc'],
  ]);
});

test('blocks within blocks take a time that grows with their number', { timeout: 5000 }, () => {
  const nested = (depth: number): object | string =>
    depth === 0 ? 'relu' : { kind: 'residual', body: [nested(depth - 1)], shortcut: [nested(0)] };
  const network = networkFrom({ input, layers: [nested(25), ...end] });
  expect(network.initialize(seededRandom(1)).values).toHaveLength(7850);
});

const nestedBlocks = (depth: number): object | string => {
  let block: object | string = 'relu';
  for (let level = 0; level < depth; level++) block = { kind: 'residual', body: [block] };
  return block;
};
const circle: { kind: string; body: unknown[] } = { kind: 'residual', body: [] };
circle.body.push(circle);

test.each<[string, unknown[], string]>([
  [
    'layers',
    new Array(10_001).fill('relu'),
    'expected at most 10,000 layers, got 10,001; if it has to be, raise the budget: layers=10001',
  ],
  [
    'levels',
    [nestedBlocks(5000)],
    'expected at most 64 levels of lists and objects, got 65; if it has to be, raise the budget: nesting=65',
  ],
  [
    'levels without an end',
    [circle],
    'expected at most 64 levels of lists and objects, got 65; if it has to be, raise the budget: nesting=65',
  ],
  [
    'parameters',
    ['flatten', { kind: 'dense', outFeatures: 100_000 }],
    'expected at most 50,000,000 parameters, got 78,500,000; make fc smaller; if it has to be, raise the budget: parameters=78500000',
  ],
  [
    'numbers',
    [{ kind: 'conv2d', outChannels: 50_000, kernel: 1 }, ...end],
    'expected at most 50,000,000 parameters, got 392,100,010; make fc smaller; if it has to be, raise the budget: parameters=392100010',
  ],
  [
    'numbers',
    [{ kind: 'conv2d', outChannels: 50_000, kernel: 1 }],
    'expected at most 4,194,304 numbers that all layers put out for one image, got 39,200,000; make conv smaller; if it has to be, raise the budget: elements=39200000',
  ],
  [
    'multiply-adds',
    [{ kind: 'conv2d', outChannels: 1, kernel: 300, padding: 299 }],
    'expected at most 1,000,000,000 multiply-adds for one image, got 9,623,610,000; make conv smaller; if it has to be, raise the budget: multiplyAdds=9623610000',
  ],
])('too many %s', (_, layers, message) => {
  expect(() => networkFrom({ input, layers })).toThrow(new DescriptionError(`network: ${message}`));
});

test('a raised budget allows it', () => {
  const layers = [{ kind: 'conv2d', outChannels: 1, kernel: 300, padding: 299 }];
  expect(networkFrom({ input, layers }, { budget: { multiplyAdds: 1e10 } }).outputShape).toEqual([327, 327, 1]);
});
