/** Everything that is compiled into one module. */
export { activation, activationInputGrad } from '../activation/activation.assembly';
export {
  binaryCrossEntropy,
  binaryCrossEntropyInputGrad,
  sigmoidBinaryCrossEntropy,
  sigmoidBinaryCrossEntropyInputGrad,
} from '../binary-cross-entropy/binary-cross-entropy.assembly';
export {
  biasGrad,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  copyImage,
  gatherNumbers,
} from '../conv2d/conv2d.assembly';
export { conv2dInputGradOfFive, conv2dOfFive, conv2dWeightGradOfFive } from '../conv2d/minimal-filter.assembly';
export {
  conv2dInputGradOfTiles,
  conv2dOfTiles,
  conv2dWeightGradOfTiles,
  weightGradsOfTiles,
  weightsOfTiles,
} from '../conv2d/minimal-tiles.assembly';
export { conv2dOfOneChannel } from '../conv2d/one-channel.assembly';
export { weightGradsOfFive, weightsOfFive } from '../conv2d/transforms-of-five.assembly';
export { denseInputGrad, denseWeightGrad, transpose } from '../dense/dense.assembly';
export { meanSquaredError, meanSquaredErrorInputGrad } from '../mean-squared-error/mean-squared-error.assembly';
export { maxPool2d, maxPool2dInputGrad, meanPool2d, meanPool2dInputGrad } from '../pool2d/pool2d.assembly';
export { pixelValues } from '../pixel-values/pixel-values.assembly';
export { maximumPlaces, placedWeightGrad } from '../pooled-conv2d/pooled-conv2d.assembly';
export { gatherLines } from '../reshape/reshape.assembly';
export { microBatchSum } from '../micro-batch-sum/micro-batch-sum.assembly';
export { softmax, softmaxInputGrad } from '../softmax/softmax.assembly';
export {
  softmaxCrossEntropy,
  softmaxCrossEntropyInputGrad,
} from '../softmax-cross-entropy/softmax-cross-entropy.assembly';
export { multiplyAddCeiling, multiplyAddOnce } from './ceiling.assembly';
export { exponentials, logarithms } from './exponential.assembly';
