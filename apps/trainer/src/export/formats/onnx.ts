/** `--format onnx`: for onnxruntime and whatever else runs networks. */
import { encodeOnnxModel } from '@longhand/training';
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
  const [height, width, channels] = model.network.inputShape;
  const pixels = isInside ? 'pixels / 255' : normalizedText('numpy.array', model.normalization);
  return {
    files: [{ path: output, bytes }],
    advice: `In Python:

  import numpy, onnxruntime
  session = onnxruntime.InferenceSession(${JSON.stringify(output)})
  [${softmax ? 'probabilities' : 'logits'}] = session.run(None, {"input": (${pixels}).astype(numpy.float32)})   # pixels [batch, ${[channels, height, width].join(', ')}]${inkText(model)}`,
  };
};
