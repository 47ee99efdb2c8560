/** What `--json` has of an image: its class, probabilities, and the logits that they are made of. */
import type { Model } from '@longhand/training';
import { type ClassifiedImage, isSure } from './classified-image';

/** What is known of an image without its picture. */
export type Prediction = Pick<ClassifiedImage, 'probabilities' | 'predictedClass' | 'doubt' | 'label'> & {
  readonly logits: Float32Array | undefined;
};

/** As plain data. `temperature` is what the logits are divided by before the softmax; 1 where a model has none. */
export function predictionJson(
  prediction: Prediction,
  { classes, calibration }: Pick<Model, 'classes' | 'calibration'>,
) {
  const { probabilities, logits, predictedClass, doubt, label } = prediction;
  const byClass = (values: Float32Array, digits: number): Readonly<Record<string, number>> =>
    Object.fromEntries(classes.map((name, at) => [name, Number(values[at].toPrecision(digits))]));
  const rounded = byClass(probabilities, 6);
  const called = classes[predictedClass];
  return {
    predictedClass: called,
    probability: rounded[called],
    sure: isSure({ doubt }),
    ...(doubt === undefined ? {} : { doubt }),
    ...(label === undefined ? {} : { label, correct: label === called }),
    probabilities: rounded,
    // Nine digits tell any two float32 apart.
    ...(logits && { logits: byClass(logits, 9), temperature: calibration?.temperature ?? 1 }),
  };
}
