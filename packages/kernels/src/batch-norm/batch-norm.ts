/**
 * Batch normalization: each channel shifted and scaled to mean 0 and variance 1, then to a learned mean and scale.
 *
 *   x̂[i, c, n] = (x[i, c, n] − mean[c]) · invStd[c]
 *   y[i, c, n] = x̂[i, c, n] · weight[c] + bias[c]                     with invStd = 1 / √(variance + ε)
 *
 * for pixel i, channel c, image n. In training, mean and variance are those of the whole batch; in evaluation they are constants,
 * the running ones. A batch may be cut into micro-batches. Each gives its statistics, over the images that `imageMask` has 1 for
 * (N numbers for each channel: pixels · images), and `mergeStatistics` puts them together:
 *
 *   mean[c] = Σ x / N          m2[c] = Σ (x − mean[c])²               variance = m2 / N, over the whole batch
 *
 * Backward, with Σ over the same images:
 *
 *   dBias[c] = Σ dy            dWeight[c] = Σ dy · x̂
 *   in evaluation:  dx = weight · invStd · dy
 *   in training:    dx = weight · invStd · (dy − meanDy − x̂ · meanDyXhat),  0 for images that the mask leaves out
 *
 * In training every x changes mean and variance. Through them flow the means of dy and of dy · x̂ over the whole batch, which are
 * meanDy = Σ dBias / Σ N and meanDyXhat = Σ dWeight / Σ N over all micro-batches (`mergeGradientSums`).
 *
 * Source: Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift", 2015.
 */
import { formatShape, type Shape, ShapeError } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';

/** All sizes of one batch normalization. */
export interface BatchNormGeometry {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** Pixels of one image, 1 for features. */
  readonly pixels: number;
  /** The number of channels. */
  readonly channels: number;
}

/** The sizes that a batch normalization is made from. */
export interface BatchNormSizes {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** `[height, width, channels]` of one image, or `[features]`, each of which is a channel of its own. */
  readonly input: Shape;
}

/**
 * The geometry of a batch normalization: `BatchNorm2d` over images, `BatchNorm1d` over features.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when the input is neither an image nor a list of features, or a size is not a whole number of at least one
 * @example batchNormGeometry('bn1', { batch: 16, input: [24, 24, 6] }); // { batch: 16, pixels: 576, channels: 6 }
 */
export function batchNormGeometry(where: string, { batch, input }: BatchNormSizes): BatchNormGeometry {
  if (input.length !== 3 && input.length !== 1) {
    throw new ShapeError(
      `${where}: expected images [height, width, channels] or [features] to normalize, got ${formatShape(input)}`,
    );
  }
  const [height, width, channels] = input.length === 3 ? input : [1, 1, input[0]];
  checkCounts(where, { batch, 'input height': height, 'input width': width, channels });
  return { batch, pixels: height * width, channels };
}

const entries = (g: BatchNormGeometry): number => g.pixels * g.channels * g.batch;
const channels = (g: BatchNormGeometry): number => g.channels;
const images = (g: BatchNormGeometry): number => g.batch;
/** mean `[channels]`, m2 `[channels]`, N. */
const statistics = (g: BatchNormGeometry): number => 2 * g.channels + 1;
const multiplyAdds = entries;
const twoForEach = (g: BatchNormGeometry): number => 2 * entries(g);

const spec = kernelSpec<BatchNormGeometry>();
const constants = { mean: channels, invStd: channels };

export const batchNormSpecs = {
  batchNormStatistics: spec({ x: entries, imageMask: images }, { statistics }, { multiplyAdds: twoForEach }),
  batchNorm: spec({ x: entries, ...constants, weight: channels, bias: channels }, { y: entries }, { multiplyAdds }),
  batchNormGradientSums: spec(
    { x: entries, ...constants, dy: entries, imageMask: images },
    { dWeight: channels, dBias: channels },
    { multiplyAdds: twoForEach },
  ),
  batchNormEvaluationInputGrad: spec(
    { invStd: channels, weight: channels, dy: entries },
    { dx: entries },
    { multiplyAdds },
  ),
  batchNormInputGrad: spec(
    {
      x: entries,
      ...constants,
      weight: channels,
      dy: entries,
      meanDy: channels,
      meanDyXhat: channels,
      imageMask: images,
    },
    { dx: entries },
    { multiplyAdds: twoForEach },
  ),
};
