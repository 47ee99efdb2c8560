/**
 * Networks that begin with a dense layer, on the bytes of images: normalization, flatten and the layer are one kernel, whose work grows with the
 * pixels other than background (`pixel-dense/pixel-dense.ts` in `@longhand/kernels`). Results are the same up to rounding.
 */
import {
  type ChannelNormalization,
  type PixelDenseGeometry,
  pixelDenseBatchGradGeometry,
  pixelDenseGeometry,
  takesNormalization,
} from '@longhand/kernels';
import { builtIn, isBuiltIn } from '@longhand/schema';
import type { FloatArray } from '@longhand/tensor';
import type { BatchGradient } from './batch-gradient';
import { type DenseOptions, dense, denseKind } from './dense';
import { allocateOutput, type Layer, type LayerBinding, type LayerPass, type NamedLayer, nothing } from './layer';
import { flattenKind, reshapeKind } from './reshape';

/** The bytes of images that a pass may read in place of normalized numbers. */
export interface PixelBytes {
  /** `[capacity, height, width, channels]`: image after image, for the caller to fill; background where there is none. */
  readonly bytes: Uint8Array;
  /** The normalization of each channel. */
  readonly channels: readonly ChannelNormalization[];
}

/**
 * The layers with one on bytes in place of the first ones, under the name of the dense layer; undefined where the network does not begin so,
 * or the images have several channels, whose bytes lie in another order than features.
 *
 * @param bytes of a pass; without them the layer tells of itself alone
 */
export function beginWithPixels(
  layers: readonly NamedLayer[],
  channels: readonly ChannelNormalization[],
  bytes?: Uint8Array,
): readonly NamedLayer[] | undefined {
  const [normalization, ...others] = channels;
  const at = layers.findIndex(({ layer }) => !isBuiltIn(layer) || !reshapes.includes(layer.description.kind));
  const first = layers[at];
  if (normalization === undefined || others.length > 0 || at < 1 || !isBuiltIn(first.layer)) return undefined;
  const described = denseKind.match(first.layer.description);
  if (described === undefined || !takesNormalization(normalization) || first.inputShape[0] > mostPixels)
    return undefined;
  const { kind: _, ...options } = described;
  return [{ ...first, layer: pixelDense(options, normalization, bytes) }, ...layers.slice(at + 1)];
}

const reshapes: readonly string[] = [flattenKind.name, reshapeKind.name];

/** What the kernels take. */
const mostPixels = 65535;

function pixelDense(options: DenseOptions, normalization: ChannelNormalization, x?: Uint8Array): Layer {
  const { outFeatures, bias = true } = options;
  const plain = dense(options);
  return builtIn({
    ...plain,
    batchGradient: (where, [pixels]) =>
      plain.batchGradient?.(where, [pixels]) && gradientOfBatch(pixels, outFeatures, normalization),
    prepare(binding) {
      const { kernels, where, inputShape, capacity, parameter } = binding;
      if (x === undefined) throw new Error(`${where}: expected the bytes of images, got none`);
      const [pixels] = inputShape;
      const geometry = pixelDenseGeometry(where, { batch: capacity, pixels, outFeatures, bias, normalization });
      const { y, dy } = allocateOutput(binding, [outFeatures]);
      return {
        y,
        dy,
        forward: kernels.prepare('pixelDense', geometry, {
          x,
          weight: parameter('weight'),
          bias: parameter('bias'),
          y,
        }),
        ...(dy ? parameterGradients(binding, geometry, { x, dy }) : { parameterGradients: nothing }),
        inputGradient: nothing,
      };
    },
  });
}

/** Both gradients, or that of the bias alone where that of the weights is computed over the whole batch. */
function parameterGradients(
  { kernels, gradient }: LayerBinding,
  geometry: PixelDenseGeometry,
  { x, dy }: { readonly x: Uint8Array; readonly dy: FloatArray },
): Pick<LayerPass, 'parameterGradients' | 'leave'> {
  const { batch: images, pixels: inFeatures, outFeatures, bias } = geometry;
  const [dWeight, dBias] = [gradient('weight'), gradient('bias')];
  if (dWeight.length > 0) {
    return { parameterGradients: kernels.prepare('pixelDenseWeightGrad', geometry, { x, dy, dWeight, dBias }) };
  }
  return {
    parameterGradients: bias
      ? kernels.prepare('denseBiasGrad', { images, inFeatures, outFeatures }, { dy, dBias })
      : nothing,
    leave(into) {
      const bytes = bytesIn(into.x, x.length);
      return () => {
        bytes.set(x);
        into.dy.set(dy);
      };
    },
  };
}

/** Numbers that have room for so many bytes, four in each. */
const numbersFor = (bytes: number): number => Math.ceil(bytes / 4);

/** The first bytes of an array that has room for them. */
const bytesIn = ({ buffer, byteOffset }: FloatArray, length: number): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length);

function gradientOfBatch(pixels: number, outFeatures: number, normalization: ChannelNormalization): BatchGradient {
  return {
    parameter: 'weight',
    rows: outFeatures,
    left: (images) => ({ x: numbersFor(images * pixels), dy: outFeatures * images }),
    prepare({ where, kernels, left, gradient: dWeight, ...rows }) {
      const geometry = pixelDenseBatchGradGeometry(where, { ...rows, pixels, outFeatures, normalization });
      const { images, microBatches, continued } = geometry;
      const before = continued ? dWeight : dWeight.subarray(0, 0);
      const length = images * pixels;
      const numbers = numbersFor(length);
      const bind = (x: Uint8Array): (() => void) =>
        kernels.prepare('pixelDenseBatchWeightGrad', geometry, { x, dy: left.dy, before, dWeight });
      if (numbers * left.x.BYTES_PER_ELEMENT === length) return bind(bytesIn(left.x, microBatches * length));
      // Numbers of eight bytes, or a rest: the images of one micro-batch do not end where those of the next begin.
      const x = kernels.allocateBytes(microBatches * length);
      const parts = Array.from({ length: microBatches }, (_, m) =>
        bytesIn(left.x.subarray(m * numbers, (m + 1) * numbers), length),
      );
      const run = bind(x);
      return () => {
        for (const [m, part] of parts.entries()) x.set(part, m * length);
        run();
      };
    },
  };
}
