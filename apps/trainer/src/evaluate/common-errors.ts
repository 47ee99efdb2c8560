/** Several models on the same images: which images all of them misclassify, and how many of them each. */
import { type ImageDataset, imageAt } from '@longhand/datasets';
import {
  accuracyText,
  columnsOf,
  countText,
  flow,
  table,
  terminalGallery,
  truncate,
  wantsColor,
} from '@longhand/rendering';
import type { Evaluation } from '@longhand/training';

/** A model that was evaluated. */
export interface NamedEvaluation {
  /** Its file. */
  readonly model: string;
  readonly evaluation: Evaluation;
}

/** An image that no model classifies correctly. */
export interface CommonError {
  /** Its index in the data set, from 0. */
  readonly index: number;
  readonly trueClass: number;
  /** What each model predicted, in their order. */
  readonly predictedClasses: readonly number[];
}

/** The images that all models misclassify, in the order of the data set, and the number that any of them does. */
export interface CommonErrors {
  readonly byAll: readonly CommonError[];
  readonly byAny: number;
}

/** @param evaluations of at least one model, all on the data set */
export function commonErrors(evaluations: readonly Evaluation[], { labels, count }: ImageDataset): CommonErrors {
  const byAll: CommonError[] = [];
  let byAny = 0;
  for (let index = 0; index < count; index++) {
    const predictedClasses = evaluations.map(({ predicted }) => predicted[index]);
    const wrong = predictedClasses.filter((predicted) => predicted !== labels[index]).length;
    if (wrong > 0) byAny++;
    if (wrong === evaluations.length) byAll.push({ index, trueClass: labels[index], predictedClasses });
  }
  return { byAll, byAny };
}

/** The accuracy of each model, the number of common errors, and as many of them as wanted as pictures. */
export function commonErrorsText(
  evaluated: readonly NamedEvaluation[],
  dataset: ImageDataset,
  { classes, drawn, stream }: { classes: readonly string[]; drawn: number | undefined; stream: NodeJS.WriteStream },
): string {
  const [width, color] = [columnsOf(stream), wantsColor(stream, process.env)];
  const { byAll, byAny } = commonErrors(
    evaluated.map(({ evaluation }) => evaluation),
    dataset,
  );
  const right = { align: 'right' as const };
  const rows = evaluated.map(({ model, evaluation: { accuracy, standardError, count, correct } }) => [
    model,
    accuracyText(accuracy, standardError),
    countText(count - correct),
  ]);
  const columns = [{ title: 'model' }, { title: 'accuracy', ...right }, { title: 'misclassified', ...right }];
  const all = evaluated.length === 2 ? 'both models' : `all ${countText(evaluated.length)} models`;
  const parts = [
    `${dataset.name}: ${countText(dataset.count)} images`,
    table({ columns, rows, width, color }),
    flow([`misclassified by ${all}: ${countText(byAll.length)}`, `(by any of them: ${countText(byAny)})`], width),
  ];
  const chosen = byAll.slice(0, drawn ?? 0);
  if (chosen.length > 0) {
    const entries = chosen.map(({ index, trueClass, predictedClasses }) => ({
      pixels: imageAt(dataset, index),
      captions: [`true ${classes[trueClass]}`, `predicted ${tally(predictedClasses, classes)}`, `image ${index}`],
    }));
    const { height, width: extent, channels } = dataset;
    parts.push(
      truncate(`${countText(chosen.length)} of them, in the order of the data`, width),
      '',
      terminalGallery({ entries, height, width: extent, channels, columns: width, color }),
    );
  }
  return `${parts.join('\n')}\n`;
}

/** The predicted classes, the most frequent first: `2 ×3, 7`. */
export function tally(predicted: readonly number[], classes: readonly string[]): string {
  const counts = new Map<number, number>();
  for (const one of predicted) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([predictedClass, count]) => (count === 1 ? classes[predictedClass] : `${classes[predictedClass]} ×${count}`))
    .join(', ');
}
