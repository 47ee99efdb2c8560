import { describe, expect, test } from 'vitest';
import { onnxFigures, onnxFile, onnxFiles } from '../../fixtures/onnx-files';
import { FormatError } from '../format-error';
import { ProtobufWriter } from '../protobuf/protobuf-writer';
import { decodeOnnx } from './decoder';
import { encodeOnnx } from './encoder';
import type { OnnxModel, OnnxTensor } from './model';

const readable = onnxFiles.filter((name) => name !== 'onnx-external.onnx');

test('no fixture is left out', () => {
  expect(onnxFiles).toHaveLength(25);
});

describe.each(onnxFigures)('%s', (name, figures) => {
  const { opset, producer, graph } = decodeOnnx(onnxFile(name), name);

  test('has the nodes that PyTorch counts', () => {
    expect(producer.name).toBe('pytorch');
    expect(opset).toBe(figures.opset);
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(figures.operators);
    expect(graph.inputs[0]).toMatchObject({ name: 'input' });
    expect(graph.inputs[0].shape?.slice(1)).toEqual(figures.inputShape);
    expect(graph.outputs.map((output) => output.name)).toEqual(['logits']);
  });

  test('has the parameters of PyTorch', () => {
    for (const [parameter, samples] of Object.entries(figures.samples)) {
      const data = graph.initializers.get(parameter)?.data;
      // The TorchScript exporter renames what it transposes.
      if (data === undefined) expect(parameter).toMatch(/^(fc2\.weight|lstm\..*)$/);
      else for (const [index, value] of Object.entries(samples)) expect(data[Number(index)]).toBe(value);
    }
  });
});

test('a file with all ways to hold numbers', () => {
  const { initializers } = decodeOnnx(onnxFile('onnx-tensors.onnx')).graph;
  const values = [1 / 3, -2.5, 0, 65504, 2 ** -24, -0];
  const single = Float32Array.from(values);
  const half = Float32Array.from([0.333251953125, -2.5, 0, 65504, 2 ** -24, -0]);
  // bfloat16 as the fixture makes it: float32 without its lower half.
  const bfloat = Float32Array.from([0.33203125, -2.5, 0, 65280, 2 ** -24, -0]);
  const whole = BigInt64Array.of(-1n, 192n, 2n ** 62n, -(2n ** 63n));
  const expected: Record<string, OnnxTensor['data']> = {
    float32: single,
    float64: Float64Array.from(values),
    int64: whole,
    float16: half,
    bfloat16: bfloat,
  };
  for (const [type, data] of Object.entries(expected)) {
    const shape = type === 'int64' ? [4] : [2, 3];
    expect(initializers.get(`${type}.raw`), type).toEqual({ shape, data });
    expect(initializers.get(`${type}.listed`), type).toEqual({ shape, data });
  }
  expect(initializers.get('scalar')).toEqual({ shape: [], data: Float32Array.of(0.5) });
  expect(initializers.get('empty')).toEqual({ shape: [0], data: new BigInt64Array(0) });
});

test('metadata are text by any name', () => {
  const { metadata, opset } = decodeOnnx(onnxFile('onnx-tensors.onnx'));
  expect(Object.entries(metadata)).toEqual([
    ['épochs', '3 “epochs”\n'],
    ['__proto__', 'a name like any other'],
  ]);
  // Its operators come as those of "ai.onnx", another name for the standard's own.
  expect(opset).toBe(17);
});

test('integers of 32 bits have 64 here', () => {
  const { initializers } = decodeOnnx(onnxFile('onnx-int32.onnx')).graph;
  expect(initializers.get('steps')).toEqual({ shape: [1], data: BigInt64Array.of(7n) });
});

test.each(readable)('%s, read and written, says the same', (name) => {
  const model = decodeOnnx(onnxFile(name));
  expect(decodeOnnx(encodeOnnx(model))).toEqual(model);
});

describe('reading refuses', () => {
  const tensorMessage = (write: (tensor: ProtobufWriter) => void) =>
    fileOf((graph) => graph.message(5, (tensor) => write(tensor.text(8, 'w'))));

  /** A file with an opset and a graph. */
  function fileOf(write: (graph: ProtobufWriter) => void): Uint8Array {
    return new ProtobufWriter('test')
      .message(8, (set) => set.integer(2, 17))
      .message(7, write)
      .finish();
  }

  const node = (write: (attribute: ProtobufWriter) => void, count = 1) =>
    fileOf((graph) =>
      graph.message(1, (inner) => {
        inner.text(2, 'y').text(3, 'if').text(4, 'If');
        for (let k = 0; k < count; k++) inner.message(5, write);
      }),
    );

  test.each([
    ['an empty file', new Uint8Array(0), 'expected a graph, got none; is this an ONNX file?'],
    [
      'no opset',
      new ProtobufWriter('w').message(7, () => {}).finish(),
      "expected the version of ONNX's operators, got none; is this an ONNX file?",
    ],
    [
      'numbers in another file',
      onnxFile('onnx-external.onnx'),
      'initializer "conv1.weight": expected its numbers in the file itself, got a reference to "weights.bin"; give the option external, or export with external_data=False',
    ],
    [
      'a future element type',
      tensorMessage((t) => t.integer(2, 99).bytes(9, new Uint8Array(4))),
      'initializer "w": expected floats, or integers of at most 64 bits with a sign, got type 99',
    ],
    [
      'a huge shape',
      tensorMessage((t) =>
        t
          .integer(1, 2 ** 40)
          .integer(1, 2 ** 40)
          .integer(2, 1)
          .bytes(9, new Uint8Array(8)),
      ),
      'initializer "w": expected as many numbers as the shape "[1099511627776, 1099511627776]" has entries, got 2',
    ],
    [
      'a negative extent',
      tensorMessage((t) => t.integer(1, -1).integer(1, -2).integer(2, 1).bytes(9, new Uint8Array(8))),
      'initializer "w": expected as many numbers as the shape "[-1, -2]" has entries, got 2',
    ],
    [
      'half a number',
      tensorMessage((t) => t.integer(1, 1).integer(2, 1).bytes(9, new Uint8Array(5))),
      'initializer "w": expected numbers of 4 bytes each, got 5 bytes in all',
    ],
    [
      'too few listed numbers',
      tensorMessage((t) => t.integer(1, 2).integer(2, 7).integer(7, 5)),
      'initializer "w": expected as many numbers as the shape "[2]" has entries, got 1',
    ],
    [
      'an initializer twice',
      fileOf((graph) => {
        for (let k = 0; k < 2; k++) graph.message(5, (t) => t.text(8, 'w').integer(1, 1).integer(2, 1).float(4, 1));
      }),
      'initializer "w": expected every initializer to have a name of its own, got two of this name',
    ],
    [
      'a sparse initializer',
      fileOf((graph) => graph.message(15, () => {})),
      'expected dense initializers, got a sparse one; export it as a dense tensor',
    ],
    [
      'an attribute twice',
      node((attribute) => attribute.text(1, 'a').integer(20, 2), 2),
      'node "if" (If): attribute "a": expected every attribute once, got it twice',
    ],
    [
      'a subgraph',
      node((attribute) =>
        attribute
          .text(1, 'then_branch')
          .message(6, () => {})
          .integer(20, 5),
      ),
      'node "if" (If): attribute "then_branch": expected numbers, text or a tensor, got type 5 (subgraphs are not read)',
    ],
    [
      'a tensor that is not there',
      node((attribute) => attribute.text(1, 'value').integer(20, 4)),
      'node "if" (If): attribute "value": expected a tensor, got none',
    ],
    [
      'a node without operator',
      fileOf((graph) => graph.message(1, (inner) => inner.text(2, 'y'))),
      'node "y" (): expected an operator, got none',
    ],
    [
      'a value of no type',
      fileOf((graph) => graph.message(11, (value) => value.text(1, 'x'))),
      'value "x": expected the type of a tensor, got none',
    ],
    [
      'metadata twice',
      new ProtobufWriter('w')
        .message(8, (set) => set.integer(2, 17))
        .message(7, () => {})
        .message(14, (e) => e.text(1, 'a'))
        .message(14, (e) => e.text(1, 'a'))
        .finish(),
      'expected every name once in the metadata, got "a" twice',
    ],
  ] as [string, Uint8Array, string][])('%s', (_, bytes, message) => {
    expect(() => decodeOnnx(bytes, 'm.onnx')).toThrow(new FormatError(`m.onnx: ${message}`));
  });
});

const small: OnnxModel = {
  irVersion: 8,
  opset: 17,
  producer: { name: 'p', version: '1' },
  metadata: {},
  graph: {
    name: 'g',
    inputs: [{ name: 'x', elementType: 'float32', shape: ['batch', 2] }],
    outputs: [{ name: 'y', elementType: 'float32', shape: ['batch', 2] }],
    nodes: [{ name: 'n', operator: 'Relu', domain: '', inputs: ['x'], outputs: ['y'], attributes: new Map() }],
    initializers: new Map(),
  },
};

describe('writing refuses', () => {
  const [node] = small.graph.nodes;
  const within = (graph: Partial<OnnxModel['graph']>): OnnxModel => ({ ...small, graph: { ...small.graph, ...graph } });

  test.each([
    [
      'two values of one name',
      within({ nodes: [node, node] }),
      'expected every value to have a name of its own, got "y" twice',
    ],
    [
      'an initializer of the name of a result',
      within({ initializers: new Map([['y', { shape: [], data: Float32Array.of(1) }]]) }),
      'expected every value to have a name of its own, got "y" twice',
    ],
    [
      'an input without a name',
      within({ inputs: [{ name: '', elementType: 'float32' }] }),
      'expected a name for every input, got one without',
    ],
    ['an output from nowhere', within({ nodes: [] }), 'expected an output that a node computes, got "y"'],
    [
      'a shape that is not filled',
      within({ initializers: new Map([['w', { shape: [2], data: Float32Array.of(1) }]]) }),
      'initializer "w": expected as many numbers as the shape "[2]" has entries, got 1',
    ],
    [
      'a fraction for a whole number',
      within({ nodes: [{ ...node, attributes: new Map([['axis', { type: 'int', value: 0.5 }]]) }] }),
      'node "n" (Relu): attribute "axis": expected a whole number within ±2⁵³, got 0.5',
    ],
    ['a fraction for an opset', { ...small, opset: 1.5 }, 'expected a whole number within ±2⁵³, got 1.5'],
    [
      'metadata that are not text',
      { ...small, metadata: { epochs: 3 as unknown as string } },
      'expected a string as metadata "epochs", got 3',
    ],
    [
      'half a character',
      within({ name: '\ud83d' }),
      'expected whole characters, got "\\ud83d", which ends or begins within one',
    ],
  ] as [string, OnnxModel, string][])('%s', (_, model, message) => {
    expect(() => encodeOnnx(model)).toThrow(new FormatError(`encodeOnnx: ${message}`));
  });
});
