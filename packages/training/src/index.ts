export { type Checkpoint, CheckpointError, decodeCheckpoint, encodeCheckpoint } from './checkpoint';
export { type ClassScores, classScores } from './class-scores';
export { type Evaluation, type EvaluationOptions, evaluate } from './evaluate';
export { decodeOnnxModel, encodeOnnxModel, type ForeignModel, type OnnxModelOptions } from './exchange/onnx-file';
export { type FoundPreset, parametersOfStateDict, presetOfStateDict, type StateDict } from './exchange/state-dict';
export { type ImageReader, imageReader, type LayerOutput, type OcclusionOptions, occlusionMap } from './image-reader';
export { type Mistake, mistakesOf } from './mistakes';
export { decodeModel, encodeModel } from './model-file';
export { type Model, ModelError } from './model-settings';
export { type BestEpoch, checkSelection, type Judgement, judgeEpoch, type SelectionRules } from './selection';
export { checkFit } from './shard-pass';
export { shardSize } from './shard-size';
export { train } from './train';
export {
  DivergenceError,
  type TrainingOptions,
  type TrainingProgress,
  TrainingRun,
  type TrainingState,
} from './training-run';
export { coreCount, Engine, type EngineOptions, WorkerError } from './workers/engine';
export type { KernelChoice } from './workers/shared-space';
