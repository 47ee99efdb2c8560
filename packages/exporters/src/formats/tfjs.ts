/** `--format tfjs`: a layers model that TensorFlow.js loads, in a page or in Node. */
import type { Normalization } from '@longhand/datasets';
import { encodeTfjsModel, type Model } from '@longhand/training';
import type { Exporter } from '../exporter';
import { beside } from '../paths';
import { inkText } from '../python-text';

export const exportTfjs: Exporter = (model, { output, options: { softmax, normalization } }) => {
  const isInside = normalization === 'inside';
  const files = encodeTfjsModel(model, { normalization: isInside, ...(softmax && { softmax: true }) });
  const { 'model.json': topology, ...shards } = Object.fromEntries(files);
  const weights = Object.entries(shards).map(([name, bytes]) => ({ path: beside(output, name), bytes }));
  return {
    files: [{ path: output, bytes: topology }, ...weights],
    advice: `In JavaScript, where the folder is served beside the page:

  import * as tf from '@tensorflow/tfjs';
  const model = await tf.loadLayersModel(${JSON.stringify(`./${output.split(/[/\\]/).slice(-2).join('/')}`)});
  const pixels = ${pixelsText(model)}
  const ${softmax ? 'probabilities' : 'logits'} = await model.predict(${isInside ? 'pixels.div(255)' : normalizedText(model.normalization)}).data();`,
  };
};

/** Pixels from 0 to 255 of a canvas, or of a list for what is no image, with a remark. */
function pixelsText(model: Model): string {
  const { inputShape } = model.network;
  const [height, width, channels] = inputShape;
  return inputShape.length === 3 && (channels === 1 || channels === 3)
    ? `tf.browser.fromPixels(canvas, ${channels}).toFloat().expandDims();   // ${height} × ${width}${inkText(model)}`
    : `tf.tensor(numbers, [1, ${inputShape.join(', ')}]);`;
}

/** The normalization; a number for each channel lies along the last axis. */
function normalizedText({ mean, std }: Normalization): string {
  const written = (numbers: number | readonly number[]): string =>
    typeof numbers === 'number' ? String(numbers) : `tf.tensor1d([${numbers.join(', ')}])`;
  return `pixels.div(255).sub(${written(mean)}).div(${written(std)})`;
}
