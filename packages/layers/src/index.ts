export { type ActivationOptions, activation, identity, relu, sigmoid, silu, tanh } from './activations';
export type { CheckedArray, CheckedEntries, CheckedEntry } from './compared-derivatives';
export { type Conv1dOptions, type Conv2dOptions, conv1d, conv2d } from './conv2d';
export { type DenseOptions, dense } from './dense';
export { DescriptionError, describeNetwork, type NetworkDescription, networkFrom } from './description';
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
  uniform,
  zeros,
} from './initializers';
export type { Layer, LayerBinding, LayerDescription, LayerPass, ParameterSpec } from './layer';
export {
  binaryCrossEntropy,
  halfSquaredError,
  type Loss,
  type LossKind,
  type LossPass,
  lossFrom,
  meanSquaredError,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
} from './losses';
export type { NetworkPass, PassOptions } from './network-pass';
export type { Pair } from './pair';
export { type ParameterStatistics, parameterStatistics } from './parameter-statistics';
export { type ParameterEntry, Parameters } from './parameters';
export { type Pool2dOptions, pool2d } from './pool2d';
export { type LenetDocumentedOptions, lenetDocumented, type PresetOptions } from './presets/lenet-documented';
export { lenet5 } from './presets/lenet5';
export { type PresetName, presets } from './presets/presets';
export { wide } from './presets/wide';
export { flatten, type ReshapeOptions, reshape } from './reshape';
export {
  type NamedLayer,
  type Network,
  type ParameterOptions,
  type SequentialOptions,
  sequential,
} from './sequential';
export { softmax } from './softmax';
export { type Summary, type SummaryRow, summary } from './summary';
export { type WeightImages, weightImages } from './weight-images';
