// cspell:ignore flaten
import { expect, test } from 'vitest';
import { networkFrom } from './description';
import { layerHere } from './other-names';

/** What a name is said to be here. */
const saidOf = (name: string): string | undefined => {
  try {
    networkFrom({ layers: [{ kind: name }] }, { input: [28, 28, 1] });
  } catch (error) {
    return /; got .*$/.exec((error as Error).message)?.[0];
  }
  return undefined;
};

test.each([
  'Conv2d',
  'Conv2D',
  'MaxPool2d',
  'maxPool',
  'MaxPooling2D',
  'AvgPool2d',
  'AveragePooling2D',
  'AdaptiveAvgPool2d',
  'GlobalAveragePooling2D',
  'Linear',
  'Gemm',
  'BatchNormalization',
  'DepthwiseConv2D',
  'Hardswish',
  'swish',
  'Cropping2D',
])('%s is said in the words of network files, and what is said is a layer', (name) => {
  const here = layerHere(name) ?? '';
  expect(saidOf(name)).toBe(`; got ${name}, which is ${here} here`);
  const layer = JSON.parse(here);
  const before = layer.kind === 'dense' ? ['flatten'] : [];
  const { layers } = networkFrom({ layers: [...before, layer] }, { input: [28, 28, layer.groups ?? 1] });
  expect(layers).toHaveLength(before.length + 1);
});

test.each([
  ['dense', { outFeatures: 10, in_features: 784 }, '; leave it out, the layer before says it'],
  ['dense', { units: 10 }, "; it is 'outFeatures' here"],
  ['dense', { outFeatures: 10, kernel_size: 3 }, ''],
  ['dropout', { p: 0.5 }, "; it is 'rate' here"],
  ['conv2d', { outChannels: 8, kernelSize: 3 }, "; it is 'kernel' here"],
  ['conv2d', { outChannels: 8, kernel: 3, inChannels: 1 }, '; leave it out, the layer before says it'],
])('an option of another library, in a %s layer: %j', (kind, options, said) => {
  const strange = Object.keys(options).at(-1);
  expect(() => networkFrom({ input: [28, 28, 1], layers: [{ kind, ...options }] })).toThrow(
    new RegExp(`got ${strange}${said}$`),
  );
});

test('a name that is near is asked for, and any other is left alone', () => {
  expect(saidOf('flaten')).toBe("; got flaten; did you mean 'flatten'?");
  expect(saidOf('transformer')).toBe('; got transformer');
  expect(saidOf('constructor')).toBe('; got constructor');
});
