/** The misclassified images of an evaluation: what one looks at after its figures. */
import type { ImageDataset } from '@longhand/datasets';
import type { Evaluation } from './evaluate';

/** An image whose predicted class is not its true class. */
export interface MisclassifiedImage {
  /** Its index in the data set, from 0. */
  readonly index: number;
  /** The class that its label names. */
  readonly trueClass: number;
  /** The class with the largest output. */
  readonly predictedClass: number;
  /** The probability of the predicted class, from 0 to 1. */
  readonly probability: number;
}

/**
 * The misclassified images of an evaluation, by falling probability; equal ones in the data set's order.
 *
 * @param dataset the one that was evaluated
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { seededRandom } from '@longhand/tensor';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 100 });
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const evaluation = await evaluate({ network, parameters, normalization, dataset });
 * misclassifiedImages(evaluation, dataset).length === evaluation.count - evaluation.correct; // true
 */
export function misclassifiedImages(
  { predicted, probability }: Evaluation,
  { labels }: ImageDataset,
): readonly MisclassifiedImage[] {
  const images: MisclassifiedImage[] = [];
  for (const [index, predictedClass] of predicted.entries()) {
    const trueClass = labels[index];
    if (predictedClass !== trueClass)
      images.push({ index, trueClass, predictedClass, probability: probability[index] });
  }
  return images.sort((one, other) => other.probability - one.probability);
}
