export { type AnyNetworkStepOptions, deriveNetworkStep } from './any-network-step';
export type {
  Derivation,
  DerivationStep,
  Digits,
  Erratum,
  Notation,
  PrintedFigure,
  Stage,
  StudentError,
  Term,
  UpdateOrder,
} from './derivation';
export { examples } from './examples';
export { convolutionPower, convolve, iteratedConvolution } from './iterated-convolution';
export { deriveLenetStep, type LenetStepOptions } from './lenet-step';
export { derivationMarkdown } from './presentation/derivation-markdown';
export { type DerivationTextOptions, derivationText } from './presentation/derivation-text';
export { decimalText, roundDecimal } from './rounding';
export { symbolOf } from './symbols';
export type { ExampleOptions, WorkedExample } from './worked-example';
