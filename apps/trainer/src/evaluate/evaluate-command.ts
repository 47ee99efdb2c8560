/** `longhand evaluate`: how a saved model reads digits. */
import { decodeModel, evaluate } from '@longhand/training';
import { loadDataset } from '../command/dataset-source';
import { type EngineSettings, withEngine } from '../command/engine-session';
import { readModelFile } from '../command/model-input';
import { evaluationReport } from '../command/reports';

/** The options of `longhand evaluate`, parsed. */
export interface EvaluateOptions extends EngineSettings {
  readonly dataDir?: string;
  readonly split: 'train' | 'test';
}

/** @throws an error of the packages, with the line that tells a person what is wrong */
export async function evaluateCommand(file: string, options: EvaluateOptions): Promise<void> {
  const model = decodeModel(readModelFile(file), file);
  const dataset = loadDataset(options.dataDir, options.split);
  const evaluation = await withEngine(
    options,
    () => 'interrupted',
    (engine) => evaluate({ ...model, dataset, engine }),
  );
  process.stdout.write(evaluationReport(dataset, evaluation, model.classes, process.stdout));
}
