/**
 * The two definitions of iterated convolution that note E ends with, executed on sequences by the convolution kernel itself:
 *
 *   g₁ ⊛ g₂ ⊛ ⋯ ⊛ gₙ = ⊛ᵢ gᵢ          and          g ⊛ g ⊛ ⋯ ⊛ g (m times) = g^{⊛m}
 */
import { conv2dGeometry, referenceKernels } from '@longhand/kernels';

/**
 * f ⊛ g in full: (f ⊛ g)[k] = Σ_i f[i] · g[k − i], of length |f| + |g| − 1.
 *
 * @example convolve([1, 2], [3, 4]); // [ 3, 10, 8 ]
 */
export function convolve(f: readonly number[], g: readonly number[]): number[] {
  if (f.length === 0 || g.length === 0) throw new RangeError('convolve: expected two sequences of at least one number');
  const edge = g.length - 1;
  const geometry = conv2dGeometry('convolve', {
    batch: 1,
    input: [1, f.length, 1],
    outChannels: 1,
    kernel: [1, g.length],
    padding: { top: 0, bottom: 0, left: edge, right: edge },
    flipped: true,
    bias: false,
  });
  const y = new Float64Array(f.length + edge);
  const buffers = { x: Float64Array.from(f), weight: Float64Array.from(g), bias: new Float64Array(0), y };
  referenceKernels.prepare('conv2d', geometry, buffers)();
  return [...y];
}

/**
 * g₁ ⊛ g₂ ⊛ ⋯ ⊛ gₙ, from the left.
 *
 * @throws RangeError without a sequence
 * @example iteratedConvolution([[1, 1], [1, 1], [1, 1]]); // [ 1, 3, 3, 1 ]
 */
export function iteratedConvolution(sequences: readonly (readonly number[])[]): number[] {
  const [first, ...rest] = sequences;
  if (first === undefined) throw new RangeError('iteratedConvolution: expected at least one sequence, got none');
  return rest.reduce<number[]>((result, next) => convolve(result, next), [...first]);
}

/**
 * g^{⊛m}: g convolved with itself, m times g in all.
 *
 * @throws RangeError when m is no whole number of at least one
 * @example convolutionPower([1, 1], 4); // [ 1, 4, 6, 4, 1 ]
 */
export function convolutionPower(g: readonly number[], m: number): number[] {
  if (!Number.isSafeInteger(m) || m < 1) {
    throw new RangeError(`convolutionPower: expected a whole number of at least 1 as the power, got ${m}`);
  }
  return iteratedConvolution(Array.from({ length: m }, () => g));
}
