export { type AdamOptions, adam, adamw } from './adam';
export type { Optimizer, OptimizerPass } from './optimizer';
export { optimizerFrom } from './optimizer-description';
export { type RmspropOptions, rmsprop } from './rmsprop';
export {
  type CosineOptions,
  constant,
  cosine,
  type OneCycleOptions,
  oneCycle,
  type Schedule,
  type ScheduleStep,
  type StepScheduleOptions,
  step,
  type WarmUpOptions,
  warmUp,
} from './schedules';
export { type SgdOptions, sgd } from './sgd';
export { updateAverage, type WeightAverage, weightAverage } from './weight-average';
