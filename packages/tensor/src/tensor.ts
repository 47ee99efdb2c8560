/**
 * The tensor: a shape over a flat typed array. It has no arithmetic of its own; kernels work on the arrays,
 * and a tensor says what the numbers in one mean.
 */
import { checkShape, formatShape, type Shape, ShapeError, sizeOf, stridesOf } from './shape';

/** Precision of the numbers: `float32` for training, `float64` for hand examples and gradient checks. */
export type DType = 'float32' | 'float64';

/** The memory behind a tensor. */
export type FloatArray = Float32Array | Float64Array;

/** A shape over a flat, row-major typed array. */
export interface Tensor {
  /** The precision of the numbers. */
  readonly dtype: DType;
  /** The extents, outermost first. */
  readonly shape: Shape;
  /** The numbers, row-major: the last axis is contiguous. */
  readonly data: FloatArray;
}

/**
 * A tensor over given numbers: a typed array is used as it is, a list is copied into one of `dtype`.
 *
 * @param values one number for each entry of the shape. Default: zeros.
 * @param dtype precision of the array that is made; a typed array keeps its own. Default: `float32`.
 * @throws ShapeError when the numbers do not fill the shape
 * @example tensor([2, 2], [1, 2, 3, 4]).data; // [ 1, 2, 3, 4 ]
 */
export function tensor(shape: Shape, values?: FloatArray | readonly number[], dtype: DType = 'float32'): Tensor {
  checkShape('tensor', shape);
  const size = sizeOf(shape);
  if (values !== undefined && values.length !== size) {
    throw new ShapeError(`tensor: expected ${size} numbers for the shape ${formatShape(shape)}, got ${values.length}`);
  }
  const data =
    values instanceof Float32Array || values instanceof Float64Array ? values : allocateFloats(dtype, size, values);
  return { dtype: dtypeOf(data), shape: [...shape], data };
}

/**
 * The precision of an array.
 *
 * @example dtypeOf(new Float64Array(2)); // 'float64'
 */
export function dtypeOf(data: FloatArray): DType {
  return data instanceof Float64Array ? 'float64' : 'float32';
}

/**
 * A zeroed array of the precision, optionally filled from a list of the same length.
 *
 * @example allocateFloats('float32', 3, [1, 2, 3]); // [ 1, 2, 3 ]
 */
export function allocateFloats(dtype: DType, length: number, values?: ArrayLike<number>): FloatArray {
  const data = dtype === 'float64' ? new Float64Array(length) : new Float32Array(length);
  if (values !== undefined) data.set(values);
  return data;
}

/**
 * A copy with its axes in another order: axis `k` of the result is axis `axes[k]` of the source.
 *
 * @throws ShapeError when `axes` does not name every axis once
 * @example permute(tensor([2, 3], [1, 2, 3, 4, 5, 6]), [1, 0]).data; // [ 1, 4, 2, 5, 3, 6 ]
 */
export function permute(source: Tensor, axes: readonly number[]): Tensor {
  const named = [...axes].sort((a, b) => a - b);
  if (named.length !== source.shape.length || named.some((axis, index) => axis !== index)) {
    throw new ShapeError(`permute: expected every axis of ${formatShape(source.shape)} once, got ${formatShape(axes)}`);
  }
  const shape = axes.map((axis) => source.shape[axis] as number);
  const sourceStrides = stridesOf(source.shape);
  const targetStrides = stridesOf(shape);
  const data = allocateFloats(source.dtype, source.data.length);
  for (let target = 0; target < data.length; target++) {
    let from = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      const index = Math.floor(target / (targetStrides[axis] as number)) % (shape[axis] as number);
      from += index * (sourceStrides[axes[axis] as number] as number);
    }
    data[target] = source.data[from] as number;
  }
  return { dtype: source.dtype, shape, data };
}
