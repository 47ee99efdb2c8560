/** Convolution against sums done by hand, and its geometry against TensorFlow's rules. */
import { describe, expect, test } from 'vitest';
import { referenceKernels } from '../reference-kernels';
import { type Conv2dSizes, conv2dGeometry } from './conv2d';

function convolve(sizes: Omit<Conv2dSizes, 'batch'>, x: number[], weight: number[], bias: number[] = []): number[] {
  const geometry = conv2dGeometry('test', { batch: 1, bias: bias.length > 0, ...sizes });
  const y = new Float64Array(geometry.outHeight * geometry.outWidth * geometry.outChannels);
  referenceKernels.prepare('conv2d', geometry, {
    x: Float64Array.from(x),
    weight: Float64Array.from(weight),
    bias: Float64Array.from(bias),
    y,
  })();
  return [...y];
}

describe('values', () => {
  test('cross-correlation lays the kernel on as it is written', () => {
    const x = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(convolve({ input: [3, 3, 1], outChannels: 1, kernel: [2, 2] }, x, [1, 10, 100, 1000])).toEqual([
      1 + 20 + 400 + 5000,
      2 + 30 + 500 + 6000,
      4 + 50 + 700 + 8000,
      5 + 60 + 800 + 9000,
    ]);
  });

  test('true convolution turns it by 180°', () => {
    const x = [1, 2, 3, 4];
    const turned = convolve({ input: [2, 2, 1], outChannels: 1, kernel: [2, 2], flipped: true }, x, [1, 10, 100, 1000]);
    expect(turned).toEqual([1000 + 200 + 30 + 4]);
  });

  test('a sequence under SAME padding, two kernels, turned: 0.1, 0.2 with (0.1, 0.2, 0.3) and (0.3, 0.2, 0.1)', () => {
    const y = convolve(
      {
        input: [1, 2, 1],
        outChannels: 2,
        kernel: [1, 3],
        padding: { top: 0, bottom: 0, left: 1, right: 1 },
        flipped: true,
      },
      [0.1, 0.2],
      [0.1, 0.2, 0.3, 0.3, 0.2, 0.1],
      [0, 0],
    );
    // Channels are innermost: the first column of both maps, then the second.
    const expected = [0.04, 0.08, 0.07, 0.05];
    for (const [index, value] of y.entries()) expect(value).toBeCloseTo(expected[index], 15);
  });

  test('several channels add up, each output map has its bias', () => {
    // One pixel, channels (2, 3); weight[o][c] = ((10, 100), (1000, 10000)).
    expect(
      convolve({ input: [1, 1, 2], outChannels: 2, kernel: [1, 1] }, [2, 3], [10, 100, 1000, 10000], [1, 2]),
    ).toEqual([321, 32002]);
  });

  test('dilation 2 reads every other pixel', () => {
    const x = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const sizes = { input: [3, 3, 1], outChannels: 1, kernel: [2, 2], dilation: [2, 2] } as const;
    expect(convolve(sizes, x, [1, 10, 100, 1000])).toEqual([1 + 30 + 700 + 9000]);
  });

  test('two groups: each half of the maps sees its own half of the channels', () => {
    // One pixel, channels (2, 3 | 4, 5) to maps (o0, o1 | o2, o3); each map has the weights of two channels.
    const sizes = { input: [1, 1, 4], outChannels: 4, kernel: [1, 1], groups: 2 } as const;
    const weight = [1, 10, 100, 1000, 1, 10, 100, 1000];
    expect(convolve(sizes, [2, 3, 4, 5], weight)).toEqual([32, 3200, 54, 5400]);
  });

  test('depthwise: one kernel for each channel; with twice as many maps, two neighbors for each', () => {
    const input = [1, 2, 2] as const;
    // Channels (1, 2) and (3, 4) as pixels (1, 3), (2, 4).
    const x = [1, 3, 2, 4];
    expect(convolve({ input, outChannels: 2, kernel: [1, 2], groups: 2 }, x, [1, 10, 100, 1000])).toEqual([21, 4300]);
    const weight = [1, 10, 2, 20, 100, 1000, 200, 2000];
    expect(convolve({ input, outChannels: 4, kernel: [1, 2], groups: 2 }, x, weight)).toEqual([21, 42, 4300, 8600]);
  });

  test('images of a batch lie side by side and do not mix', () => {
    const geometry = conv2dGeometry('test', {
      batch: 2,
      input: [1, 2, 1],
      outChannels: 1,
      kernel: [1, 2],
      bias: false,
    });
    const y = new Float64Array(2);
    const x = Float64Array.from([1, 3, 2, 4]);
    const weight = Float64Array.from([1, 10]);
    referenceKernels.prepare('conv2d', geometry, { x, weight, bias: new Float64Array(0), y })();
    expect([...y]).toEqual([21, 43]);
  });
});

describe('geometry', () => {
  const extent = (input: number, kernel: number, stride: number, padding: Conv2dSizes['padding']) => {
    const geometry = conv2dGeometry('test', {
      batch: 1,
      input: [input, input, 1],
      outChannels: 1,
      kernel: [kernel, kernel],
      stride: [stride, stride],
      ...(padding === undefined ? {} : { padding }),
    });
    return { out: geometry.outHeight, before: geometry.padTop };
  };

  test.each([
    // input, kernel, stride → outputs and zeros before, as TensorFlow's "SAME" has them
    [5, 3, 1, 5, 1],
    [5, 2, 1, 5, 0],
    [5, 4, 1, 5, 1],
    [6, 3, 2, 3, 0],
    [7, 3, 2, 4, 1],
    [28, 5, 1, 28, 2],
    [28, 5, 2, 14, 1],
    [4, 1, 2, 2, 0],
  ])('SAME: %i wide, kernel %i, stride %i gives %i with %i before', (input, kernel, stride, out, before) => {
    expect(extent(input, kernel, stride, 'same')).toEqual({ out, before });
  });

  test('VALID and explicit padding', () => {
    expect(extent(28, 5, 1, 'valid')).toEqual({ out: 24, before: 0 });
    expect(extent(28, 5, 1, 2)).toEqual({ out: 28, before: 2 });
    expect(extent(4, 3, 2, { top: 0, bottom: 1, left: 1, right: 0 })).toEqual({ out: 2, before: 0 });
  });

  test.each([
    // input, kernel, dilation → as PyTorch's padding='same' has it, dilation · (kernel − 1) zeros, the odd one at the end
    [9, 3, 2, 9, 2],
    [9, 2, 3, 9, 1],
    [9, 4, 3, 9, 4],
    [3, 5, 4, 3, 8],
  ])('SAME: %i wide, kernel %i, dilation %i gives %i with %i before', (input, kernel, dilation, out, before) => {
    const sizes = { batch: 1, input: [1, input, 1], outChannels: 1, kernel: [1, kernel] } as const;
    const geometry = conv2dGeometry('test', { ...sizes, dilation: [1, dilation], padding: 'same' });
    expect({ out: geometry.outWidth, before: geometry.padLeft }).toEqual({ out, before });
  });

  test('VALID with dilation: ⌊(extent − dilation · (kernel − 1) − 1) / stride⌋ + 1', () => {
    const sizes = { batch: 1, input: [10, 11, 1], outChannels: 1, kernel: [3, 3] } as const;
    const geometry = conv2dGeometry('test', { ...sizes, dilation: [2, 3], stride: [2, 2] });
    expect([geometry.outHeight, geometry.outWidth]).toEqual([3, 3]);
  });

  test('groups and dilations that do not fit are refused in one line', () => {
    const sizes = { batch: 1, input: [4, 4, 6], outChannels: 8, kernel: [3, 3] } as const;
    expect(() => conv2dGeometry('conv2', { ...sizes, groups: 4 })).toThrow(
      'conv2: expected groups that divide the input and the output channels, got 4 groups of 6 and 8 channels; use a common divisor of both',
    );
    expect(() => conv2dGeometry('conv2', { ...sizes, groups: 3 })).toThrow('got 3 groups of 6 and 8 channels');
    expect(() => conv2dGeometry('conv2', { ...sizes, groups: 0 })).toThrow('at least 1 as groups, got 0');
    expect(() => conv2dGeometry('conv2', { ...sizes, dilation: [1, 0] })).toThrow('as dilation width, got 0');
    expect(() => conv2dGeometry('conv2', { ...sizes, dilation: [2, 1] })).toThrow(
      'conv2: expected an image of at least [5, 3] for the kernel, got [4, 4]',
    );
  });

  test('sizes that do not fit are refused in one line', () => {
    const sizes = { batch: 1, input: [4, 4, 1], outChannels: 1, kernel: [5, 5] } as const;
    expect(() => conv2dGeometry('conv2', sizes)).toThrow(
      'conv2: expected an image of at least [5, 5] for the kernel, got [4, 4] with its padding; use a smaller kernel or more padding',
    );
    expect(() => conv2dGeometry('conv1', { ...sizes, outChannels: 0 })).toThrow(
      'conv1: expected a whole number of at least 1 as output channels, got 0',
    );
    expect(() => conv2dGeometry('conv1', { ...sizes, stride: [1, 1.5] })).toThrow('stride width, got 1.5');
    expect(() => conv2dGeometry('conv1', { ...sizes, padding: -1 })).toThrow('at least 0 as padding top, got -1');
  });
});
