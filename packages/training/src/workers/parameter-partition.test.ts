/** The shares of the ranks: every parameter has one owner, whatever the number of ranks, and none has much more than the others. */
import { lenet5, lenetDocumented, type Network, wide } from '@longhand/layers';
import { muon, type Optimizer, sgd } from '@longhand/optimizers';
import { expect, test } from 'vitest';
import { entriesOf, sliceOf, unitsOf } from './parameter-partition';

const byNumbers = sgd({ learningRate: 1 });
const byTensors = muon({ learningRate: 1 });

const networks: [string, Network][] = [
  ['lenet-documented', lenetDocumented()],
  ['lenet5', lenet5()],
  ['wide', wide()],
];

test.each(networks)('slices follow one another: %s', (_, { parameterEntries, parameterCount }) => {
  for (const optimizer of [byNumbers, byTensors] as Optimizer[]) {
    const units = unitsOf(parameterEntries, optimizer);
    for (const worldSize of [1, 2, 3, 8, 64]) {
      const slices = Array.from({ length: worldSize }, (_, rank) => sliceOf(units, rank, worldSize));
      expect(slices.map(({ begin }) => begin)).toEqual([0, ...slices.slice(0, -1).map(({ end }) => end)]);
      expect(slices.at(-1)).toMatchObject({ end: parameterCount, lastUnit: units.costs.length });
      if (optimizer === byNumbers) {
        for (const { begin, end } of slices) expect(end - begin).toBeLessThanOrEqual(parameterCount / worldSize + 32);
      }
    }
  }
});

test('to a rule of the user’s own, all parameters are one unit', () => {
  const { parameterEntries } = lenetDocumented();
  const own = { ...byNumbers };
  expect(unitsOf(parameterEntries, own).bounds).toEqual([0, 3898]);
  expect(unitsOf(parameterEntries, { ...own, wholeTensors: true }).bounds).toHaveLength(7);
});

test('the tensors of a slice', () => {
  const { parameterEntries } = lenetDocumented();
  const units = unitsOf(parameterEntries, byTensors);
  const found = [0, 1].flatMap((rank) => {
    const slice = sliceOf(units, rank, 2);
    return (entriesOf(parameterEntries, slice) ?? []).map((entry) => ({
      ...entry,
      offset: entry.offset + slice.begin,
    }));
  });
  expect(found).toEqual(parameterEntries);
  expect(entriesOf(parameterEntries, { firstUnit: 0, lastUnit: 1, begin: 0, end: 16 })).toBeUndefined();
});

test('units of whole tensors are the tensors', () => {
  const { parameterEntries } = lenetDocumented();
  const { bounds } = unitsOf(parameterEntries, byTensors);
  expect(bounds).toEqual([0, 150, 156, 1956, 1968, 3888, 3898]);
});

test('whole tensors are shared by the work of their matrices, not by their size', () => {
  const entry = (shape: number[], offset: number, length: number) => ({
    path: 'layer.weight',
    layer: 'layer',
    shape,
    offset,
    length,
  });
  // 1,000 rows of 1 are a thousand units of work, 32 rows of 32 are 32,768.
  const units = unitsOf(
    [entry([1000, 1], 0, 1000), entry([32, 32], 1000, 1024), entry([32, 32], 2024, 1024)],
    byTensors,
  );
  expect([0, 1].map((rank) => sliceOf(units, rank, 2).end)).toEqual([2024, 3048]);
});
