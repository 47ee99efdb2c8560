/** Files of every kind become models, or one line that says why not; nothing in them is trusted. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodeOnnx, encodeOnnx, readSafetensors, writeSafetensors } from '@longhand/formats';
import { dense, flatten, sequential } from '@longhand/layers';
import { encodeModel, encodeOnnxModel } from '@longhand/training';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixtureFile, fixtureModel } from '../../testing/fixture-model';
import { at, folder } from '../../testing/test-folder';
import { exitCodeOf } from './failure';
import { matchLines, noteLines } from './matched-tensors';
import { type ForeignFileOptions, modelOfBytes, readModel } from './model-source';

const own = readFileSync(fixtureFile);
/** The weights alone, as another program would save them. */
const foreign = writeSafetensors({ tensors: readSafetensors(own).tensors });
const onnx = encodeOnnxModel(fixtureModel, { normalization: true, softmax: true });
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('what a file tells', () => {
  test('a model file everything', () => {
    const { model, isOwn, assumed } = modelOfBytes(own, 'own');
    expect(encodeModel(model)).toEqual(new Uint8Array(own));
    expect({ isOwn, assumed }).toEqual({ isOwn: true, assumed: [] });
  });

  test('an ONNX file of longhand everything', () => {
    const { model, assumed } = modelOfBytes(onnx, 'own.onnx');
    expect(encodeModel(model)).toEqual(new Uint8Array(own));
    expect(assumed).toEqual([]);
  });

  test('weights alone very little: the rest is assumed, and said', () => {
    const { model, assumed, matched } = modelOfBytes(foreign, 'weights');
    // Every tensor has the name of its parameter.
    expect(matched).toEqual([]);
    expect(model.parameters.values).toEqual(fixtureModel.parameters.values);
    expect(model.classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(assumed).toEqual([
      'the network lenet-documented, which its shapes fit (--network)',
      'the activation relu (--activation)',
      'the pooling max (--pooling)',
      'pixels normalized as MNIST’s, by the mean 0.1307 and the standard deviation 0.3081 (--normalize-by)',
    ]);
  });

  test('what options say is not assumed', () => {
    const options: ForeignFileOptions = {
      network: 'lenet-documented',
      activation: 'tanh',
      pooling: 'mean',
      normalizeBy: { mean: 0.5, std: 0.25 },
      classNames: [...'abcdefghij'],
    };
    const { model, assumed } = modelOfBytes(foreign, 'weights', options);
    expect(assumed).toEqual([]);
    expect(model.network.layers.map(({ name }) => name)).toContain('tanh2');
    expect(model.normalization).toEqual({ mean: 0.5, std: 0.25 });
    expect(model.classes).toEqual([...'abcdefghij']);
  });

  test('of a checkpoint with two sets of weights one, and the other by its name', () => {
    const fixtures = new URL('../../../../packages/formats/fixtures/pytorch/', import.meta.url);
    const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, fixtures)));
    const conv = { kind: 'conv2d', outChannels: 2, kernel: 3 };
    const layers = [conv, 'batchNorm', 'flatten', { kind: 'dense', outFeatures: 3 }];
    writeFileSync(at('average.json'), JSON.stringify({ input: [4, 3, 1], layers }));
    const read = (entry?: string) =>
      modelOfBytes(bytes('average.pt'), 'average.pt', { model: at('average.json'), ...(entry && { entry }) });
    const first = read();
    expect(first.leftOut).toBe(
      'num_batches_tracked of 1 layers left out, which is of use to PyTorch alone; other weights left out: model_ema (--entry model_ema takes them); no weights and left out: epoch',
    );
    const average = read('model_ema');
    expect(average.leftOut).toContain('other weights left out: model (--entry model takes them)');
    expect([...average.model.parameters.values]).toEqual([...first.model.parameters.values].map((value) => value / 2));
    expect(() => modelOfBytes(own, 'own', { entry: 'model' })).toThrow();

    const dense = [3, 3, 3, 2].map((outFeatures) => ({ kind: 'dense', outFeatures }));
    writeFileSync(at('defined.json'), JSON.stringify({ input: [4], layers: dense }));
    const { assumed } = modelOfBytes(bytes('defined.pt'), 'defined.pt', { model: at('defined.json') });
    expect(assumed[0]).toMatch(/^layers of one shape in the order in which the module defines them, second as \w+ /);
  });

  test('of a network for colors nothing is assumed to be like MNIST, and numbers by channel have to be as many', () => {
    const network = sequential({ input: [4, 4, 3], layers: { flatten: flatten(), fc: dense({ outFeatures: 2 }) } });
    const colored = { network, parameters: network.zeros(), normalization: { mean: 0, std: 1 }, classes: ['a', 'b'] };
    const graph = decodeOnnx(encodeOnnxModel(colored), 'file');
    const bytes = encodeOnnx({ ...graph, metadata: {} });
    const { model, assumed } = modelOfBytes(bytes, 'file');
    expect(assumed).toEqual(['pixels from 0 to 1 (--normalize-by)']);
    expect(model.normalization).toEqual({ mean: 0, std: 1 });
    const normalizeBy = { mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.1] };
    expect(modelOfBytes(bytes, 'file', { normalizeBy })).toMatchObject({
      assumed: [],
      model: { normalization: normalizeBy },
    });
    expect(() => modelOfBytes(foreign, 'weights', { normalizeBy })).toThrow(
      "option '--normalize-by': expected one mean, or one for each of 1 channel, got 3",
    );
  });

  test('a network of one’s own is described in a file', () => {
    const net = at('net.json');
    const conv = (outChannels: number): object => ({ kind: 'conv2d', outChannels, kernel: 5 });
    const pool = { kind: 'pool2d', pooling: 'mean', window: 2 };
    const layers = [conv(6), 'silu', pool, conv(12), 'silu', pool, 'flatten', { kind: 'dense', outFeatures: 10 }];
    writeFileSync(net, JSON.stringify({ layers }));
    const { model, assumed, matched } = modelOfBytes(foreign, 'weights', { model: net });
    expect(model.parameters.values).toEqual(fixtureModel.parameters.values);
    expect(assumed).toHaveLength(1);
    // Layers without names are called as those of the presets.
    expect(matched).toEqual([]);
  });

  test('which tensor became which parameter, where names differ', () => {
    const names: Readonly<Record<string, string>> = { conv1: 'features.0', conv2: 'features.3', fc: 'classifier' };
    const tensors = [...readSafetensors(own).tensors].map(
      ([name, tensor]) => [name.replace(/^\w+/, (layer) => names[layer]), tensor] as const,
    );
    const { model, matched } = modelOfBytes(writeSafetensors({ tensors: new Map(tensors) }), 'weights');
    expect(model.parameters.values).toEqual(fixtureModel.parameters.values);
    expect(matchLines(matched)).toEqual([
      'conv1.weight ← features.0.weight [6, 1, 5, 5]',
      'conv1.bias ← features.0.bias [6]',
      'conv2.weight ← features.3.weight [12, 6, 5, 5]',
      'conv2.bias ← features.3.bias [12]',
      'fc.weight ← classifier.weight [10, 192]',
      'fc.bias ← classifier.bias [10]',
    ]);
    // A deep network does not fill the screen.
    const many = Array.from({ length: 30 }, () => matched[5]);
    expect([noteLines(many.slice(0, 24)).at(-1), noteLines(many).length]).toEqual([matchLines(matched)[5], 25]);
    expect(noteLines(many).at(-1)).toBe('… and 6 more; import and evaluate --json give all');
  });
});

test('of a state dict with batch normalization, the counts of batches are left out, and so is said', () => {
  const state = readFileSync(
    new URL('../../../../packages/training/fixtures/foreign/blocks.safetensors', import.meta.url),
  );
  const net = at('blocks.json');
  const conv = (name: string, outChannels: number, options: object): object => {
    return { name, kind: 'conv2d', outChannels, kernel: 3, padding: 1, bias: false, ...options };
  };
  const body = (outChannels: number, stride: number): object[] => [
    conv('conv1', outChannels, { stride }),
    { name: 'bn1', kind: 'batchNorm' },
    { kind: 'relu' },
    conv('conv2', outChannels, {}),
    { name: 'bn2', kind: 'batchNorm' },
  ];
  const shortcut = [conv('conv', 6, { kernel: 1, stride: 2, padding: 0 }), 'batchNorm'];
  const layersWith = (stem: object): object[] => [
    conv('conv', 4, { stride: 2 }),
    stem,
    { kind: 'relu' },
    { name: 'block1', kind: 'residual', body: body(4, 1) },
    { name: 'block2', kind: 'residual', body: body(6, 2), shortcut },
    { kind: 'globalAveragePool' },
    { kind: 'dense', outFeatures: 10 },
  ];
  const readWith = (stem: object) => {
    writeFileSync(net, JSON.stringify({ layers: layersWith(stem) }));
    return modelOfBytes(state, 'blocks.safetensors', { model: net });
  };
  const { model, leftOut, assumed } = readWith({ kind: 'batchNorm' });
  expect(model.parameters.get('block2.shortcut.bn.running_var').data).toHaveLength(6);
  expect(leftOut).toBe('num_batches_tracked of 6 layers left out, which is of use to PyTorch alone');
  expect(assumed).toHaveLength(1);
  expect(readWith({ kind: 'batchNorm', name: 'norm' }).assumed[0]).toBe(
    'layers of one shape in the order of their names, block1.body.bn2 as block1.body.bn1, block2.body.bn2 as block2.body.bn2 (--model, with names as in the file)',
  );
});

describe('files of torch.save', () => {
  const readAs = (name: string) => {
    const bytes = readFileSync(new URL(`../../../../packages/formats/fixtures/pytorch/${name}`, import.meta.url));
    const net = at('pytorch.json');
    const layers = [
      { name: 'conv', kind: 'conv2d', outChannels: 2, kernel: 3 },
      { name: 'bn', kind: 'batchNorm' },
      'flatten',
      { name: 'fc', kind: 'dense', outFeatures: 3 },
    ];
    writeFileSync(net, JSON.stringify({ input: [4, 3, 1], layers }));
    return modelOfBytes(bytes, name, { model: net });
  };
  const counts = 'num_batches_tracked of 1 layers left out, which is of use to PyTorch alone';

  test('of every form have the same weights', () => {
    const { model, leftOut } = readAs('state-dict.pt');
    expect(leftOut).toBe(counts);
    expect(model.parameters.get('bn.running_var').data).toEqual(Float32Array.of(1, 1));
    for (const name of ['state-dict-old.pt', 'state-dict-protocol-4.pt', 'checkpoint.pt', 'checkpoint-old.pt']) {
      expect(readAs(name).model.parameters.values, name).toEqual(model.parameters.values);
    }
  });

  test('a checkpoint has more than weights: what is left out is said', () => {
    const others = 'no weights and left out: epoch, best, name, done, none, steps, …';
    expect(readAs('checkpoint.pt').leftOut).toBe(`${counts}; ${others}`);
  });
});

describe('weights in a file beside the model', () => {
  const exporters = new URL('../../../../packages/formats/fixtures/exporters/', import.meta.url);
  const copies = at('beside');
  const model = join(copies, 'pytorch.onnx');
  const weights = join(copies, 'pytorch.onnx.data');
  const copy = (): void => {
    mkdirSync(copies, { recursive: true });
    for (const file of [model, weights]) {
      rmSync(file, { force: true });
      copyFileSync(new URL(basename(file), exporters), file);
    }
  };

  test('are read, also through links as download caches make them', async () => {
    copy();
    const { network } = await readModel(model);
    expect(network.outputShape).toEqual([4]);
    const links = at('links');
    mkdirSync(links, { recursive: true });
    for (const file of [model, weights]) symlinkSync(file, join(links, basename(file)));
    expect((await readModel(join(links, 'pytorch.onnx'))).network.outputShape).toEqual([4]);
  });

  test('are refused where they are missing, and where a link leads out of the folder', async () => {
    copy();
    rmSync(weights);
    await expect(readModel(model)).rejects.toThrow(
      `${weights}: expected the weights of ${model}, which it refers to, but there is no such file`,
    );
    writeFileSync(at('elsewhere'), new Uint8Array(9999));
    symlinkSync(at('elsewhere'), weights);
    await expect(readModel(model)).rejects.toThrow(
      /pytorch\.onnx\.data: expected the weights of .+, which it refers to in its folder, got a link to .+elsewhere; copy the file there$/,
    );
  });
});

describe('what is refused', () => {
  test.each<[string, Uint8Array, ForeignFileOptions, number, string]>([
    [
      'an option that a model file contradicts',
      own,
      { network: 'wide' },
      2,
      "option '--network': file says that itself; leave it out",
    ],
    [
      'an option that an ONNX file contradicts',
      onnx,
      { activation: 'tanh' },
      2,
      "option '--activation': file says that itself; leave it out",
    ],
    [
      'a second normalization',
      onnx,
      { normalizeBy: { mean: 0, std: 1 } },
      2,
      "option '--normalize-by': file says that itself; leave it out",
    ],
    [
      'too few names',
      foreign,
      { classNames: ['a', 'b'] },
      2,
      "option '--class-names': expected 10 names, no two alike, one for each output of file, got a, b",
    ],
    [
      'a zip',
      ascii('PK\x03\x04and more'),
      {},
      3,
      'file: expected a whole zip, got no directory at its end; fetch the file again',
    ],
    [
      'JSON',
      ascii('{"layers": []}'),
      {},
      3,
      'file: expected a model as safetensors, PyTorch, ONNX, TensorFlow.js or Keras, got JSON; a network without weights is given as --model',
    ],
    [
      'a page',
      ascii('<!doctype html>'),
      {},
      3,
      'file: expected a model as safetensors, PyTorch, ONNX, TensorFlow.js or Keras, got a page; export the model that it was made of',
    ],
    [
      'nothing',
      new Uint8Array(),
      {},
      3,
      'file: expected a model as safetensors, PyTorch, ONNX, TensorFlow.js or Keras, got an empty file; save it again',
    ],
    [
      'a network of TensorFlow.js without its weights',
      ascii('{"format":"layers-model","modelTopology":{}}'),
      {},
      3,
      'file: expected a weightsManifest, got none; save the model with its weights',
    ],
    [
      'the layers of a Keras model without its weights',
      ascii('{"class_name": "Sequential", "config": {"layers": []}}'),
      {},
      3,
      "file: expected a model as safetensors, PyTorch, ONNX, TensorFlow.js or Keras, got the layers of a Keras model without its weights; save the whole model in Python, model.save('model.keras')",
    ],
    [
      'a pointer of Git LFS',
      ascii('version https://git-lfs.github.com/spec/v1\n'),
      {},
      3,
      'file: expected a model as safetensors, PyTorch, ONNX, TensorFlow.js or Keras, got a pointer of Git LFS in place of the file; fetch it with git lfs pull',
    ],
    [
      'TensorFlow Lite',
      ascii('\x1c\0\0\0TFL3'),
      {},
      3,
      'file: expected a model as safetensors, PyTorch, ONNX, TensorFlow.js or Keras, got TensorFlow Lite, which has operators of its own; export the model that it was converted from as ONNX',
    ],
    [
      'a model of words',
      ascii('GGUF\x03'),
      {},
      3,
      'file: expected a model as safetensors, PyTorch, ONNX, TensorFlow.js or Keras, got GGUF, which holds language models; expected is a small network for images',
    ],
    [
      'HDF5',
      Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0),
      {},
      3,
      'file: expected a whole HDF5 file, got 9 bytes that end within it; save it again',
    ],
    [
      'bytes',
      Uint8Array.of(1, 2),
      {},
      3,
      'file: expected a model as safetensors, PyTorch, ONNX, TensorFlow.js or Keras, got something else',
    ],
    [
      'a picture',
      Uint8Array.of(0xff, 0xd8, 0xff),
      {},
      3,
      'file: expected a model as safetensors, PyTorch, ONNX, TensorFlow.js or Keras, got a JPEG image; predict takes images, with --model before the model',
    ],
  ])('%s', (_, bytes, options, code, message) => {
    let error: unknown;
    try {
      modelOfBytes(bytes, 'file', options);
    } catch (caught) {
      error = caught;
    }
    expect((error as Error).message).toBe(message);
    expect(exitCodeOf(error)).toBe(code);
  });

  test('a file that is not there', async () => {
    const refused = (file: string) => expect(readModel(file)).rejects;
    await refused(at('nowhere')).toThrow('nowhere: expected a model file, but there is no such file');
    await refused(folder).toThrow(
      /expected a model file, but it is a folder; give the file of a model, or the folder of a run that has one$/,
    );
    writeFileSync(join(folder, 'last.safetensors'), '');
    await refused(folder).toThrow(`but it is a folder; is it ${join(folder, 'last.safetensors')}?`);
    rmSync(join(folder, 'last.safetensors'));
    mkdirSync(at('saved'), { recursive: true });
    writeFileSync(at('saved/saved_model.pb'), '');
    await refused(at('saved')).toThrow(
      /but it is a folder, a SavedModel of TensorFlow, which has operators in place of layers; export the model that it was made of as ONNX$/,
    );
  });
});

/** More than a few thousand only when asked: `LONGHAND_FAULTS=100000`. */
const runs = Number(process.env.LONGHAND_FAULTS ?? 1500);
const fuzzing = { seed: 6, numRuns: Math.ceil(runs / 3) };

/** Bytes changed, cut away, doubled, and lengths made huge. */
function damaged(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const offset = fc.oneof(fc.nat({ max: Math.min(2000, bytes.length - 1) }), fc.nat({ max: bytes.length - 1 }));
  const edit = fc.oneof(
    fc.tuple(offset, fc.uint8Array({ minLength: 1, maxLength: 4 })),
    fc.tuple(
      offset,
      fc
        .constantFrom('ffffffff', 'ffffffffffffff7f', '00000000', '39393939393939', '7b', '22')
        .map((hex) => Buffer.from(hex, 'hex')),
    ),
  );
  return fc
    .tuple(fc.array(edit, { maxLength: 4 }), fc.option(offset), fc.option(offset))
    .map(([edits, cut, doubled]) => {
      let result = Uint8Array.from(bytes);
      for (const [from, values] of edits) result.set(values.subarray(0, result.length - from), from);
      if (doubled !== null)
        result = Uint8Array.from([...result.subarray(0, doubled), ...result.subarray(Math.max(0, doubled - 16))]);
      return cut === null ? result : result.subarray(0, cut);
    });
}

const errors = ['FormatError', 'ModelError', 'CommandError'];

describe.each([
  ['a model file', own],
  ['weights of another program', foreign],
  ['an ONNX file', onnx],
])('%s, damaged', (_, bytes) => {
  test('gives one clear line or a whole model, and asks for no more memory than a few copies of the file', () => {
    const before = process.memoryUsage().arrayBuffers;
    let read = 0;
    let most = 0;
    fc.assert(
      fc.property(damaged(bytes), (file) => {
        try {
          const { network, parameters } = modelOfBytes(file, 'file').model;
          expect(parameters.values).toHaveLength(network.parameterCount);
          expect(parameters.values.every(Number.isFinite)).toBe(true);
          read++;
        } catch (error) {
          expect(errors, (error as Error).stack).toContain((error as Error).name);
          expect((error as Error).message).toMatch(/^file: [^\n]+$/);
        }
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }),
      fuzzing,
    );
    // Some damage goes unnoticed: a weight is a weight.
    expect(read).toBeGreaterThan(0);
    expect(most).toBeLessThan(500_000_000);
  });
});
