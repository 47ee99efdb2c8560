/**
 * Networks as plain data and back: what a model file keeps, and what a person can write by hand.
 * Descriptions may come from anywhere, so everything in them is checked and named when it does not fit.
 */
import { activationFunctions } from '@longhand/kernels';
import { checkShape, type Shape } from '@longhand/tensor';
import { activation } from './activations';
import { conv1d, conv2d } from './conv2d';
import { dense } from './dense';
import { isInitializer } from './initializers';
import type { Layer, LayerDescription } from './layer';
import { pool2d } from './pool2d';
import { flatten, reshape } from './reshape';
import { type Network, sequential } from './sequential';
import { softmax } from './softmax';

/** A network as plain data. */
export interface NetworkDescription {
  /** The shape of one input. */
  readonly input: Shape;
  /** Each layer's kind and options, with its name, in order. */
  readonly layers: readonly (LayerDescription & { readonly name: string; readonly symbol?: string })[];
}

/** A description that does not make a network. The message is one line and names the layer. */
export class DescriptionError extends Error {
  override readonly name = 'DescriptionError';
}

/** What an option may be: in words, and as a test. Numbers and shapes are judged by the layers themselves. */
interface OptionRule {
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
}

const isNumber = (value: unknown): boolean => typeof value === 'number';
const isPair = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every(isNumber);
const count: OptionRule = { expected: 'a number', fits: isNumber };
const pairOption: OptionRule = {
  expected: 'a number or [height, width]',
  fits: (value) => isNumber(value) || isPair(value),
};
const yesOrNo: OptionRule = { expected: 'true or false', fits: (value) => typeof value === 'boolean' };
const initializer: OptionRule = {
  expected: 'an initializer such as {"scheme":"he","distribution":"uniform"}',
  fits: isInitializer,
};
const padding: OptionRule = {
  expected: '"valid", "same", a number or numbers for the sides',
  fits: (value) => value === 'valid' || value === 'same' || isNumber(value) || isPair(value) || hasSides(value),
};
const oneOf = (...names: readonly string[]): OptionRule => ({
  expected: names.map((name) => `"${name}"`).join(' or '),
  fits: (value) => names.includes(value as string),
});
const list: OptionRule = {
  expected: 'a list of numbers',
  fits: (value) => Array.isArray(value) && value.every(isNumber),
};

function hasSides(value: unknown): boolean {
  return isRecord(value) && ['top', 'bottom', 'left', 'right'].every((side) => isNumber(value[side]));
}

const convolution = {
  outChannels: count,
  trueConvolution: yesOrNo,
  bias: yesOrNo,
  initializer,
  biasInitializer: initializer,
  padding,
};

/** Every kind of layer: how it is made, and the options it knows. */
const kinds: Readonly<
  Record<string, { make: (options: never) => Layer; options: Readonly<Record<string, OptionRule>> }>
> = {
  conv2d: { make: conv2d, options: { ...convolution, kernel: pairOption, stride: pairOption } },
  conv1d: { make: conv1d, options: { ...convolution, kernel: count, stride: count } },
  pool2d: { make: pool2d, options: { pooling: oneOf('max', 'mean'), window: pairOption, stride: pairOption } },
  dense: { make: dense, options: { outFeatures: count, bias: yesOrNo, initializer, biasInitializer: initializer } },
  activation: { make: activation, options: { activation: oneOf(...Object.keys(activationFunctions)) } },
  softmax: { make: softmax, options: {} },
  flatten: { make: flatten, options: {} },
  reshape: { make: reshape, options: { shape: list } },
};

/** The network as plain data, ready for `JSON.stringify`. */
export function describeNetwork(network: Network): NetworkDescription {
  return {
    input: network.inputShape,
    layers: network.layers.map(({ name, symbol, layer }) => ({
      name,
      ...(symbol === undefined ? {} : { symbol }),
      ...layer.description,
    })),
  };
}

/**
 * The network of a description.
 *
 * @param description what {@link describeNetwork} gave, or the same written by hand and parsed
 * @throws DescriptionError when it has another form, ShapeError when the layers do not fit together
 * @example networkFrom({ input: [4], layers: [{ name: 'fc', kind: 'dense', outFeatures: 2 }] })
 */
export function networkFrom(description: unknown): Network {
  if (!isRecord(description) || !Array.isArray(description.input) || !Array.isArray(description.layers)) {
    throw new DescriptionError('network: expected an object with the lists "input" and "layers"');
  }
  // Without a prototype, so that a layer may be called "constructor" or "__proto__".
  const layers: Record<string, Layer> = Object.create(null);
  const symbols: Record<string, string> = Object.create(null);
  for (const [index, entry] of description.layers.entries()) {
    const { name, kind, symbol, ...options } = isRecord(entry) ? entry : {};
    if (typeof name !== 'string' || typeof kind !== 'string') {
      throw new DescriptionError(
        `network: expected a "name" and a "kind" for layer ${index + 1}, got ${JSON.stringify(entry)}`,
      );
    }
    if (Object.hasOwn(layers, name))
      throw new DescriptionError(`network: expected each layer name once, got '${name}' twice`);
    layers[name] = layerFrom(name, kind, options);
    if (typeof symbol === 'string') symbols[name] = symbol;
  }
  const input = description.input as Shape;
  checkShape('network: input', input);
  return sequential({ input, layers, symbols });
}

function layerFrom(name: string, kind: string, options: Readonly<Record<string, unknown>>): Layer {
  const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (known === undefined) {
    throw new DescriptionError(`${name}: expected one of the kinds ${Object.keys(kinds).join(', ')}; got ${kind}`);
  }
  for (const [option, value] of Object.entries(options)) {
    const rule = Object.hasOwn(known.options, option) ? known.options[option] : undefined;
    if (rule === undefined) {
      const names = Object.keys(known.options).join(', ');
      throw new DescriptionError(
        `${name}: expected ${names === '' ? 'no options' : `the options ${names}`} for a ${kind} layer, got ${option}`,
      );
    }
    if (!rule.fits(value)) {
      throw new DescriptionError(`${name}: expected ${rule.expected} as ${option}, got ${JSON.stringify(value)}`);
    }
  }
  return known.make(options as never);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
