export { bar, type ProbabilityBarsOptions, probabilityBars } from './bar';
export { type ConfusionMatrixOptions, confusionMatrix } from './confusion-matrix';
export { accuracyScale, lossScale, type Scale, type Tick } from './curves/scale';
export {
  type CurveSeries,
  type Point,
  type TerminalCurvesOptions,
  terminalCurves,
} from './curves/terminal-curves';
export { type DigitGalleryOptions, digitGallery, type GalleryEntry } from './digit-gallery';
export { type DigitPictureOptions, digitPicture } from './digit-picture';
export { html, lines, Markup, type MarkupPart } from './html';
export { labelPicture } from './maps/label-picture';
export { type ColourPicture, largestOf, type MapOfNumbers, mapPixels, mapSheet } from './maps/map-pixels';
export { type MapsPageOptions, mapsPage, type PagePicture, type PageSection } from './maps/maps-page';
export { outlined } from './maps/outline';
export {
  accuracyText,
  bytesText,
  countText,
  durationText,
  figureText,
  lossText,
  percentText,
  rateText,
} from './number-text';
export { type ProgressLineOptions, progressLine, type RunProgress } from './progress-line';
export type {
  ReportEpoch,
  ReportExample,
  ReportImage,
  ReportKernels,
  ReportMap,
  ReportMaps,
  ReportMisreading,
  ReportNetwork,
  ReportScores,
  ReportTest,
  TrainingReport,
} from './report/report-data';
export { trainingReportPage } from './report/report-page';
export type { CurvesState } from './screen/curves-panel';
export type { EpochRow } from './screen/epoch-rows';
export type { MisreadPicture } from './screen/misread-panel';
export { type SmallPictureOptions, smallPicture } from './screen/small-picture';
export {
  type ScreenOptions,
  type ScreenProgress,
  type TrainingScreenState,
  trainingScreen,
} from './screen/training-screen';
export { type SideBySideOptions, sideBySide } from './side-by-side';
export { type SignedPictureOptions, signedPicture, signedScale } from './signed-picture';
export { type Style, type Styles, styles } from './styles';
export { type TableColumn, type TableOptions, table } from './table';
export { columnsOf, isLive, type TerminalStream, takesUnicode, wantsColor } from './terminal';
export { flow, padEnd, padStart, truncate, visibleWidth, wrap } from './text-width';
