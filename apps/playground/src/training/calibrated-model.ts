/** When a model is sure: fitted where a run ends, so the code for it is not in the first load. */
import type { ImageDataset } from '@longhand/datasets';
import { calibrate, calibrationPart, type Model } from '@longhand/training';
import { pageEngine } from './engine';

/** The model with its calibration, by the test images that `longhand train` takes; as it is where too few of them are correct. */
export async function calibrated<Given extends Model>(model: Given, testing: ImageDataset): Promise<Given> {
  const dataset = calibrationPart(testing);
  if (dataset === undefined) return model;
  const { network, parameters, normalization } = model;
  const calibration = await calibrate({ network, parameters, normalization, dataset, engine: pageEngine() });
  return calibration === undefined ? model : { ...model, calibration };
}
