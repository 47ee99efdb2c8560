import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { dense } from './dense';
import { normal } from './initializers';
import { parameterStatistics } from './parameter-statistics';
import { sequential } from './sequential';

test('figures that can be worked out by hand', () => {
  const network = sequential({ input: [2], layers: { fc: dense({ outFeatures: 2 }) } });
  const parameters = network.zeros({ dtype: 'float64' });
  parameters.get('fc.weight').data.set([1, -3, 0, 6]);
  expect(parameterStatistics(parameters)).toEqual([
    {
      ...{ path: 'fc.weight', shape: [2, 2], count: 4, mean: 1, deviation: Math.sqrt((0 + 16 + 1 + 25) / 4) },
      ...{ smallest: -3, largest: 6, zeros: 0.25 },
    },
    { path: 'fc.bias', shape: [2], count: 2, mean: 0, deviation: 0, smallest: 0, largest: 0, zeros: 1 },
  ]);
});

test('a small deviation around a large mean keeps its digits', () => {
  const fc = dense({ outFeatures: 100, bias: false, initializer: normal(1e6, 1e-3) });
  const network = sequential({ input: [100], layers: { fc } });
  const [{ deviation }] = parameterStatistics(network.initialize(seededRandom(1), { dtype: 'float64' }));
  expect(deviation / 1e-3).toBeCloseTo(1, 1);
});
