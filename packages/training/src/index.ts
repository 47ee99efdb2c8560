export { type Evaluation, type EvaluationOptions, evaluate } from './evaluate';
export { decodeModel, encodeModel, type Model, ModelError } from './model-file';
export { DivergenceError, type TrainingOptions, type TrainingProgress, train } from './train';
