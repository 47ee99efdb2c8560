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
import { inFull } from './short-form';
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
const isOnAllSides = (value: unknown): boolean => value === 'valid' || value === 'same' || isNumber(value);
const sides: OptionRule = {
  expected: '"valid", "same", a number or {"top":1,"bottom":1,"left":1,"right":1}',
  fits: (value) => isOnAllSides(value) || hasSides(value),
};
const ends: OptionRule = {
  expected: '"valid", "same", a number or [before, after]',
  fits: (value) => isOnAllSides(value) || isPair(value),
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
};

/** A kind of layer: how it is made, the options it knows, and those that it cannot do without. */
interface LayerKind {
  readonly make: (options: never) => Layer;
  readonly options: Readonly<Record<string, OptionRule>>;
  readonly needed: readonly string[];
}

const activationNames = Object.keys(activationFunctions);

/** Every kind of layer. */
const kinds: Readonly<Record<string, LayerKind>> = {
  conv2d: {
    make: conv2d,
    options: { ...convolution, kernel: pairOption, stride: pairOption, padding: sides },
    needed: ['outChannels', 'kernel'],
  },
  conv1d: {
    make: conv1d,
    options: { ...convolution, kernel: count, stride: count, padding: ends },
    needed: ['outChannels', 'kernel'],
  },
  pool2d: {
    make: pool2d,
    options: { pooling: oneOf('max', 'mean'), window: pairOption, stride: pairOption },
    needed: ['pooling', 'window'],
  },
  dense: {
    make: dense,
    options: { outFeatures: count, bias: yesOrNo, initializer, biasInitializer: initializer },
    needed: ['outFeatures'],
  },
  activation: { make: activation, options: { activation: oneOf(...activationNames) }, needed: ['activation'] },
  softmax: { make: softmax, options: {}, needed: [] },
  flatten: { make: flatten, options: {}, needed: [] },
  reshape: { make: reshape, options: { shape: list }, needed: ['shape'] },
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
 * @param description what {@link describeNetwork} gave, or the same written by hand and parsed. There names may be left
 *   out, and layers without options written as their kind alone: `"relu"`, `"flatten"`
 * @param options the shape of an input, for a description that does not tell
 * @throws DescriptionError when it has another form, ShapeError when the layers do not fit together
 * @example networkFrom({ input: [2, 2, 1], layers: ['flatten', { kind: 'dense', outFeatures: 2 }] })
 */
export function networkFrom(description: unknown, options: { readonly input?: Shape } = {}): Network {
  const { input = options.input, layers: written, ...others } = isRecord(description) ? description : {};
  if (!Array.isArray(input) || !Array.isArray(written)) {
    throw new DescriptionError('network: expected an object with the lists "input" and "layers"');
  }
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) {
    throw new DescriptionError(`network: expected "input" and "layers" alone, got "${stranger}" besides`);
  }
  // Without a prototype, so that a layer may be called "constructor" or "__proto__".
  const layers: Record<string, Layer> = Object.create(null);
  const symbols: Record<string, string> = Object.create(null);
  for (const [index, entry] of inFull(written).entries()) {
    const { name, kind, symbol, ...options } = isRecord(entry) ? entry : {};
    if (typeof name !== 'string' || typeof kind !== 'string') {
      throw new DescriptionError(
        `network: expected a layer such as "relu" or {"kind":"dense","outFeatures":10} as number ${index + 1}, got ${JSON.stringify(entry)}`,
      );
    }
    if (Object.hasOwn(layers, name))
      throw new DescriptionError(`network: expected each layer name once, got '${name}' twice`);
    layers[name] = layerFrom(name, kind, options);
    if (symbol === undefined) continue;
    if (typeof symbol !== 'string') {
      throw new DescriptionError(`${name}: expected a text as symbol, got ${JSON.stringify(symbol)}`);
    }
    symbols[name] = symbol;
  }
  checkShape('network: input', input);
  return sequential({ input, layers, symbols });
}

function layerFrom(name: string, kind: string, options: Readonly<Record<string, unknown>>): Layer {
  const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (known === undefined) {
    const names = [...Object.keys(kinds), ...activationNames].join(', ');
    throw new DescriptionError(`${name}: expected one of the kinds ${names}; got ${kind}`);
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
  const missing = known.needed.find((option) => !Object.hasOwn(options, option));
  if (missing !== undefined) {
    const { expected } = known.options[missing];
    throw new DescriptionError(`${name}: expected ${expected} as ${missing} of a ${kind} layer, got none`);
  }
  return known.make(options as never);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
