/** What the peers build is what Longhand's presets are. */
import { expect, test } from 'vitest';
import { describeNetwork, presets } from '../packages/layers/src/index';
import { networks } from './contestants.mjs';

test('every preset is measured', () => {
  expect(Object.keys(networks)).toEqual(Object.keys(presets));
});

test.each(Object.entries(networks))('%s is the preset', (name, { layers }) => {
  const described = describeNetwork(presets[name]()).layers;
  expect(layers).toEqual(described.map(({ name, symbol, initializer, ...layer }) => layer));
});
