import { describe, expect, test } from 'vitest';
import { onnxFile } from '../../fixtures/onnx-files';
import { int, ints, type Line, layersOf, modelOf, text } from '../../fixtures/onnx-graphs';
import { FormatError } from '../format-error';
import { decodeOnnx } from './decoder';
import { layersOfOnnx } from './layers-from-onnx';

describe('refuses', () => {
  const window = { kernel_shape: ints(2, 2) };
  const flat: Line = ['Flatten', 'x', 'f'];
  const cases: [string, Line[], RegExp | string][] = [
    [
      'an unknown operator',
      [['LSTM', 'x', 'y']],
      /^onnx: node "y" \(LSTM\): not one of the operators that this project knows: Conv, /,
    ],
    [
      'a name of the prototype',
      [['constructor', 'x', 'y']],
      /^onnx: node "y" \(constructor\): not one of the operators/,
    ],
    [
      'an operator of another domain',
      [['Relu', 'x', 'y', {}, 'com.example']],
      /^onnx: node "y" \(Relu\): not one of the op/,
    ],
    [
      'a product of branches',
      [
        ['Relu', 'x', 'r'],
        ['Mul', 'x r', 'y'],
      ],
      'node "y" (Mul): expected a constant, got "r"',
    ],
    [
      'a sum of two shapes',
      [
        ['Conv', 'x conv.weight', 'c', { auto_pad: text('SAME_UPPER') }],
        ['Add', 'c x', 'y'],
      ],
      'node "y" (Add): expected the sum of two results of one shape, got [1, 3, 3] and [2, 3, 3]',
    ],
    [
      'branches that meet again',
      [
        ['Relu', 'x', 'u'],
        ['Add', 'u x', 'v'],
        ['Tanh', 'v', 'w'],
        ['Add', 'w u', 'y'],
      ],
      'node "y" (Add): expected branches that part once and meet once, got a result that is in two sums',
    ],
    [
      'a normalization in one branch',
      [
        ['Mul', 'x half', 'r'],
        ['Add', 'x r', 'y'],
      ],
      'node "y" (Add): expected a normalization outside the branches of a sum, got one within',
    ],
    [
      'softmax in a branch',
      [flat, ['Softmax', 'f', 's', { axis: int(1) }], ['Add', 's f', 'y']],
      'node "y" (Add): expected a softmax outside the branches of a sum, got one within',
    ],
    [
      'a sum behind softmax',
      [flat, ['Softmax', 'f', 's', { axis: int(1) }], ['Relu', 's', 'r'], ['Add', 's r', 'y']],
      'node "r" (Relu): expected nothing behind softmax, got relu',
    ],
    [
      'a sum of three',
      [
        ['Relu', 'x', 'r'],
        ['Sum', 'x r r', 'y'],
      ],
      'node "y" (Sum): expected the sum of two results, got 3',
    ],
    [
      'an output without an input',
      [['Identity', 'half', 'y']],
      'expected an output that depends on the input, got "y"',
    ],
    [
      'batch normalization in training',
      [['BatchNormalization', 'x pair pair own pair', 'y', { training_mode: int(1) }]],
      'node "y" (BatchNormalization): expected a network in use, got one in training; export it after eval()',
    ],
    [
      'batch normalization of other channels',
      [['BatchNormalization', 'x row row row row', 'y']],
      'node "y" (BatchNormalization): expected 3 channels of the input, got 2',
    ],
    [
      'a dropout of everything',
      [['Dropout', 'x', 'y', { ratio: { type: 'float', value: 1 } }]],
      'node "y" (Dropout): expected a ratio from 0 to below 1, got 1',
    ],
    [
      'an unknown attribute',
      [['Relu', 'x', 'y', { slope: int(1) }]],
      'node "y" (Relu): expected no attribute "slope": this project does not know it',
    ],
    [
      'an attribute of another type',
      [['Flatten', 'x', 'y', { axis: ints(1) }]],
      'node "y" (Flatten): attribute "axis": expected int, got ints',
    ],
    [
      'groups that do not divide the channels',
      [['Conv', 'x conv.weight', 'y', { group: int(2) }]],
      'node "y" (Conv): expected groups that divide the 1 output channels, got 2',
    ],
    [
      'dilations of nothing',
      [['Conv', 'x conv.weight', 'y', { dilations: ints(1, 0) }]],
      'node "y" (Conv): expected steps and borders of whole numbers for 2 axes, got window [2, 2], dilations [1, 0], strides [1, 1], pads [0, 0, 0, 0]',
    ],
    ['bounds of no ReLU', [['Clip', 'x half', 'y']], 'node "y" (Clip): expected the bounds 0 and 6, got 0.5 and none'],
    [
      'bounds not from zero',
      [['Clip', 'x _ half', 'y']],
      'node "y" (Clip): expected the bounds 0 and 6, got none and 0.5',
    ],
    [
      'another approximation',
      [['Gelu', 'x', 'y', { approximate: text('quick') }]],
      'node "y" (Gelu): expected approximate none or tanh, got "quick"',
    ],
    [
      'a mean over one axis',
      [['ReduceMean', 'x', 'y', { axes: ints(2) }]],
      'node "y" (ReduceMean): expected the mean over all axes behind the channels, got the axes [2]',
    ],
    [
      'an error function of something else',
      [
        ['Erf', 'x', 'e'],
        ['Mul', 'e x', 'y'],
      ],
      /^onnx: node "e" \(Erf\): not one of the operators that this project knows: Conv, /,
    ],
    [
      'another kernel_shape',
      [['Conv', 'x conv.weight', 'y', { kernel_shape: ints(3, 3) }]],
      'node "y" (Conv): expected the kernel_shape [2, 2] of its weight, got [3, 3]',
    ],
    [
      'a computed weight',
      [
        ['Relu', 'x', 'r'],
        ['Conv', 'r x', 'y'],
      ],
      'node "y" (Conv): expected a constant, got "x"',
    ],
    [
      'a weight of whole numbers',
      [['Conv', 'x whole', 'y']],
      'node "y" (Conv): expected floats, got whole numbers in "whole"',
    ],
    ['an empty weight', [['Conv', 'x none', 'y']], 'node "y" (Conv): expected floats, got none in "none"'],
    [
      'a weight that does not fit',
      [
        ['Conv', 'x conv.weight', 'c'],
        ['Flatten', 'c', 'f'],
        ['Gemm', 'f fc.weight', 'y', { transB: int(1) }],
      ],
      'node "y" (Gemm): expected 18 inputs, got 4',
    ],
    [
      'a bias that does not fit',
      [['Conv', 'x conv.weight row', 'y']],
      'node "y" (Conv): expected 1 numbers in the bias, got 3',
    ],
    [
      'a window beyond the image',
      [['MaxPool', 'x', 'y', { kernel_shape: ints(2, 4) }]],
      'node "y" (MaxPool): expected a window within the input [2, 3, 3], got window [2, 4], strides [1, 1], pads [0, 0, 0, 0]',
    ],
    [
      'a border as wide as the window',
      [['MaxPool', 'x', 'y', { ...window, pads: ints(2, 0, 0, 0) }]],
      'node "y" (MaxPool): expected a border narrower than the window [2, 2], got [2, 0, 0, 0]',
    ],
    [
      'a stride of zero',
      [['MaxPool', 'x', 'y', { ...window, strides: ints(0, 1) }]],
      /steps and borders of whole numbers for 2 axes, got window \[2, 2\], strides \[0, 1\]/,
    ],
    [
      'ceil_mode',
      [['MaxPool', 'x', 'y', { ...window, strides: ints(2, 2), ceil_mode: int(1) }]],
      'node "y" (MaxPool): expected ceil_mode 0, got 1',
    ],
    [
      'ceil_mode behind zeros of another node, which are a part of the image',
      [
        ['Pad', 'x', 'p', { pads: ints(0, 0, 1, 1, 0, 0, 1, 1) }],
        ['AveragePool', 'p', 'y', { ...window, strides: ints(2, 2), count_include_pad: int(1), ceil_mode: int(1) }],
      ],
      'node "y" (AveragePool): expected ceil_mode 0, got 1',
    ],
    ['no window', [['MaxPool', 'x', 'y']], 'node "y" (MaxPool): expected a kernel_shape, got none'],
    [
      'the indices of a maximum',
      [
        ['MaxPool', 'x', 'm indices', window],
        ['Reshape', 'indices 0,-1', 'y'],
      ],
      'node "y" (Reshape): expected a result of the nodes before, got "indices"',
    ],
    [
      'an unknown auto_pad',
      [['MaxPool', 'x', 'y', { ...window, auto_pad: text('SAME') }]],
      'node "y" (MaxPool): expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got "SAME"',
    ],
    [
      'a product that is not flat',
      [['MatMul', 'x in_out', 'y']],
      'node "y" (MatMul): expected a flat input, got one of the shape [2, 3, 3]; flatten it first',
    ],
    [
      'a product with zero',
      [['Mul', 'x zero', 'y']],
      /^onnx: node "y" \(Mul\): expected finite numbers, got (NaN|Infinity)$/,
    ],
    [
      'a division by zero',
      [['Div', 'x zero', 'y']],
      'node "y" (Div): expected a standard deviation other than zero, got 0',
    ],
    [
      'a division of a constant',
      [['Div', 'half x', 'y']],
      'node "y" (Div): expected a division by a constant, got one of a constant',
    ],
    [
      'a constant for each column',
      [['Sub', 'x row', 'y']],
      'expected an output in the order of its last layer, [3, 2, 3], got another; export it with channels first',
    ],
    [
      'dropout in training',
      [['Dropout', 'x half whole', 'y']],
      'node "y" (Dropout): expected a network in use, got one in training; export it after eval()',
    ],
    [
      'another flatten',
      [['Flatten', 'x', 'y', { axis: int(2) }]],
      'node "y" (Flatten): expected axes of [batch, 2, 3, 3] joined or divided, got [2 batch, 9]',
    ],
    [
      'another reshape',
      [['Reshape', 'x whole', 'y']],
      'node "y" (Reshape): expected a shape for the entries of [batch, 2, 3, 3], got [1, 2]',
    ],
    [
      'a reshape to no row at all',
      [['Reshape', 'x 0,-1', 'y', { allowzero: int(1) }]],
      'node "y" (Reshape): expected a shape for the entries of [batch, 2, 3, 3], got [0, -1]',
    ],
    [
      'a reshape of all images to one row',
      [['Reshape', 'x 1,18', 'y']],
      'node "y" (Reshape): expected a shape for the entries of [batch, 2, 3, 3], got [1, 18]',
    ],
    [
      'a shape that grows without end',
      [
        ['Concat', 'whole whole whole whole whole', 's'],
        ['Reshape', 'x s', 'y'],
      ],
      'node "y" (Reshape): expected at most 8 whole numbers, got 10 whole numbers',
    ],
    [
      'an index beyond a shape',
      [
        ['Gather', 'whole 18', 's'],
        ['Reshape', 'x s', 'y'],
      ],
      'node "s" (Gather): expected an index into [2], got 18',
    ],
    [
      'softmax over rows',
      [['Softmax', 'x', 'y']],
      'node "y" (Softmax): expected a flat input, got one of the shape [2, 3, 3] along axis 3; flatten it first',
    ],
    [
      'softmax in the middle',
      [flat, ['Softmax', 'f', 's', { axis: int(1) }], ['Relu', 's', 'y']],
      'node "y" (Relu): expected nothing behind softmax, got relu',
    ],
    [
      'a constant of text',
      [
        ['Constant', '', 'c', { value_string: text('a') }],
        ['Sub', 'x c', 'y'],
      ],
      'node "c" (Constant): expected one constant of numbers, got another',
    ],
  ];
  test.each(cases)('%s', (_, lines, message) => {
    const expected = typeof message === 'string' ? new FormatError(`onnx: ${message}`) : message;
    expect(() => layersOf(lines)).toThrow(expected);
  });

  test('what PyTorch makes of an LSTM', () => {
    expect(() => layersOfOnnx(decodeOnnx(onnxFile('onnx-lstm.onnx')), 'lstm.onnx')).toThrow(
      /^lstm\.onnx: node ".+" \(ConstantOfShape\): not one of the operators that this project knows: Conv, BatchNormalization/,
    );
  });

  test('a chain without end', () => {
    const name = (k: number): string => (k === 0 ? 'x' : k === 1001 ? 'y' : `r${k}`);
    const lines = Array.from({ length: 1001 }, (_, k): Line => ['Relu', name(k), name(k + 1)]);
    expect(() => layersOf(lines)).toThrow('node "y" (Relu): expected a network of at most 1000 layers, got more');
  });

  test.each([
    ['an old opset', { opset: 6 }, 'expected opset 7 or newer, got 6; export it again'],
    [
      'an open extent',
      { shape: [1, -1] },
      'input "x": expected a batch and one to three fixed extents, got ["n",1,-1]',
    ],
    ['no extents', { shape: [] }, 'input "x": expected a batch and one to three fixed extents, got ["n"]'],
  ])('%s', (_, options, message) => {
    expect(() => layersOf([['Relu', 'x', 'y']], options)).toThrow(new FormatError(`onnx: ${message}`));
  });

  test('two outputs', () => {
    const model = modelOf([['Relu', 'x', 'y']]);
    const graph = { ...model.graph, outputs: [...model.graph.outputs, ...model.graph.inputs] };
    expect(() => layersOfOnnx({ ...model, graph })).toThrow(
      new FormatError('onnx: expected one output, got 2 "y" "x"'),
    );
  });
});
