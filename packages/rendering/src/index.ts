export { bar, type ProbabilityBarsOptions, probabilityBars } from './bar';
export { buffersNote } from './buffers-note';
export { type ConfusionMatrixOptions, confusionMatrix } from './confusion-matrix';
export { accuracyScale, lossScale, type Scale, type Tick } from './curves/scale';
export { type CurveSeries, type Point, type TerminalCurvesOptions, terminalCurves } from './curves/terminal-curves';
export { html, lines, Markup, type MarkupPart } from './html';
export {
  type LabeledImage,
  largestMagnitude,
  type Matrix,
  type MisclassifiedExample,
  type PixelImage,
} from './image';
export { barsToShow, classesToShow, type ShownClasses } from './many-classes';
export {
  type FeatureMapsPageOptions,
  featureMapsPage,
  type PageImage,
  type PageSection,
} from './maps/feature-maps-page';
export { type HeatmapImageOptions, heatmapImage } from './maps/heatmap-image';
export { type ImageGridOptions, imageGrid } from './maps/image-grid';
export { type Color, inkColor, signedColor } from './maps/map-colors';
export { outlined } from './maps/outline';
export { photograph } from './maps/photograph';
export { textImage } from './maps/text-image';
export {
  accuracyText,
  bytesText,
  countText,
  durationText,
  figureText,
  leastShare,
  lossText,
  metricText,
  percentText,
  rateText,
} from './number-text';
export { pageTokens } from './page/tokens';
export { type ProgressLineOptions, progressLine, type RunProgress } from './progress-line';
export { quoted } from './quoted';
export type { LearningCurves } from './report/loss-points';
export type {
  ReportExample,
  ReportKernels,
  ReportMaps,
  ReportNetwork,
  ReportScores,
  ReportTest,
  TrainingReport,
} from './report/report-data';
export { trainingReportPage } from './report/report-page';
export { type ComparedRun, type RunsPageOptions, runsPage } from './report/runs-page';
export {
  type TuningChart,
  type TuningEffect,
  type TuningPageOptions,
  tuningPage,
} from './report/tuning-page';
export type { CurvesState } from './screen/curves-panel';
export type { EpochRow } from './screen/epoch-rows';
export {
  type ScreenOptions,
  type ScreenProgress,
  type TrainingScreenState,
  trainingScreen,
} from './screen/training-screen';
export { type SideBySideOptions, sideBySide } from './side-by-side';
export { type Style, type Styles, styles } from './styles';
export { symbolsNote } from './symbols-note';
export { type TableColumn, type TableOptions, table } from './table';
export { columnsOf, isLive, type TerminalStream, takesUnicode, wantsColor } from './terminal';
export {
  type GalleryEntry,
  type TerminalGalleryOptions,
  terminalGallery,
} from './terminal-images/terminal-gallery';
export { heatmapKey, type TerminalHeatmapOptions, terminalHeatmap } from './terminal-images/terminal-heatmap';
export { type TerminalImageOptions, terminalImage } from './terminal-images/terminal-image';
export { type TerminalThumbnailOptions, terminalThumbnail } from './terminal-images/terminal-thumbnail';
export { flow, padEnd, padStart, truncate, visibleWidth, wrap } from './text-width';
