/** What the peers are told to build is what Longhand makes of a network file or a preset. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { networkFrom, presets } from '../packages/layers/dist/index.js';
import { commonPresets, comparedNetwork, namesIn, panelFolder, writeForPeers } from './networks.mjs';
import { checkCommonLayers } from './peers/protocol.mjs';

const digit = [28, 28, 1];
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhand-benchmarks-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([...namesIn(panelFolder), ...commonPresets])('every peer builds %s', (name) => {
  const { layers } = comparedNetwork(name, digit);
  expect(() => checkCommonLayers(layers)).not.toThrow();
  expect(layers.at(-1).outputShape).toEqual([10]);
});

test('layers of other kinds are refused by name, not left out', () => {
  const { layers } = comparedNetwork('pytorch-mnist', digit);
  expect(() => checkCommonLayers(layers)).toThrow('knows no layer {"kind":"dropout","rate":0.25,"inputShape":');
});

test('numbers become pairs, and zeros are counted side by side', () => {
  const layers = [
    { kind: 'conv2d', outChannels: 8, kernel: 4, stride: 2, padding: 'same' },
    { kind: 'pool2d', pooling: 'mean', window: 3, stride: 1, padding: 1 },
    'flatten',
    { kind: 'dense', outFeatures: 10 },
  ];
  writeFileSync(join(folder, 'mine.json'), JSON.stringify({ layers }));
  const { name, input, layers: resolved } = comparedNetwork(join(folder, 'mine.json'), [9, 10, 3]);
  expect({ name, input }).toEqual({ name: 'mine', input: [9, 10, 3] });
  const [conv, pool] = resolved;
  // Five windows of four rows, two apart, cover 12 of the 9 rows: three are missing, the larger half below.
  expect(conv).toMatchObject({ kernel: [4, 4], stride: [2, 2], padding: [1, 2, 1, 1], bias: true, groups: 1 });
  expect(pool).toMatchObject({ kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1], countIncludePad: true });
  expect([conv, pool].map(({ inputShape, outputShape }) => [...inputShape, ...outputShape])).toEqual([
    [9, 10, 3, 5, 5, 8],
    [5, 5, 8, 5, 5, 8],
  ]);
});

test('blocks have the layers of both branches', () => {
  const block = comparedNetwork('resnet-small', digit).layers.find(({ kind }) => kind === 'residual');
  expect(block.body.map(({ kind }) => kind)).toEqual(['conv2d', 'batchNorm', 'activation', 'conv2d', 'batchNorm']);
  expect(block.shortcut.map(({ outputShape }) => outputShape.at(-1))).toEqual([28, 28]);
});

test('the programs get a file that describes the same network', () => {
  const file = writeForPeers(folder, comparedNetwork('lenet5', digit));
  const { name, description, learningRate } = JSON.parse(readFileSync(file, 'utf8'));
  expect({ name, learningRate }).toEqual({ name: 'lenet5', learningRate: 0.02 });
  expect(networkFrom(description).parameterCount).toBe(presets.lenet5().parameterCount);
});

test('a name that is none says which there are', () => {
  expect(() => comparedNetwork('lenet6', digit)).toThrow(/^--network lenet6: .*; expected lenet-documented, .*mlp/);
});
