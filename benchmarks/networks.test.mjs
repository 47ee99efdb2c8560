/** What the peers build is what Longhand's presets are. */
import { expect, test } from 'vitest';
import { describeNetwork, presets } from '../packages/layers/src/index';
import { networks } from './contestants.mjs';

// Every peer builds the plain networks; blocks and batch normalization not all of them know.
test('presets of convolutions, poolings and dense layers are measured', () => {
  const kinds = new Set(['conv2d', 'activation', 'pool2d', 'flatten', 'dense']);
  const plain = Object.keys(presets).filter((name) =>
    describeNetwork(presets[name]()).layers.every(({ kind }) => kinds.has(kind)),
  );
  expect(Object.keys(networks)).toEqual(plain);
});

test.each(Object.entries(networks))('%s is the preset', (name, { layers }) => {
  const described = describeNetwork(presets[name]()).layers;
  expect(layers).toEqual(described.map(({ name, symbol, initializer, ...layer }) => layer));
});
