/**
 * Softmax with cross-entropy, from the logits x and a target distribution t, in one stable step.
 *
 *   y[k, n]  = softmax of x
 *   loss[n]  = −Σ_k t[k, n] · log y[k, n] = Σ_k t[k, n] · (m + log Σ_j e^(x[j, n] − m) − x[k, n])
 *   dx[k, n] = imageWeight[n] · (y[k, n] · Σ_j t[j, n] − t[k, n])
 *
 * The logarithm is never taken of a probability that may have become zero, and the gradient never divides by one.
 * `imageWeight` is one part in the number of images for each image of the batch, and zero for spare lanes.
 */
import { kernelSpec } from '../contract/spec';
import type { FeaturesGeometry } from '../softmax/softmax';

const entries = (g: FeaturesGeometry): number => g.features * g.batch;
const images = (g: FeaturesGeometry): number => g.batch;

const spec = kernelSpec<FeaturesGeometry>();

export const softmaxCrossEntropySpecs = {
  softmaxCrossEntropy: spec({ x: entries, target: entries }, { y: entries, loss: images }, { takesEight: true }),
  softmaxCrossEntropyInputGrad: spec(
    { y: entries, target: entries, imageWeight: images },
    { dx: entries },
    { takesEight: true },
  ),
};
