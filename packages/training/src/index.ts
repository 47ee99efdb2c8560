export { fromModule, importModules, ModuleError, type ModuleOptions, type Modules } from '@longhand/schema';
export { adaptiveRate } from './adaptive-rate';
export {
  type Coverage,
  calibrate,
  calibrationPart,
  classifierLoss,
  classProbabilities,
  coverageOf,
} from './calibrate';
export {
  type Calibration,
  calibratedProbabilities,
  type Doubt,
  doubtOf,
  mostProbable,
  usualThreshold,
} from './calibration';
export { type Checkpoint, CheckpointError, decodeCheckpoint, encodeCheckpoint } from './checkpoint';
export { checksumText, parametersChecksum, xxHash32 } from './checksum';
export { type ClassScores, classScores } from './class-scores';
export {
  type Classifier,
  type ClassPrediction,
  classifier,
  type LayerOutput,
  type OcclusionOptions,
  occlusionMap,
  occlusionMaps,
} from './classifier';
export { dataFingerprint } from './data-fingerprint';
export { DivergenceError } from './divergence';
export { type Evaluation, type EvaluationOptions, evaluate } from './evaluate';
export { flippedIfTrueConvolution } from './exchange/flipped-kernels';
export { decodeKerasModel } from './exchange/keras-file';
export { decodeOnnxModel, encodeOnnxModel, type ForeignModel, type OnnxModelOptions } from './exchange/onnx-file';
export { onnxLayersOfNetwork } from './exchange/onnx-layers-of-network';
export {
  type FoundPreset,
  matchedTensors,
  matchStateDict,
  parametersOfStateDict,
  presetOfStateDict,
  readStateDict,
  type StateDict,
  type TensorMatch,
} from './exchange/state-dict';
export type { LayerMatch, TensorOrder } from './exchange/state-dict-layers';
export { decodeTfjsModel, encodeTfjsModel, type TfjsModelOptions } from './exchange/tfjs-file';
export { type Fit, fit } from './fit';
export type {
  FitCheckpoint,
  FitEpoch,
  FitOptions,
  FitRecord,
  FitResult,
  FitStart,
  ValidationSplit,
} from './fit-options';
export { fitRecordEntries } from './fit-record';
export { type HardExamples, hardExamplesBegin } from './hard-examples';
export {
  type LearningRateRange,
  type LearningRateRangeOptions,
  learningRateRange,
  type RangePoint,
} from './learning-rate-range';
export type { Metric, MetricInput, Metrics } from './metric';
export { microBatchSize } from './micro-batch-input';
export { checkDataset } from './micro-batch-pass';
export { type MisclassifiedImage, misclassifiedImages } from './misclassified-images';
export { decodeModel, encodeModel, modulesOfModel } from './model-file';
export {
  type DecodeOptions,
  type EncodeOptions,
  layoutOfModel,
  type Model,
  type ModelData,
  ModelError,
  type ModelPlan,
  planOfModel,
} from './model-settings';
export { quantizedModel } from './quantized-model';
export { type BestEpoch, checkSelection, type EpochRecord, type Score, type SelectionRules } from './selection';
export type { Teacher, TeacherModel } from './teacher';
export { type Training, train } from './train';
export { parametersOf, type TrainingOptions, type TrainingProgress, type TrainingState } from './training-options';
export { TrainingRun } from './training-run';
export { coreCount, Engine, type EngineOptions } from './workers/engine';
export type { KernelChoice } from './workers/shared-memory';
export { WorkerError } from './workers/worker-error';
