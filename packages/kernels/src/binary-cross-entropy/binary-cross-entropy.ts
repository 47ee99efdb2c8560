/**
 * Binary cross-entropy, the mean over K outputs of each image, in two forms.
 *
 * From probabilities x, as the textbook has it:
 *   loss[n]  = −Σ_k (t log x + (1 − t) log(1 − x)) / K
 *   dx[k, n] = imageWeight[n] · (x − t) / (x (1 − x)) / K
 * A saturated probability (0 or 1) would give infinities: as in PyTorch, logarithms are held above −100 and the
 * denominator above 10⁻¹².
 *
 * From logits x with y = σ(x), the stable form to train with:
 *   loss[n]  = Σ_k (max(x, 0) − x t + log(1 + e^−|x|)) / K
 *   dx[k, n] = imageWeight[n] · (y − t) / K
 */
import { kernelSpec } from '../contract/spec';
import type { FeaturesGeometry } from '../softmax/softmax';

const entries = (g: FeaturesGeometry): number => g.features * g.batch;
const images = (g: FeaturesGeometry): number => g.batch;

const spec = kernelSpec<FeaturesGeometry>();

export const binaryCrossEntropySpecs = {
  binaryCrossEntropy: spec({ x: entries, target: entries }, { loss: images }, { takesEight: true }),
  binaryCrossEntropyInputGrad: spec(
    { x: entries, target: entries, imageWeight: images },
    { dx: entries },
    { takesEight: true },
  ),
  sigmoidBinaryCrossEntropy: spec({ x: entries, target: entries }, { y: entries, loss: images }, { takesEight: true }),
  sigmoidBinaryCrossEntropyInputGrad: spec(
    { y: entries, target: entries, imageWeight: images },
    { dx: entries },
    { takesEight: true },
  ),
};
