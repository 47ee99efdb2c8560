export { type AdamOptions, adam, adamw } from './adam';
export {
  type ClippingArrays,
  clipByNorm,
  clipByValue,
  type GradientClipping,
  gradientClipping,
  prepareClipByNorm,
  prepareClipByValue,
  sumOfSquares,
} from './gradient-clipping';
export { type LionOptions, lion } from './lion';
export { type MuonOptions, muon } from './muon';
export type { Optimizer, OptimizerContext, OptimizerKind, OptimizerPass, TensorEntry } from './optimizer';
export { type OptimizerDescription, type OptimizerName, optimizerFrom, optimizerKinds } from './optimizer-kinds';
export { type RmspropOptions, rmsprop } from './rmsprop';
export {
  type CosineOptions,
  constant,
  cosine,
  type OneCycleOptions,
  oneCycle,
  type PlainScheduleName,
  plainScheduleKinds,
  type Schedule,
  type ScheduleDescription,
  type ScheduleStep,
  type StepScheduleOptions,
  scheduleFrom,
  scheduleKinds,
  step,
  type WarmUpOptions,
  warmUp,
} from './schedules';
export { type SgdOptions, sgd } from './sgd';
export { type AverageArrays, prepareAverage, updateAverage, type WeightAverage, weightAverage } from './weight-average';
