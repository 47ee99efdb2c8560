/** Predictions as a table of comma-separated values (RFC 4180), a row for each image. */
import type { Model } from '@longhand/training';
import { csvRow } from '../command/csv-row';
import { isImage, isSure, type Reading } from './classified-image';

/**
 * The table, with a header: file, class, probability, whether it is sure, the box in pixels of the file, and the label where there
 * are labels. A point, a comma or a minus sign stands as a class without a probability.
 */
export function predictionCsv(
  results: readonly Reading[],
  { classes }: Pick<Model, 'classes'>,
  { labels = false }: { readonly labels?: boolean | undefined } = {},
): string {
  const header = [
    'file',
    'class',
    'probability',
    'sure',
    'left',
    'top',
    'right',
    'bottom',
    ...(labels ? ['label'] : []),
  ];
  const rows = results.map((result) => {
    if (!isImage(result)) {
      const { mark, box } = result.mark;
      const values = [result.picture, mark, '', '', box.left, box.top, box.right, box.bottom];
      return labels ? [...values, ''] : values;
    }
    const { picture, prepared, probabilities, predictedClass, label = '' } = result;
    const { left, top, right, bottom } = prepared.box;
    const probability = Number(probabilities[predictedClass].toPrecision(6));
    const values = [picture, classes[predictedClass], probability, isSure(result), left, top, right, bottom];
    return labels ? [...values, label] : values;
  });
  return [header, ...rows].map(csvRow).join('');
}
