export { agrees, correctionOf, numberTyped } from './answers';
export { type AnyNetworkStepOptions, deriveNetworkStep, type NetworkStepSetup, networkStep } from './any-network-step';
export type {
  ComputedStep,
  ConvolutionKind,
  Derivation,
  DerivationStep,
  Digits,
  Erratum,
  NetworkEntry,
  Notation,
  PrintedFigure,
  Stage,
  StudentError,
  Term,
  UpdateOrder,
} from './derivation';
export { examples } from './examples';
export { convolutionPower, convolve, iteratedConvolution } from './iterated-convolution';
export { type Axis, entryNamed, type Family, type NamedEntry, quantityName } from './lenet-quantities';
export { deriveLenetStep, type LenetStepOptions } from './lenet-step';
export { gradientsBeside, idNamed, plainName, stepsNamed } from './names';
export type { NetworkStep } from './network-step';
export { latexValue, valueText, withTrueMinus } from './number-notation';
export type { Difference } from './numerical-gradient';
export { type HandExample, handExample } from './own-example';
export { handExampleFrom } from './own-example-file';
export type { NameLists } from './own-example-names';
export { cutAtDots, cutAtSigns, shortenedSum } from './presentation/asked-quantities';
export { blankWorksheet } from './presentation/blank-worksheet';
export { derivationMarkdown } from './presentation/derivation-markdown';
export {
  type DerivationTextOptions,
  derivationSections,
  derivationText,
  readingText,
} from './presentation/derivation-text';
export {
  changeText,
  type FigureMark,
  figureMark,
  markMeanings,
  marksOf,
  slipValues,
} from './presentation/figure-marks';
export { type NotePiece, notePieces, symbolsOf } from './presentation/note-pieces';
export type { ReceptiveField, Region } from './receptive-field';
export { decimalText, roundDecimal } from './rounding';
export { symbolOf } from './symbols';
export type { Names } from './training-step-setup';
export type { ExampleOptions, WorkedExample } from './worked-example';
