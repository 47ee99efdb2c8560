/** `longhand evaluate`: how a saved model reads digits. */
import { evaluate } from '@longhand/training';
import { loadDataset } from '../command/dataset-source';
import { type EngineSettings, withEngine } from '../command/engine-session';
import { type ForeignFileOptions, readModel } from '../command/model-input';
import { evaluationReport } from '../command/reports';
import { classTable, evaluationJson, misreadGallery } from './evaluation-details';

/** The options of `longhand evaluate`, parsed. */
export interface EvaluateOptions extends EngineSettings, ForeignFileOptions {
  readonly dataDir?: string;
  readonly split: 'train' | 'test';
  /** How many misread images to show. */
  readonly misread?: number;
  readonly json?: boolean;
}

/** @throws an error of the packages, with the line that tells a person what is wrong */
export async function evaluateCommand(file: string, options: EvaluateOptions): Promise<void> {
  const { dataDir, split, misread, json } = options;
  const model = readModel(file, options);
  const dataset = loadDataset(dataDir, split);
  const evaluation = await withEngine(
    options,
    () => 'interrupted',
    (engine) => evaluate({ ...model, dataset, engine }),
  );
  const found = { dataset, evaluation, classes: model.classes };
  if (json) {
    process.stdout.write(`${JSON.stringify({ model: file, ...evaluationJson(found, misread) })}\n`);
    return;
  }
  const parts = [
    evaluationReport(dataset, evaluation, model.classes, process.stdout),
    classTable(found, process.stdout),
    ...(misread === undefined ? [] : [misreadGallery(found, misread, process.stdout)]),
  ];
  process.stdout.write(parts.join('\n'));
}
