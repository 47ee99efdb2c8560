export {
  type ActivationOptions,
  activation,
  gelu,
  hardSwish,
  identity,
  leakyRelu,
  relu,
  relu6,
  sigmoid,
  silu,
  softmax,
  tanh,
} from './activations';
export type { BatchGradient, RowsBinding } from './batch-gradient';
export { batchGradients } from './batch-gradients';
export { type BatchNormOptions, batchNorm, batchNormDefaults } from './batch-norm';
export type { CheckedArray, CheckedEntries, CheckedEntry } from './compared-derivatives';
export { type Conv1dOptions, type Conv2dOptions, conv1d, conv2d } from './conv2d';
export { type Crop2dOptions, crop2d } from './crop2d';
export { type DenseOptions, dense } from './dense';
export { checkNetwork, describeNetwork, type NetworkDescription, networkFrom } from './description';
export { type DistillationOptions, distillation, distillationDefaults } from './distillation';
export { type DropoutOptions, dropout } from './dropout';
export { globalAveragePool } from './global-average-pool';
export {
  checkGradients,
  checkLayerGradients,
  type GradientCheckOptions,
  type GradientCheckReport,
} from './gradient-check';
export {
  drawInitial,
  type Fan,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  uniform,
  zeros,
} from './initializers';
export {
  bufferStatistics,
  type ParameterStatistics,
  parameterStatistics,
  type Summary,
  type SummaryRow,
  summary,
  type WeightImages,
  weightImages,
} from './inspection';
export type {
  BufferSpec,
  EntryTerms,
  Layer,
  LayerBinding,
  LayerKind,
  LayerPass,
  Mode,
  NamedLayer,
  ParameterSpec,
  PassTerms,
} from './layer';
export { everyLayer, everyPass } from './layer-chain';
export { knownDescription, knownLayer, type LayerDescription, layerKinds } from './layer-kinds';
export { DescriptionError } from './layer-list';
export type { Loss, LossPass } from './loss';
export { outputRange } from './loss-input';
export {
  binaryCrossEntropy,
  halfSquaredError,
  type LossDescription,
  lossFrom,
  lossKinds,
  meanSquaredError,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
} from './losses';
export type { LayerName, LayersByName, ParameterPath } from './names';
export type {
  GradientPass,
  GradientPassOptions,
  InputGradientPass,
  Network,
  NetworkPass,
  ParameterOptions,
  PassOptions,
} from './network';
export { type BatchReduction, type Operation, runAlone } from './operation';
export { type Pair, type Sides, sides } from './options';
export { type BufferEntry, NetworkParameters, type ParameterEntry, type ParameterLayout } from './parameters';
export {
  type PassContext,
  type TrainingContext,
  type TrainingContextOptions,
  trainingContext,
} from './pass-context';
export type { PixelBytes } from './pixel-dense';
export { type Pool2dOptions, pool2d } from './pool2d';
export {
  type Lenet5,
  type LenetDocumented,
  type LenetDocumentedOptions,
  lenet5,
  lenetDocumented,
  type NormalizedConvolution,
  type PresetActivations,
  type PresetName,
  type PresetNetwork,
  type PresetOptions,
  type PytorchMnist,
  presets,
  pytorchMnist,
  type ResnetSmall,
  type ResnetSmallOptions,
  resnetSmall,
  type Sprint,
  sprint,
  type Wide,
  wide,
} from './presets';
export { flatten, type ReshapeOptions, reshape } from './reshape';
export { type ResidualOptions, residual } from './residual';
export { type SequentialOptions, sequential } from './sequential';
