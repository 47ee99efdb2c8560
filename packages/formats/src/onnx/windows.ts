/** The windows of convolutions and pooling: strides and pads with the standard's defaults. */
import type { Shape } from '@longhand/tensor';
import { shown } from '../format-error';
import type { OnnxPool } from './layer';
import type { NodeView } from './node-view';

/**
 * Strides and pads of a node; the pads of `auto_pad` follow from the input.
 *
 * @param axes the spatial extents of the input
 * @param spans the extents of a window, with the gaps of its dilation
 */
export function windowSteps(view: NodeView, axes: Shape, spans: readonly number[]): Pick<OnnxPool, 'strides' | 'pads'> {
  const strides = view.ints('strides') ?? spans.map(() => 1);
  const autoPad = view.text('auto_pad', 'NOTSET');
  const pads = view.ints('pads') ?? spans.flatMap(() => [0, 0]);
  if (autoPad === 'NOTSET') return { strides, pads };
  if (autoPad === 'VALID') return { strides, pads: spans.flatMap(() => [0, 0]) };
  if (autoPad !== 'SAME_UPPER' && autoPad !== 'SAME_LOWER') {
    view.refuse(`expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got ${shown(autoPad)}`);
  }
  // ⌈input / stride⌉ windows. An odd total puts the additional zero at the end (UPPER) or at the beginning (LOWER).
  const totals = spans.map((span, axis) => {
    const length = axes[axis] ?? 0;
    const stride = strides[axis] ?? 1;
    return Math.max(0, (Math.ceil(length / stride) - 1) * stride + span - length);
  });
  const smaller = totals.map((total) => Math.floor(total / 2));
  const larger = totals.map((total) => Math.ceil(total / 2));
  return { strides, pads: autoPad === 'SAME_UPPER' ? [...smaller, ...larger] : [...larger, ...smaller] };
}

/** The extents of a kernel with the gaps of its dilation. */
export function dilatedSpans(view: NodeView, kernel: readonly number[]): readonly number[] {
  const dilations = view.ints('dilations') ?? [];
  return kernel.map((extent, axis) => (extent - 1) * (dilations[axis] ?? 1) + 1);
}

/** How many windows there are on each axis, as far as the node is sound. */
export function windowCounts(view: NodeView, axes: Shape, kernel: readonly number[]): Shape {
  const spans = dilatedSpans(view, kernel);
  const { strides, pads } = windowSteps(view, axes, spans);
  return axes.map((length, axis) => {
    const end = pads[axis + axes.length] ?? 0;
    const windows = {
      length: length + (pads[axis] ?? 0) + end,
      end,
      span: spans[axis] ?? 1,
      stride: strides[axis] || 1,
    };
    return Math.max(0, windowCount(windows, view.int('ceil_mode', 0) === 1));
  });
}

/** The windows along an axis. */
export interface Windows {
  /** The extent of the axis, padding included. */
  readonly length: number;
  /** The padding at its end that the node itself adds. */
  readonly end: number;
  readonly span: number;
  readonly stride: number;
}

/**
 * How many windows there are along an axis. Rounding up adds one that reaches beyond the end, unless all of it would lie behind the image:
 * PyTorch and onnxruntime leave that one out in every opset, and the standard says so from opset 22 on.
 */
export function windowCount({ length, end, span, stride }: Windows, roundsUp: boolean): number {
  const steps = (length - span) / stride;
  const last = Math.ceil(steps);
  return (roundsUp && last * stride < length - end ? last : Math.floor(steps)) + 1;
}
