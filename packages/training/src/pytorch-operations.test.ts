/** Every operation against PyTorch's figures in float64. */
import {
  type ActivationName,
  activationFunctions,
  activationGeometry,
  conv2dGeometry,
  globalAveragePoolGeometry,
  type KernelName,
  type Padding,
  type PoolPadding,
  pool2dGeometry,
  referenceKernels,
} from '@longhand/kernels';
import { describe, expect, test } from 'vitest';
import { PytorchFigures, relativeDistance } from '../fixtures/pytorch-figures';

const figures = new PytorchFigures('operations');

interface Settings {
  readonly operation: string;
  readonly kernel?: number | [number, number];
  readonly stride?: number | [number, number];
  readonly dilation?: [number, number];
  readonly groups?: number;
  readonly padding?: Padding;
  readonly flipped?: boolean;
  readonly window?: [number, number];
  readonly countIncludePad?: boolean;
  readonly negativeSlope?: number;
}

/** Both sides add up the same few numbers in float64, in another order. */
const tolerance = 1e-14;

/** Runs a kernel on arrays from the figures; what it writes is returned by name. */
function run(
  kernel: KernelName,
  geometry: object,
  reads: Record<string, Float64Array>,
  writes: Record<string, number>,
) {
  const written = Object.fromEntries(Object.entries(writes).map(([name, length]) => [name, new Float64Array(length)]));
  referenceKernels.prepare(kernel, geometry as never, { ...reads, ...written } as never)();
  return written;
}

function compare(name: string, written: Record<string, Float64Array>, batched = true, within = tolerance): void {
  for (const [array, values] of Object.entries(written)) {
    const expected = batched ? figures.batch(`${name}/${array}`) : figures.numbers(`${name}/${array}`);
    expect(relativeDistance(values, expected), `${name} ${array}`).toBeLessThan(within);
  }
}

describe.each(figures.cases)('%s', (name) => {
  const settings = figures.settings<Settings>(name);
  const x = figures.batch(`${name}/x`);
  const shape = figures.tensor(`${name}/x`).shape;
  const batch = shape[0];
  const dyOf = (): Float64Array => figures.batch(`${name}/dy`);

  if (settings.operation.startsWith('conv')) {
    test('convolution', () => {
      const [, inChannels, ...extents] = shape as [number, number, ...number[]];
      const is1d = extents.length === 1;
      const both = (value: number | [number, number] | undefined, rows: number): [number, number] =>
        Array.isArray(value) ? value : [is1d ? rows : (value ?? 1), value ?? 1];
      const padding = settings.padding as Padding;
      const geometry = conv2dGeometry(name, {
        batch,
        input: [is1d ? 1 : extents[0], extents.at(-1) as number, inChannels],
        outChannels: figures.tensor(`${name}/weight`).shape[0],
        kernel: both(settings.kernel, 1),
        stride: both(settings.stride, 1),
        dilation: both(settings.dilation, 1),
        groups: settings.groups ?? 1,
        padding: is1d && typeof padding === 'number' ? { top: 0, bottom: 0, left: padding, right: padding } : padding,
        flipped: settings.flipped ?? false,
      });
      const weight = figures.numbers(`${name}/weight`);
      const bias = figures.numbers(`${name}/bias`);
      const dy = dyOf();
      compare(name, run('conv2d', geometry, { x, weight, bias }, { y: dy.length }));
      compare(name, run('conv2dInputGrad', geometry, { dy, weight }, { dx: x.length }));
      compare(
        name,
        run('conv2dWeightGrad', geometry, { x, dy }, { dWeight: weight.length, dBias: bias.length }),
        false,
      );
    });
  } else if (settings.operation.endsWith('pool2d')) {
    test('pooling', () => {
      const [, channels, height, width] = shape as [number, number, number, number];
      const geometry = pool2dGeometry(name, {
        batch,
        input: [height, width, channels],
        window: settings.window as [number, number],
        stride: settings.stride as [number, number],
        padding: (settings.padding ?? 0) as PoolPadding,
        countIncludePad: settings.countIncludePad ?? true,
      });
      const dy = dyOf();
      const isMax = settings.operation.startsWith('max');
      const { y } = run(isMax ? 'maxPool2d' : 'meanPool2d', geometry, { x }, { y: dy.length }) as { y: Float64Array };
      compare(name, { y });
      const backward = isMax
        ? run('maxPool2dInputGrad', geometry, { x, y, dy }, { dx: x.length })
        : run('meanPool2dInputGrad', geometry, { dy }, { dx: x.length });
      compare(name, backward);
    });
  } else if (settings.operation === 'global-average-pool') {
    test('global average pooling', () => {
      const [, channels, height, width] = shape as [number, number, number, number];
      const geometry = globalAveragePoolGeometry(name, { batch, input: [height, width, channels] });
      const dy = dyOf();
      compare(name, run('globalAveragePool', geometry, { x }, { y: dy.length }));
      compare(name, run('globalAveragePoolInputGrad', geometry, { dy }, { dx: x.length }));
    });
  } else if (settings.operation === 'dense') {
    test('dense', () => {
      const weight = figures.numbers(`${name}/weight`);
      const bias = figures.numbers(`${name}/bias`);
      const dy = dyOf();
      const geometry = { batch, inFeatures: shape[1], outFeatures: bias.length, bias: true };
      compare(name, run('dense', geometry, { x, weight, bias }, { y: dy.length }));
      compare(name, run('denseInputGrad', geometry, { dy, weight }, { dx: x.length }));
      compare(name, run('denseWeightGrad', geometry, { x, dy }, { dWeight: weight.length, dBias: bias.length }), false);
    });
  } else if (settings.operation === 'softmax') {
    test('softmax', () => {
      const geometry = { batch, features: shape[1] };
      const { y } = run('softmax', geometry, { x }, { y: x.length }) as { y: Float64Array };
      compare(name, { y });
      compare(name, run('softmaxInputGrad', geometry, { y, dy: dyOf() }, { dx: x.length }));
    });
  } else if (Object.hasOwn(activationFunctions, settings.operation)) {
    test('activation', () => {
      const { operation, negativeSlope } = settings;
      const parameters = negativeSlope === undefined ? {} : { negativeSlope };
      const geometry = activationGeometry(name, operation as ActivationName, x.length, parameters);
      const { y } = run('activation', geometry, { x }, { y: x.length }) as { y: Float64Array };
      compare(name, { y });
      compare(name, run('activationInputGrad', geometry, { x, y, dy: dyOf() }, { dx: x.length }));
    });
  } else {
    test('loss', () => {
      const features = shape[1];
      const kernels = {
        'softmax-cross-entropy': ['softmaxCrossEntropy', true],
        'sigmoid-binary-cross-entropy': ['sigmoidBinaryCrossEntropy', true],
        'binary-cross-entropy': ['binaryCrossEntropy', false],
        'mean-squared-error': ['meanSquaredError', false],
      } as const;
      if (!Object.hasOwn(kernels, settings.operation)) {
        throw new Error(`expected a branch of this test for the figures' operation '${settings.operation}', got none`);
      }
      const [kernel, fromLogits] = kernels[settings.operation as keyof typeof kernels];
      const geometry = { batch, features, factor: 1 / features };
      const target = figures.batch(`${name}/target`);
      const imageWeight = new Float64Array(batch).fill(1 / batch);
      const outputs: Record<string, number> = fromLogits ? { y: x.length, loss: batch } : { loss: batch };
      const { y, loss } = run(kernel, geometry, { x, target }, outputs) as { y?: Float64Array; loss: Float64Array };
      const mean = loss.reduce((sum, value) => sum + value / batch, 0);
      expect(relativeDistance([mean], figures.numbers(`${name}/loss`))).toBeLessThan(tolerance);
      const gradient = run(
        `${kernel}InputGrad`,
        geometry,
        { ...(y ? { y } : { x }), target, imageWeight },
        { dx: x.length },
      );
      // PyTorch holds the denominator of saturated probabilities above the float32 number nearest 10⁻¹².
      compare(name, gradient, true, kernel === 'binaryCrossEntropy' ? 1e-8 : tolerance);
    });
  }
});
