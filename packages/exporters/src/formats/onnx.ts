/** `--format onnx`: for onnxruntime and whatever else runs networks. */
import { encodeOnnxModel, type Model } from '@longhand/training';
import type { Exporter } from '../exporter';
import { inkText, normalizedText } from '../python-text';

export const exportOnnx: Exporter = (model, { output, options: { softmax, normalization, opset, quantize } }) => {
  const isInside = normalization === 'inside';
  const bytes = encodeOnnxModel(model, {
    normalization: isInside,
    ...(opset !== undefined && { opset }),
    ...(softmax && { softmax: true }),
    ...(quantize && { quantize }),
  });
  // PyTorch's order of axes: channels first.
  const { inputShape } = model.network;
  const shape = [...inputShape.slice(-1), ...inputShape.slice(0, -1)].join(', ');
  const pixels = isInside ? 'pixels / 255' : normalizedText('numpy.array', model.normalization);
  const result = softmax ? 'probabilities' : 'logits';
  const web = isInside ? 'pixels / 255' : webText(model);
  return {
    files: [{ path: output, bytes }],
    advice: `In Python:

  import numpy, onnxruntime
  session = onnxruntime.InferenceSession(${JSON.stringify(output)})
  [${result}] = session.run(None, {"input": (${pixels}).astype(numpy.float32)})   # pixels [batch, ${shape}]${inkText(model)}

In a page or in Node:

  import { InferenceSession, Tensor } from "onnxruntime-web";
  const session = await InferenceSession.create(${JSON.stringify(output)});
  const { ${result} } = await session.run({ input: new Tensor("float32", x, [1, ${shape}]) });   // x: a Float32Array of ${web}`,
  };
};

/** What an image's numbers are in JavaScript; of colors it is a formula for each channel. */
function webText({ normalization }: Model): string {
  const text = ({ mean, std }: { readonly mean: unknown; readonly std: unknown }): string =>
    `(pixels / 255 - ${mean}) / ${std}`;
  if (typeof normalization.mean === 'number' && typeof normalization.std === 'number') return text(normalization);
  return `${text({ mean: 'mean', std: 'std' })} with mean ${shown(normalization.mean)} and std ${shown(normalization.std)} of the channels`;
}

function shown(numbers: number | readonly number[]): string {
  return typeof numbers === 'number' ? String(numbers) : `[${numbers.join(', ')}]`;
}
