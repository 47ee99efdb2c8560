/** Residual blocks: shapes, paths, gradients in both modes, descriptions, summaries, fusion within. */
import { referenceKernels } from '@longhand/kernels';
import { type FloatArray, type Shape, seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { relu, tanh } from './activations';
import { batchNorm } from './batch-norm';
import { conv2d } from './conv2d';
import { dense } from './dense';
import { describeNetwork, networkFrom } from './description';
import { dropout } from './dropout';
import { checkGradients, checkLayerGradients } from './gradient-check';
import { summary, weightImages } from './inspection';
import type { Layer } from './layer';
import { everyLayer } from './layer-chain';
import { softmaxCrossEntropy } from './losses';
import { trainingContext } from './pass-context';
import { pool2d } from './pool2d';
import { flatten } from './reshape';
import { residual } from './residual';
import { sequential } from './sequential';

const conv = (outChannels: number, stride = 1): Layer =>
  conv2d({ outChannels, kernel: 3, padding: 1, stride, bias: false });

/** A block as in ResNet: two convolutions with batch normalization, and a shortcut that follows their stride and channels. */
const projection = (outChannels: number, stride: number): Layer =>
  residual({
    body: {
      conv1: conv(outChannels, stride),
      bn1: batchNorm(),
      tanh: tanh(),
      conv2: conv(outChannels),
      bn2: batchNorm(),
    },
    shortcut: { conv: conv2d({ outChannels, kernel: 1, stride, bias: false }), bn: batchNorm() },
  });

const network = sequential({
  input: [6, 6, 1],
  layers: {
    conv: conv(3),
    bn: batchNorm(),
    tanh: tanh(),
    block1: residual({ body: { conv: conv(3), bn: batchNorm() } }),
    block2: projection(4, 2),
    flatten: flatten(),
    drop: dropout({ rate: 0.3 }),
    fc: dense({ outFeatures: 3 }),
  },
});

const cases: { name: string; layer: Layer; input: Shape; output: Shape }[] = [
  {
    name: 'identity shortcut',
    layer: residual({ body: { conv: conv(2), tanh: tanh() } }),
    input: [4, 3, 2],
    output: [4, 3, 2],
  },
  { name: 'projection', layer: projection(3, 2), input: [5, 4, 2], output: [3, 2, 3] },
  {
    name: 'a shortcut that learns nothing',
    layer: residual({ body: { conv: conv(2, 2) }, shortcut: { pool: pool2d({ pooling: 'mean', window: 2 }) } }),
    input: [4, 4, 2],
    output: [2, 2, 2],
  },
  {
    name: 'a block within a block',
    layer: residual({ body: { inner: residual({ body: { fc: dense({ outFeatures: 4 }) } }), bn: batchNorm() } }),
    input: [4],
    output: [4],
  },
];

describe.each(cases)('$name', ({ layer, input, output }) => {
  test.each(['train', 'evaluate'] as const)('gradients in the mode %s', (mode) => {
    expect(layer.outputShape('block', input)).toEqual(output);
    const report = checkLayerGradients(layer, input, { mode, batch: 3 });
    expect(report.passed, report.message).toBe(true);
  });
});

test.each(['train', 'evaluate'] as const)('gradients of a whole network in the mode %s, through its loss', (mode) => {
  const report = checkGradients(network, { mode, batch: 4, loss: softmaxCrossEntropy() });
  expect(report.passed, report.message).toBe(true);
});

test.each(['train', 'evaluate'] as const)('a block before which nothing learns, in the mode %s', (mode) => {
  const first = sequential({ input: [4, 4, 2], layers: { block: projection(2, 1), flatten: flatten() } });
  const [asked, plain] = [true, false].map((inputGradient) => {
    const parameters = first.initialize(seededRandom(1));
    const options = { kernels: referenceKernels, parameters, capacity: 2, mode, gradients: true };
    const pass = first.prepare({ ...options, inputGradient });
    fill(pass.input, Math.sin);
    pass.forward();
    fill(pass.dOutput, Math.cos);
    pass.backward();
    return pass;
  });
  expect(plain.dInput).toBeUndefined();
  expect(plain.gradients?.values).toEqual(asked.gradients?.values);
});

/** Fills an array by index. */
function fill(array: FloatArray | undefined, value: (index: number) => number): void {
  array?.set(Array.from(array, (_, index) => value(index)));
}

test('parameters and buffers have the paths of their layers', () => {
  const paths = network.parameterEntries.map(({ path }) => path);
  expect(paths.filter((path) => path.startsWith('block2'))).toEqual([
    'block2.body.conv1.weight',
    'block2.body.bn1.weight',
    'block2.body.bn1.bias',
    'block2.body.conv2.weight',
    'block2.body.bn2.weight',
    'block2.body.bn2.bias',
    'block2.shortcut.conv.weight',
    'block2.shortcut.bn.weight',
    'block2.shortcut.bn.bias',
  ]);
  expect(network.bufferEntries.map(({ path }) => path).slice(0, 4)).toEqual([
    'bn.running_mean',
    'bn.running_var',
    'block1.body.bn.running_mean',
    'block1.body.bn.running_var',
  ]);
  expect(network.parameterEntries.find(({ path }) => path === 'block2.shortcut.conv.weight')?.shape).toEqual([
    4, 3, 1, 1,
  ]);
});

test('the sum is body plus shortcut, and nested passes can be looked at', () => {
  const parameters = network.initialize(seededRandom(3), { dtype: 'float64' });
  const context = trainingContext({ capacity: 2, random: seededRandom(1), dtype: 'float64' });
  context.step = 0;
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 2, context });
  fill(pass.input, Math.sin);
  pass.forward();
  const { y, nested } = pass.layers.get('block2') ?? {};
  expect([...(nested?.keys() ?? [])]).toEqual([
    'body.conv1',
    'body.bn1',
    'body.tanh',
    'body.conv2',
    'body.bn2',
    'shortcut.conv',
    'shortcut.bn',
  ]);
  const [body, shortcut] = [nested?.get('body.bn2')?.y ?? [], nested?.get('shortcut.bn')?.y ?? []];
  expect([...(y ?? [])]).toEqual(Array.from(body, (value, at) => value + shortcut[at]));
  const { y: identity, nested: inner } = pass.layers.get('block1') ?? {};
  const x = pass.layers.get('tanh')?.y ?? [];
  expect([...(identity ?? [])]).toEqual(Array.from(inner?.get('body.bn')?.y ?? [], (value, at) => value + x[at]));
});

describe('as plain data', () => {
  test('a network with blocks comes back from its description', () => {
    const text = JSON.stringify(describeNetwork(network));
    const again = networkFrom(JSON.parse(text));
    expect(JSON.stringify(describeNetwork(again))).toBe(text);
    expect(again.parameterEntries).toEqual(network.parameterEntries);
    expect(again.bufferEntries).toEqual(network.bufferEntries);
    expect(again.initialize(seededRandom(1)).values).toEqual(network.initialize(seededRandom(1)).values);
  });

  test('by hand, names may be left out within a block too', () => {
    const written = networkFrom({
      input: [4, 4, 1],
      layers: [
        { kind: 'residual', body: [{ kind: 'conv2d', outChannels: 1, kernel: 1 }, 'batchNorm', 'relu', 'batchNorm'] },
        'relu',
        'flatten',
      ],
    });
    expect(everyLayer(written.layers).map(({ name }) => name)).toEqual([
      'block.body.conv',
      'block.body.bn1',
      'block.body.relu',
      'block.body.bn2',
      'block',
      'relu',
      'flatten',
    ]);
  });

  test.each<[string, object, string]>([
    ['no body', { body: [] }, 'residual: expected at least one layer in the body, got none'],
    ['a body of another form', { body: 'relu' }, 'block: expected a list of layers as body, got "relu"'],
    ['no such kind', { body: ['linear'] }, 'block.body.linear: expected one of the kinds'],
    [
      'an unknown option',
      { body: ['relu'], shortcuts: [] },
      'block: expected the options body, shortcut for a residual layer',
    ],
    [
      'a wrong option within',
      { body: [{ kind: 'dropout', rate: 'x' }] },
      'block.body.dropout: expected a number as rate, got "x"',
    ],
    [
      'a name twice',
      {
        body: [
          { name: 'a', kind: 'relu' },
          { name: 'a', kind: 'relu' },
        ],
      },
      "block.body: expected each layer name once, got 'a' twice",
    ],
    ['no layer', { body: [7] }, 'block.body: expected a layer such as "relu" or'],
    [
      'a symbol',
      { body: [{ kind: 'relu', symbol: 'C' }] },
      'block.body.relu: expected no symbol for a layer within a block, got C',
    ],
    [
      'a shape that does not fit',
      { body: [{ kind: 'dense', outFeatures: 2 }] },
      'block.body.fc: expected a vector [features], got [4, 4, 1]; put flatten() before it; the input of the block gives [4, 4, 1]',
    ],
    [
      'branches of two shapes',
      { body: [{ kind: 'conv2d', outChannels: 1, kernel: 3 }] },
      'block: expected body and shortcut to give the same shape, got [2, 2, 1] and [4, 4, 1]; give the shortcut a convolution of size 1',
    ],
  ])('%s is refused in one line', (_, options, message) => {
    const description = { input: [4, 4, 1], layers: [{ kind: 'residual', ...options }] };
    expect(() => networkFrom(description)).toThrow(message);
  });
});

test('a summary has a row for each nested layer, and the sums are those of the network', () => {
  const { rows, parameters } = summary(network);
  expect(rows.map(({ name }) => name).slice(3, 7)).toEqual([
    'block1.body.conv',
    'block1.body.bn',
    'block1',
    'block2.body.conv1',
  ]);
  expect(rows.find(({ name }) => name === 'block2')).toEqual({
    name: 'block2',
    kind: 'residual',
    symbol: undefined,
    outputShape: [3, 3, 4],
    parameters: 0,
    buffers: 0,
    multiplyAdds: 0,
  });
  expect(rows.reduce((sum, row) => sum + row.parameters, 0)).toBe(parameters);
  const block = network.layers.find(({ name }) => name === 'block2');
  const own = rows.filter(({ name }) => name.startsWith('block2'));
  expect(own.reduce((sum, row) => sum + row.multiplyAdds, 0)).toBe(block?.layer.multiplyAdds('block2', [6, 6, 3]));
  expect(weightImages(network, network.zeros(), 'block2.body.conv1')).toMatchObject({
    outputs: 4,
    inputs: 3,
    height: 3,
  });
});

test('layers within a block are fused like those of a network', () => {
  const block = residual({
    body: { conv: conv(3), relu: relu(), pool: pool2d({ pooling: 'max', window: 2 }) },
    shortcut: {
      relu: relu(),
      pool: pool2d({ pooling: 'max', window: 2 }),
      conv: conv2d({ outChannels: 3, kernel: 1 }),
    },
  });
  const within = sequential({ input: [6, 6, 2], layers: { stem: conv(2), block, flatten: flatten() } });
  const parameters = within.initialize(seededRandom(2), { dtype: 'float64' });
  const [plain, fused] = [false, true].map((fuse) => {
    const pass = within.prepare({ kernels: referenceKernels, parameters, capacity: 3, fuse });
    fill(pass.input, Math.sin);
    pass.forward();
    fill(pass.dOutput, Math.cos);
    pass.backward();
    return pass;
  });
  expect([...(fused.layers.get('block')?.nested?.keys() ?? [])]).toEqual([
    'body.conv',
    'shortcut.pool',
    'shortcut.conv',
  ]);
  for (const [at, value] of plain.output.entries()) expect(fused.output[at]).toBeCloseTo(value, 12);
  for (const [at, value] of (plain.gradients?.values ?? []).entries()) {
    expect(fused.gradients?.values[at]).toBeCloseTo(value, 11);
  }
});
