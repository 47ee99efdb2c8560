/** The kernels of a layer in the terminal. */
import type { WeightImages } from '@longhand/layers';
import { flow, sideBySide, signedPicture, signedScale } from '@longhand/rendering';

/**
 * A picture of every kernel, all on one scale: those of one input in rows, those of several with a heading for each output.
 *
 * @param width columns there are
 */
export function kernelPictures(
  { path, outputs, inputs, height, width: extent, values }: WeightImages,
  { width, color }: { readonly width: number; readonly color: boolean },
): string {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const size = height * extent;
  const picture = (output: number, input: number): string => {
    const from = (output * inputs + input) * size;
    return signedPicture({ values: values.subarray(from, from + size), height, width: extent, largest, color });
  };
  const numbers = (count: number): readonly number[] => [...Array(count).keys()];
  const scale = `${signedScale({ largest, color })}\n`;
  if (inputs === 1) {
    const blocks = numbers(outputs).map((output) => `${picture(output, 0)}\n[${output}]`);
    return [scale, sideBySide(blocks, { width })].join('\n');
  }
  const rows = numbers(outputs).map((output) => {
    const blocks = numbers(inputs).map((input) => picture(output, input));
    return `[${output}]\n${sideBySide(blocks, { width })}`;
  });
  const key = flow([`${path}[output]:`, `its ${inputs} inputs one after another`], width);
  return [scale, key, '', rows.join('\n\n')].join('\n');
}
