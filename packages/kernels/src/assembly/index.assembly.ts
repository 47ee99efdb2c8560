/** Everything that is compiled into one module. */
export {
  activatedMeanPool2d,
  activatedMeanPool2dInputGrad,
} from '../activated-mean-pool2d/activated-mean-pool2d.assembly';
export { activation, activationInputGrad } from '../activation/activation.assembly';
export { add } from '../add/add.assembly';
export {
  batchNorm,
  batchNormEvaluationInputGrad,
  batchNormGradientSums,
  batchNormInputGrad,
  batchNormStatistics,
} from '../batch-norm/batch-norm.assembly';
export {
  binaryCrossEntropy,
  binaryCrossEntropyInputGrad,
  sigmoidBinaryCrossEntropy,
  sigmoidBinaryCrossEntropyInputGrad,
} from '../binary-cross-entropy/binary-cross-entropy.assembly';
export { conv2d, conv2dInputGrad } from '../conv2d/conv2d.assembly';
export { biasGrad, conv2dRunWeightGrad, conv2dWeightGrad } from '../conv2d/conv2d-weight-grad.assembly';
export { groupedConv2d, groupedConv2dWeightGrad } from '../conv2d/grouped-conv2d.assembly';
export { copyImage, gatherNumbers, transposeImage } from '../conv2d/layout.assembly';
export {
  conv2dWinogradTiles,
  conv2dWinogradTilesInputGrad,
  conv2dWinogradTilesWeightGrad,
} from '../conv2d/winograd-tiles.assembly';
export { weightTransformGradTiles, weightTransformTiles } from '../conv2d/winograd-tile-transforms.assembly';
export { conv2dWinograd5, conv2dWinograd5InputGrad, conv2dWinograd5WeightGrad } from '../conv2d/winograd5.assembly';
export { conv2dWinograd5OneChannel } from '../conv2d/winograd5-one-channel.assembly';
export { weightTransform5, weightTransformGrad5 } from '../conv2d/winograd5-transforms.assembly';
export { clearBytes, copyRows } from '../crop2d/crop2d.assembly';
export { denseInputGrad, denseWeightGrad, denseWeightGradFew, transpose } from '../dense/dense.assembly';
export { denseOfEight } from '../dense/dense-of-eight.assembly';
export { denseBatchWeightGrad, denseBiasGrad, denseTiles } from '../dense-batch-grad/dense-batch-grad.assembly';
export { multiply } from '../dropout/dropout.assembly';
export { globalAveragePool, globalAveragePoolInputGrad } from '../global-average-pool/global-average-pool.assembly';
export { gradientNorms, limitGradients, scaleGradients } from '../gradient-clipping/gradient-clipping.assembly';
export { meanSquaredError, meanSquaredErrorInputGrad } from '../mean-squared-error/mean-squared-error.assembly';
export { pixelColumns } from '../pixel-dense/pixel-columns.assembly';
export { foreground, pixelProduct } from '../pixel-dense/pixel-dense.assembly';
export { productStarts, productTable, weightSums } from '../pixel-dense/product-table.assembly';
export { maxPool2d, maxPool2dInputGrad, meanPool2d, meanPool2dInputGrad } from '../pool2d/pool2d.assembly';
export { columnsOfFour, pooledWeightGrad } from '../pooled-conv2d/pooled-conv2d.assembly';
export { movingAverage } from '../moving-average/moving-average.assembly';
export { normalize, normalizeTiles } from '../normalize/normalize.assembly';
export { gatherFeatures } from '../reshape/reshape.assembly';
export { microBatchSum } from '../micro-batch-sum/micro-batch-sum.assembly';
export { softmax, softmaxInputGrad } from '../softmax/softmax.assembly';
export {
  softmaxCrossEntropy,
  softmaxCrossEntropyInputGrad,
} from '../softmax-cross-entropy/softmax-cross-entropy.assembly';
export {
  adamUpdate,
  lionUpdate,
  momentumUpdate,
  rmspropUpdate,
  sgdUpdate,
} from '../update-rules/update-rules.assembly';
export { multiplyAddCeiling, multiplyAddOnce } from './ceiling.assembly';
export { exponentials, hyperbolicTangents, logarithms, sigmoids } from './exponential.assembly';
export { normalProbabilities } from './normal-distribution.assembly';
