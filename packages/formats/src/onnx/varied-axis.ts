/** How a constant is spread over a value: as one number, or as one for each entry of an axis. */
import type { Shape } from '@longhand/tensor';
import type { OnnxTensor } from './model';

/**
 * The axis along which a constant varies that meets a value entry by entry; `'none'` if all its numbers are the same.
 *
 * @param extents the extents of the value without the batch; the constant's axes are the last of them
 * @returns undefined where it varies along several axes or the batch, or does not fit
 */
export function variedAxis({ shape, data }: OnnxTensor, extents: Shape): number | 'none' | undefined {
  const offset = extents.length - shape.length;
  if (offset < -1) return undefined;
  const varied: number[] = [];
  for (const [at, extent] of shape.entries()) {
    if (extent === 1) continue;
    const axis = at + offset;
    if (axis < 0 || extents[axis] !== extent) return undefined;
    varied.push(axis);
  }
  if (varied.length === 0 || data.every((value: number | bigint) => value === data[0])) return 'none';
  return varied.length === 1 ? varied[0] : undefined;
}
