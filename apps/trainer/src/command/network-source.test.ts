/** Networks from files: what becomes of them, and every way in which they do not fit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeNetwork, lenet5 } from '@longhand/layers';
import { afterAll, describe, expect, test } from 'vitest';
import { CommandError, exitCodes } from './failure';
import { networkSource } from './network-source';

const folder = mkdtempSync(join(tmpdir(), 'longhand-networks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const digits = { name: 'MNIST train', height: 28, width: 28, channels: 1, classes: 10 };
const dense = { kind: 'dense', outFeatures: 10 };

function written(content: unknown): string {
  const file = join(folder, 'mine.json');
  writeFileSync(file, content instanceof Uint8Array || typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** The message without the folder, which is another in every run. */
function refusalOf(model: string, images = digits): string {
  try {
    networkSource({ network: 'lenet5', model }, images);
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    expect((error as CommandError).exitCode).toBe(exitCodes.data);
    return (error as Error).message.replace(join(folder, '/'), '');
  }
  throw new Error('expected a refusal');
}

test('a list alone is no network, and it is said what to write', () => {
  const file = written([{ kind: 'dense', outFeatures: 10 }]);
  expect(() => networkSource({ model: file }, digits)).toThrow(
    `${file}: expected an object with the list "layers", got the list alone; write {"layers": [ … ]} ("input" may be left out)`,
  );
});

test('a preset is built for the images', () => {
  const { name, network } = networkSource(
    { network: 'lenet5', activation: 'tanh', pooling: 'mean' },
    { ...digits, height: 32, width: 24, channels: 1, classes: 47 },
  );
  expect(name).toBe('lenet5');
  expect(describeNetwork(network)).toEqual(
    describeNetwork(lenet5({ activation: 'tanh', pooling: 'mean', image: [32, 24], classes: 47 })),
  );
});

test('a file takes the size of the images, unless it tells one', () => {
  const images = { ...digits, height: 20, width: 30 };
  for (const input of [undefined, [20, 30, 1]]) {
    const { name, network } = networkSource(
      { network: 'wide', model: written({ input, layers: ['flatten', dense] }) },
      images,
    );
    expect([name, network.inputShape, network.parameterCount]).toEqual(['mine', [20, 30, 1], 6010]);
  }
});

test('what describeNetwork gives is such a file', () => {
  const { network } = networkSource({ network: 'wide', model: written(describeNetwork(lenet5())) }, digits);
  expect(describeNetwork(network)).toEqual(describeNetwork(lenet5()));
});

test.each([
  ['one-layer', 7850],
  ['three-stages', 65_962],
])('the example %s', (example, parameters) => {
  const model = fileURLToPath(new URL(`../../../../data/networks/${example}.json`, import.meta.url));
  const { name, network } = networkSource({ network: 'wide', model }, digits);
  expect([name, network.parameterCount]).toEqual([example, parameters]);
});

describe('files that are no networks', () => {
  test.each<[unknown, RegExp]>([
    [
      '{\n  "layers": [\n    "relu" "flatten"\n  ]\n}',
      /^expected a network as JSON, got something else: .* line 3, column 12$/,
    ],
    ['{"layers":}', /^expected a network as JSON, got something else: Unexpected token '}'/],
    ['', /^expected a network as JSON, got an empty text$/],
    [Uint8Array.of(0xff, 0, 0xfe), /^expected a network as JSON, got a file that is no text$/],
    [[], /^expected an object with the list "layers", got the list alone; write /],
    [
      { layers: [{ kind: 'conv2d', outChannels: 4 }] },
      /^conv: expected a number or \[height, width\] as kernel of a conv2d layer, got none$/,
    ],
    [
      { layers: [{ kind: 'conv2d', outChannels: 4, kernel: 5 }, dense] },
      /^fc: expected a vector \[features\], got \[24, 24, 4\]; put flatten\(\) before it; conv gives \[24, 24, 4\]$/,
    ],
    [{ layers: [{ name: 'my layer', ...dense }] }, /expected layer names of letters, .* got 'my layer'$/],
  ])('%j', (content, message) => {
    const line = refusalOf(written(content));
    expect(line).toMatch(/^mine\.json: [^\n]+$/);
    expect(line.replace('mine.json: ', '')).toMatch(message);
  });

  test('a file that is not there, and a folder', () => {
    expect(refusalOf(join(folder, 'gone.json'))).toBe(
      'gone.json: expected a network as JSON, but there is no such file',
    );
    expect(refusalOf(join(folder, '.'))).toMatch(/: expected a network as JSON, but it is a folder$/);
  });
});

describe('networks that cannot tell these images apart', () => {
  test.each<[object, string]>([
    [
      { input: [32, 32, 1], layers: ['flatten', dense] },
      'expected the input [28, 28, 1], the size of the images of MNIST train, got [32, 32, 1]; leave "input" out to take any size',
    ],
    [
      { layers: [{ kind: 'conv2d', outChannels: 4, kernel: 5 }, 'relu'] },
      'expected 10 outputs, one for each class of MNIST train, got [24, 24, 4] from relu; end with "flatten" and {"kind":"dense","outFeatures":10}',
    ],
    [
      { layers: [] },
      'expected 10 outputs, one for each class of MNIST train, got [28, 28, 1] from the input; end with "flatten" and {"kind":"dense","outFeatures":10}',
    ],
    [
      { layers: ['flatten', { kind: 'dense', outFeatures: 12 }] },
      'expected 10 outputs, one for each class of MNIST train, got 12 from fc; give the last dense layer "outFeatures": 10',
    ],
    [
      { layers: ['flatten', dense, 'softmax'] },
      'softmax: expected no softmax at the end: the loss takes a softmax itself, and one more function before it keeps the network from being sure; leave it out',
    ],
    [
      { layers: ['flatten', dense, 'sigmoid', 'identity'] },
      'sigmoid: expected no sigmoid at the end: the loss takes a softmax itself, and one more function before it keeps the network from being sure; leave it out',
    ],
    [
      { layers: ['flatten', { kind: 'dense', outFeatures: 1e9 }, dense] },
      'network: expected at most 50,000,000 parameters, got 795,000,000,010; make fc1 smaller',
    ],
  ])('%j', (content, message) => {
    expect(refusalOf(written(content))).toBe(`mine.json: ${message}`);
  });

  test('nothing to learn', () => {
    const images = { ...digits, height: 2, width: 5 };
    expect(refusalOf(written({ layers: ['flatten'] }), images)).toBe(
      'mine.json: expected a layer that learns, got none; add a dense or a conv2d layer',
    );
  });
});
