export { type ConfusionMatrixOptions, confusionMatrix } from './confusion-matrix';
export { accuracyText, countText, durationText, lossText, rateText } from './number-text';
export { bar, type ProgressLineOptions, progressLine } from './progress-line';
export { align, type Style, type Styles, styles, visibleWidth } from './styles';
export { type TableOptions, table } from './table';
