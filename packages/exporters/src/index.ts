export type { ExportContext, Exported, ExportedFile, Exporter, FormatOptions } from './exporter';
export { exporterOf } from './exporters';
export {
  alternatives,
  type FormatEntry,
  type FormatName,
  type FormatOption,
  formatEntry,
  formatHelp,
  formatList,
  formatNames,
  formatOfName,
} from './format-list';
export { type Classification, classifierOf, type PageClassifier, type PageModel } from './page/classifier';
export { pageHtml } from './page-html';
export { type ProgramFiles, programText } from './pytorch/program';
export { lossOf, type RunTraining, recommendedTraining, stateBytes } from './pytorch/run-training';
