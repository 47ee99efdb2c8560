/**
 * The tensor: a shape over a flat typed array. It has no arithmetic of its own; kernels work on the arrays,
 * and a tensor tells people and files what the numbers in one mean.
 */
import { checkShape, formatShape, type Shape, ShapeError, sizeOf } from './shape';

/** Precision of the numbers: `float32` for training, `float64` for hand examples and gradient checks. */
export type DType = 'float32' | 'float64';

/** The memory behind a tensor. */
export type FloatArray = Float32Array | Float64Array;

/** A shape over a flat, row-major typed array. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: FloatArray;
}

/**
 * A tensor over given numbers: a typed array is used as it is, a list is copied into one of `dtype`.
 *
 * @param values as many numbers as the shape has entries; zeros when left out
 * @throws ShapeError when the numbers do not fill the shape
 * @example tensor([2, 2], [1, 2, 3, 4]).data // Float32Array [1, 2, 3, 4]
 */
export function tensor(shape: Shape, values?: FloatArray | readonly number[], dtype: DType = 'float32'): Tensor {
  checkShape('tensor', shape);
  const size = sizeOf(shape);
  if (values !== undefined && values.length !== size) {
    throw new ShapeError(`tensor: expected ${size} numbers for the shape ${formatShape(shape)}, got ${values.length}`);
  }
  const data =
    values instanceof Float32Array || values instanceof Float64Array
      ? values
      : allocateFloats(dtype, size, values);
  return { dtype: dtypeOf(data), shape: [...shape], data };
}

/** The precision of an array. */
export function dtypeOf(data: FloatArray): DType {
  return data instanceof Float64Array ? 'float64' : 'float32';
}

/** A zeroed array of the precision, optionally filled from a list of the same length. */
export function allocateFloats(dtype: DType, length: number, values?: ArrayLike<number>): FloatArray {
  const data = dtype === 'float64' ? new Float64Array(length) : new Float32Array(length);
  if (values !== undefined) data.set(values);
  return data;
}
