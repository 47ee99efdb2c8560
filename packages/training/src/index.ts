export { type Evaluation, type EvaluationOptions, evaluate } from './evaluate';
export { decodeModel, encodeModel, type Model, ModelError } from './model-file';
export { checkFit } from './shard-pass';
export { shardSize } from './shard-size';
export { DivergenceError, type TrainingOptions, type TrainingProgress, train } from './train';
export { coreCount, Engine, type EngineOptions, WorkerError } from './workers/engine';
export type { KernelChoice } from './workers/shared-space';
