/**
 * Weights as integers, symmetrically and for each output channel:
 *
 *   w[o, …] ≈ scale[o] · q[o, …],     scale[o] = max |w[o, …]| / (2^(bits − 1) − 1),     q = round(w / scale)
 *
 * so that zero stays zero. With 8 bits this is what PyTorch calls per-channel symmetric and ONNX a DequantizeLinear along axis 0 without
 * a zero point. Source: Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference", 2018.
 */
import { type Shape, sizeOf, type Tensor } from '@longhand/tensor';

/** A tensor as integers with a scale for each entry of its first axis. */
export interface QuantizedTensor {
  /** The shape of the tensor, output channels first. */
  readonly shape: Shape;
  /** What the integers of each output channel are multiplied by, `[shape[0]]`. */
  readonly scales: Float32Array;
  /** In the order of the tensor. */
  readonly values: Int32Array;
}

/**
 * A tensor as integers.
 *
 * @param bits of an integer, from 2 to 24. Default: 8
 * @example
 * import { tensor } from '@longhand/tensor';
 * quantizePerChannel(tensor([2, 2], [1, -0.5, 254, 127])).values; // [ 127, -64, 127, 64 ]
 */
export function quantizePerChannel({ shape, data }: Tensor, bits = 8): QuantizedTensor {
  const largest = (1 << (bits - 1)) - 1;
  const rowLength = sizeOf(shape) / shape[0];
  const values = new Int32Array(data.length);
  const scales = Float32Array.from({ length: shape[0] }, (_, row) => {
    let most = 0;
    for (let k = row * rowLength; k < (row + 1) * rowLength; k++) most = Math.max(most, Math.abs(data[k]));
    // Of zeros any scale does; the quotient of the smallest numbers would be zero.
    const scale = Math.fround(most / largest) || 1;
    for (let k = row * rowLength; k < (row + 1) * rowLength; k++) {
      values[k] = Math.max(-largest, Math.min(largest, Math.round(data[k] / scale)));
    }
    return scale;
  });
  return { shape, scales, values };
}

/**
 * The numbers that the integers stand for, in float32.
 *
 * @example
 * import { tensor } from '@longhand/tensor';
 * dequantize(quantizePerChannel(tensor([1, 2], [127, -50.4]))).data; // [ 127, -50 ] (within half a scale)
 */
export function dequantize({ shape, scales, values }: QuantizedTensor): Tensor {
  const rowLength = sizeOf(shape) / shape[0];
  const data = Float32Array.from(values, (value, k) => value * scales[Math.floor(k / rowLength)]);
  return { dtype: 'float32', shape, data };
}
