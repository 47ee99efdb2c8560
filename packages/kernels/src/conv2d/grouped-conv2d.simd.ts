/**
 * Convolutions with groups or dilation on vectors: `grouped-conv2d.assembly.ts`, once for each region of pixels that meet the
 * same taps.
 *
 * The input gradient is such a convolution, too: of dy, with inputs and outputs exchanged. Output row i meets input row
 * h = i · stride + p · dilation − top through kernel row p, so input row h meets output row i = (h + top − p · dilation) / stride.
 */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding, type SimdModule } from '../contract/simd-binding';
import type { Conv2dGeometry, conv2dSpecs } from './conv2d';
import { packed, range, weightAt } from './packed-weights';

type Specs = typeof conv2dSpecs;

export const groupedConv2d: SimdBinding<Specs['conv2d']> = (g, at, module) => {
  const [groupInputs, groupOutputs] = [g.inChannels / g.groups, g.outChannels / g.groups];
  const [rows, columns] = axesOf(g).map(({ inputs, outputs, kernel, stride, dilation, pad }) =>
    runsOf(outputs, 1, (output) =>
      range(kernel)
        .map((tap) => ({ tap, from: output * stride + tap * dilation - pad }))
        .filter(({ from }) => from >= 0 && from < inputs),
    ),
  );
  return convolveRegions(module, g, {
    from: { address: at.x, width: g.inWidth, groupChannels: groupInputs, strides: [g.strideHeight, g.strideWidth] },
    to: { address: at.y, width: g.outWidth, groupChannels: groupOutputs, strides: [1, 1] },
    rows,
    columns,
    weight: at.weight,
    weightOf: (group, output, input, p, q) => weightAt(g, group * groupOutputs + output, input, p, q),
    bias: g.bias ? at.bias : module.memory.reserve(g.outChannels * numberBytes),
  });
};

export const groupedConv2dInputGrad: SimdBinding<Specs['conv2dInputGrad']> = (g, at, module) => {
  const [groupInputs, groupOutputs] = [g.inChannels / g.groups, g.outChannels / g.groups];
  const [rows, columns] = axesOf(g).map(({ inputs, outputs, kernel, stride, dilation, pad }) =>
    runsOf(inputs, stride, (input) =>
      range(kernel)
        .map((tap) => ({ tap, from: (input + pad - tap * dilation) / stride }))
        .filter(({ from }) => from >= 0 && from < outputs && Number.isInteger(from)),
    ),
  );
  return convolveRegions(module, g, {
    from: { address: at.dy, width: g.outWidth, groupChannels: groupOutputs, strides: [1, 1] },
    to: { address: at.dx, width: g.inWidth, groupChannels: groupInputs, strides: [g.strideHeight, g.strideWidth] },
    rows,
    columns,
    weight: at.weight,
    weightOf: (group, input, output, p, q) => weightAt(g, group * groupOutputs + output, input, p, q),
    bias: module.memory.reserve(g.inChannels * numberBytes),
  });
};

/** The sizes of a convolution along its rows, and along its columns. */
function axesOf(g: Conv2dGeometry) {
  return [
    {
      inputs: g.inHeight,
      outputs: g.outHeight,
      kernel: g.kernelHeight,
      stride: g.strideHeight,
      dilation: g.dilationHeight,
      pad: g.padTop,
    },
    {
      inputs: g.inWidth,
      outputs: g.outWidth,
      kernel: g.kernelWidth,
      stride: g.strideWidth,
      dilation: g.dilationWidth,
      pad: g.padLeft,
    },
  ];
}

/** A row or column of the kernel, and which row or column of the image the first position of a run meets through it. */
interface Tap {
  readonly tap: number;
  readonly from: number;
}

/** Positions along an axis that meet the same taps: `first`, `first + step`, …, `count` of them. */
interface Run {
  readonly first: number;
  readonly count: number;
  readonly taps: readonly Tap[];
}

/** Divides the positions of an axis into runs. Positions of one remainder by `step` follow one another. */
function runsOf(positions: number, step: number, tapsAt: (position: number) => readonly Tap[]): Run[] {
  return range(Math.min(step, positions)).flatMap((remainder) => {
    const runs: { first: number; count: number; taps: readonly Tap[] }[] = [];
    for (let position = remainder; position < positions; position += step) {
      const taps = tapsAt(position);
      const last = runs.at(-1);
      if (last !== undefined && tapNumbers(last.taps) === tapNumbers(taps)) last.count++;
      else runs.push({ first: position, count: 1, taps });
    }
    return runs;
  });
}

const tapNumbers = (taps: readonly Tap[]): string => taps.map(({ tap }) => tap).join();

/** An image, and the steps between the pixels of a run in it. */
interface Image {
  readonly address: number;
  readonly width: number;
  /** Channels of one group. */
  readonly groupChannels: number;
  readonly strides: readonly [number, number];
}

/** A convolution of the image `from` into `to`. */
interface Convolution {
  readonly from: Image;
  readonly to: Image;
  readonly rows: readonly Run[];
  readonly columns: readonly Run[];
  readonly weight: number;
  /** The index of a weight, by its channel of `to` and of `from` within the group. */
  readonly weightOf: (group: number, to: number, from: number, p: number, q: number) => number;
  readonly bias: number;
}

/** Convolves every region: a run of rows by a run of columns. */
function convolveRegions(module: SimdModule, g: Conv2dGeometry, convolution: Convolution): () => void {
  const { from, to, rows, columns, weightOf, bias } = convolution;
  const batchStride = g.batch * numberBytes;
  const fromPixel = g.groups * from.groupChannels * batchStride;
  const toPixel = g.groups * to.groupChannels * batchStride;
  const [fromRow, toRow] = [from.width * fromPixel, to.width * toPixel];
  const taps = g.kernelHeight * g.kernelWidth * from.groupChannels;
  // Group by group, outputs in pairs, tap by tap; an odd output left over by itself.
  const order = range(g.groups).flatMap((group) =>
    range(to.groupChannels, 2).flatMap((o) =>
      range(g.kernelHeight).flatMap((p) =>
        range(g.kernelWidth).flatMap((q) =>
          range(from.groupChannels).flatMap((c) =>
            range(Math.min(2, to.groupChannels - o)).map((next) => weightOf(group, o + next, c, p, q)),
          ),
        ),
      ),
    ),
  );
  const weight = packed(module, convolution.weight, order);
  const runs = rows.flatMap((row) =>
    columns.map((column) => {
      const table = row.taps.flatMap((p) =>
        column.taps.flatMap((q) =>
          range(from.groupChannels).flatMap((c) => [
            p.from * fromRow + q.from * fromPixel + c * batchStride,
            ((p.tap * g.kernelWidth + q.tap) * from.groupChannels + c) * numberBytes,
          ]),
        ),
      );
      return bindFunction(module, 'groupedConv2d', {
        batchStride,
        outHeight: row.count,
        outWidth: column.count,
        groups: g.groups,
        groupOutputs: to.groupChannels,
        taps: module.memory.table(table),
        tapCount: table.length / 2,
        xRow: from.strides[0] * fromRow,
        xPixel: from.strides[1] * fromPixel,
        xGroup: from.groupChannels * batchStride,
        yRow: to.strides[0] * toRow,
        yPixel: to.strides[1] * toPixel,
        pairBytes: 2 * taps * numberBytes,
        singleBytes: taps * numberBytes,
        x: from.address,
        weight: weight.address,
        bias,
        y: to.address + row.first * toRow + column.first * toPixel,
      });
    }),
  );
  return () => {
    weight.pack();
    for (const run of runs) run();
  };
}
