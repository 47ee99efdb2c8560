/** Parts of the lines of Python that exports print. */
import type { Normalization } from '@longhand/datasets';
import { layoutOfModel, type Model } from '@longhand/training';

/**
 * The normalization; a number for each channel lies along the second axis of the pixels.
 *
 * @param array what makes an array of a list: `numpy.array`
 */
export function normalizedText(array: string, { mean, std }: Normalization): string {
  const written = (numbers: number | readonly number[]): string =>
    typeof numbers === 'number' ? String(numbers) : `${array}([${numbers.join(', ')}]).reshape(-1, 1, 1)`;
  return `(pixels / 255 - ${written(mean)}) / ${written(std)}`;
}

/** Which ink on which paper a model takes, behind a comma; empty for colors. */
export function inkText(model: Model): string {
  const { background } = layoutOfModel(model);
  if ((model.network.inputShape.at(-1) ?? 1) > 1) return '';
  return { dark: ', white on black', light: ', black on white', varied: '' }[background];
}
