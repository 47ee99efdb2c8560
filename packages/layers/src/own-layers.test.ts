/** Layers of a user: they run as they are, and are written down only if a module makes them. */
import { referenceKernels } from '@longhand/kernels';
import { fromModule, importModules, isBuiltIn, modulesIn } from '@longhand/schema';
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { relu } from './activations';
import { conv2d } from './conv2d';
import { dense } from './dense';
import { describeNetwork, networkFrom } from './description';
import { fuseLayers } from './fusion';
import { checkGradients } from './gradient-check';
import { summary } from './inspection';
import type { Layer } from './layer';
import { knownLayer } from './layer-kinds';
import { DescriptionError } from './layer-list';
import { pool2d } from './pool2d';
import { flatten } from './reshape';
import { residual } from './residual';
import { sequential } from './sequential';

const module = new URL('../fixtures/own-layers.mjs', import.meta.url).href;
const reference = { module, export: 'scale', options: { initial: 2 } };

/** A built-in layer in the user's hands: the same description, and a count of what is called. */
function counted(layer: Layer): { layer: Layer; calls: { forward: number; backward: number } } {
  const calls = { forward: 0, backward: 0 };
  return {
    calls,
    layer: {
      ...layer,
      prepare(binding) {
        const pass = layer.prepare(binding);
        return {
          ...pass,
          forward() {
            calls.forward++;
            pass.forward();
          },
          inputGradient() {
            calls.backward++;
            pass.inputGradient();
          },
        };
      },
    },
  };
}

const networkWith = (activation: Layer) =>
  sequential({
    input: [8, 8, 1],
    layers: {
      conv: conv2d({ outChannels: 2, kernel: 3 }),
      activation,
      pool: pool2d({ pooling: 'max', window: 2 }),
      flatten: flatten(),
      fc: dense({ outFeatures: 3 }),
    },
  });

test('a wrapped ReLU is not fused away: it is called', () => {
  const { layer, calls } = counted(relu());
  const network = networkWith(layer);
  expect(fuseLayers(network.layers).map(({ name }) => name)).toEqual(['conv', 'activation', 'pool', 'flatten', 'fc']);
  expect(fuseLayers(networkWith(relu()).layers).map(({ name }) => name)).toEqual(['conv', 'flatten', 'fc']);
  const parameters = network.initialize(seededRandom(1));
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 1, fuse: true });
  pass.forward();
  pass.backward();
  expect(calls).toEqual({ forward: 1, backward: 1 });
});

test.each([
  ['convolution', { conv: { ...conv2d({ outChannels: 2, kernel: 3 }) }, relu: relu() }],
  ['pooling', { relu: relu(), pool: { ...pool2d({ pooling: 'max', window: 2 }) } }],
])('a wrapped %s is not fused away', (_, own) => {
  const layers = {
    conv: conv2d({ outChannels: 2, kernel: 3 }),
    relu: relu(),
    pool: pool2d({ pooling: 'max', window: 2 }),
  };
  const network = sequential({ input: [8, 8, 1], layers: { ...layers, ...own } });
  for (const [name, layer] of Object.entries(own)) {
    if (!isBuiltIn(layer)) expect(fuseLayers(network.layers).find((fused) => fused.name === name)?.layer).toBe(layer);
  }
});

test('the gradient check calls the very object', () => {
  const { layer, calls } = counted(relu());
  expect(checkGradients(networkWith(layer)).passed).toBe(true);
  expect(calls.forward).toBeGreaterThan(100);
  expect(calls.backward).toBe(1);
});

test('an object of the user is not written down as the built-in layer that it wraps', () => {
  const { layer } = counted(relu());
  expect(knownLayer(layer)).toBeUndefined();
  expect(knownLayer(relu())?.kind).toBe('activation');
  expect(() => describeNetwork(networkWith(layer))).toThrow(
    new DescriptionError(
      'activation: expected a built-in layer or one of a module, got an object of your own (activation), which cannot be written down; make it with fromModule',
    ),
  );
});

test('a layer of a module is written down by its module, and made again by it', async () => {
  const scale = await fromModule<Layer>(reference);
  const network = networkWith(scale);
  expect(checkGradients(network).passed).toBe(true);
  expect(summary(network).rows[1]).toMatchObject({ name: 'activation', kind: 'scale', parameters: 2 });
  const description = JSON.parse(JSON.stringify(describeNetwork(network)));
  expect(description.layers[1]).toEqual({ name: 'activation', ...reference });
  expect(() => networkFrom(description)).toThrow(
    new DescriptionError(
      `activation: module ${module}: expected to be told that its code may run, got no such permission; if you trust it, give it among the modules`,
    ),
  );
  const again = networkFrom(description, { modules: await importModules(modulesIn(description)) });
  expect(describeNetwork(again)).toEqual(description);
  expect(again.initialize(seededRandom(1)).get('activation.weight').data).toEqual(Float32Array.of(2, 2));
});

test('written by hand, a layer of a module may be its module and export alone', async () => {
  const layers = [{ module, export: 'scale' }, 'flatten', { name: 'last', module, export: 'scale' }];
  const modules = await importModules([module]);
  const network = networkFrom({ input: [2, 2, 1], layers }, { modules });
  expect(network.parameterEntries.map(({ path }) => path)).toEqual(['scale.weight', 'last.weight']);
  const refused = (layer: object): (() => unknown) => {
    return () => networkFrom({ input: [2, 2, 1], layers: [layer] }, { modules });
  };
  expect(refused({ module, export: 'noLayer' })).toThrow(
    `noLayer: module ${module}: expected a layer, got {"prepare":"later"}`,
  );
  expect(refused({ module, export: 'scales' })).toThrow("expected a function as export 'scales', got none");
  expect(refused({ module, kind: 'relu' })).toThrow(
    "network, layer 1: expected one of the keys name, symbol, module, export, options, got 'kind'",
  );
});

test('a block with a layer of the user runs that very layer, and is written down only if a module makes it', async () => {
  const { layer, calls } = counted(relu());
  const own = networkWith(residual({ body: { relu: layer, pool: pool2d({ pooling: 'max', window: 1 }) } }));
  expect(isBuiltIn(own.layers[1].layer)).toBe(false);
  const pass = own.prepare({ kernels: referenceKernels, parameters: own.zeros(), capacity: 1, fuse: true });
  pass.forward();
  pass.backward();
  expect(calls).toEqual({ forward: 1, backward: 1 });
  expect(() => describeNetwork(own)).toThrow(
    'activation.body.relu: expected a built-in layer or one of a module, got an object of your own (activation)',
  );

  const ofModule = networkWith(residual({ body: { scale: await fromModule<Layer>(reference) }, shortcut: {} }));
  const description = JSON.parse(JSON.stringify(describeNetwork(ofModule)));
  expect(description.layers[1].body).toEqual([{ name: 'scale', ...reference }]);
  expect(() => networkFrom(description)).toThrow(`activation.body.scale: module ${module}: expected to be told`);
  const again = networkFrom(description, { modules: await importModules(modulesIn(description)) });
  expect(again.parameterEntries).toEqual(ofModule.parameterEntries);
});
