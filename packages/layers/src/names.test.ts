/** The names that the compiler knows are those that the network has, and a name that it has not does not compile. */
import { referenceKernels } from '@longhand/kernels';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { relu } from './activations';
import { batchNorm } from './batch-norm';
import { conv2d } from './conv2d';
import { dense } from './dense';
import { networkFrom } from './description';
import type { Layer } from './layer';
import type { Network } from './network';
import { lenet5, lenetDocumented, presets, pytorchMnist, resnetSmall, sprint, wide } from './presets';
import { flatten } from './reshape';
import { residual } from './residual';
import { sequential } from './sequential';

type NameIn<Of> = Of extends Network<infer Name, string> ? Name : never;
type PathIn<Of> = Of extends Network<string, infer Path> ? Path : never;

const small = sequential({
  input: [4, 4, 1],
  layers: {
    conv: conv2d({ outChannels: 2, kernel: 3, padding: 'same' }),
    bn: batchNorm(),
    block: residual({ body: { fold: conv2d({ outChannels: 2, kernel: 1 }) } }),
    flatten: flatten(),
    fc: dense({ outFeatures: 2 }),
  },
  symbols: { fc: 'o' },
});

test('layers and parameters of a network', () => {
  expectTypeOf<NameIn<typeof small>>().toEqualTypeOf<'conv' | 'bn' | 'block' | 'flatten' | 'fc'>();
  type Learned = `${'conv' | 'bn' | 'block.body.fold' | 'fc'}.${'weight' | 'bias'}`;
  expectTypeOf<PathIn<typeof small>>().toEqualTypeOf<Learned | `bn.running_${'mean' | 'var'}`>();
  const parameters = small.zeros();
  expect(parameters.get('block.body.fold.weight').shape).toEqual([2, 2, 1, 1]);
  const pass = small.prepare({ kernels: referenceKernels, parameters, capacity: 1 });
  expect(pass.gradients.get('fc.bias').shape).toEqual([2]);
  expect(pass.layers.get('bn')?.y.length).toBe(32);
  // @ts-expect-error: there is no such parameter.
  expect(() => parameters.get('fc.weights')).toThrow('got fc.weights');
  // @ts-expect-error: there is no such layer.
  expect(pass.layers.get('conv2')).toBeUndefined();
  // @ts-expect-error: nor a symbol for one.
  sequential({ input: [2], layers: { fc: dense({ outFeatures: 1 }) }, symbols: { fc1: 'o' } });
});

test('what is known only when the program runs has any name', () => {
  const layers: Record<string, Layer> = { fc: dense({ outFeatures: 1 }), relu: relu() };
  expectTypeOf(sequential({ input: [2], layers })).toEqualTypeOf<Network>();
  expectTypeOf(networkFrom).returns.toEqualTypeOf<Network>();
  expectTypeOf(small).toExtend<Network>();
  // A layer of one's own need not say what its parameters are called.
  const own: Layer = relu();
  expectTypeOf<PathIn<ReturnType<typeof withOwn>>>().toEqualTypeOf<`own.${string}`>();
  const withOwn = () => sequential({ input: [2], layers: { own } });
  expect(withOwn().parameterEntries).toEqual([]);
});

describe('a preset has the names of its type', () => {
  const activations = <Count extends 1 | 2 | 3 | 4>(count: Count): `relu${Count}`[] =>
    [1, 2, 3, 4].slice(0, count).map((number) => `relu${number}` as `relu${Count}`);
  const learned = <Name extends string>(...names: Name[]): `${Name}.${'weight' | 'bias'}`[] =>
    names.flatMap((name) => [`${name}.weight` as const, `${name}.bias` as const]);

  function check<Name extends string, Path extends string>(
    network: Network<Name, Path>,
    names: NoInfer<Name>[],
    paths: NoInfer<Path>[],
  ): void {
    expect(network.layers.map(({ name }) => name).sort()).toEqual([...names].sort());
    const entries = [...network.parameterEntries, ...network.bufferEntries];
    expect(entries.map(({ path }) => path).sort()).toEqual([...paths].sort());
  }

  test('lenetDocumented, sprint, lenet5', () => {
    const two = learned('conv1', 'conv2', 'fc');
    check(lenetDocumented(), ['conv1', 'pool1', 'conv2', 'pool2', 'flatten', 'fc', ...activations(2)], two);
    const options = { activation: 'relu' } as const;
    check(sprint(options), ['crop', 'conv1', 'pool1', 'conv2', 'pool2', 'flatten', 'fc', ...activations(2)], two);
    const three = ['conv1', 'conv2', 'fc1', 'fc2', 'fc3'] as const;
    check(lenet5(), [...three, 'pool1', 'pool2', 'flatten', ...activations(4)], learned(...three));
  });

  test('wide, pytorchMnist', () => {
    const four = ['conv1', 'conv2', 'fc1', 'fc2'] as const;
    check(wide(), [...four, 'pool', 'flatten', ...activations(3)], learned(...four));
    check(pytorchMnist(), [...four, 'pool', 'dropout1', 'dropout2', 'flatten', ...activations(3)], learned(...four));
  });

  test('resnetSmall', () => {
    const normalized = <Conv extends string, Norm extends string>(conv: Conv, norm: Norm) => [
      `${conv}.weight` as const,
      ...(['weight', 'bias', 'running_mean', 'running_var'] as const).map((own) => `${norm}.${own}` as const),
    ];
    const block = <Name extends string>(name: Name) => [
      ...normalized(`${name}.body.conv1` as const, `${name}.body.bn1` as const),
      ...normalized(`${name}.body.conv2` as const, `${name}.body.bn2` as const),
      ...normalized(`${name}.shortcut.conv` as const, `${name}.shortcut.bn` as const),
    ];
    check(
      resnetSmall(),
      ['conv', 'bn', 'pool', 'block1', 'block2', 'globalPool', 'fc', ...activations(3)],
      [...normalized('conv', 'bn'), ...block('block1'), ...block('block2'), ...learned('fc')],
    );
  });

  test('all of them are networks', () => {
    expectTypeOf(presets).toExtend<Readonly<Record<string, () => Network>>>();
  });
});
