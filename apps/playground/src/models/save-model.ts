/** Models as files, as `longhand export` writes them. */
import { encodeModel, encodeOnnxModel, type Model } from '@longhand/training';
import type { SaveFormat } from './model-names';

const encoders: Readonly<Record<SaveFormat, (model: Model) => Uint8Array<ArrayBuffer>>> = {
  safetensors: (model) => encodeModel(model),
  onnx: (model) => encodeOnnxModel(model, { softmax: true, normalization: true }),
};

/** The bytes of a model's file. @throws ModelError naming the layer that the format has none for */
export function fileOfModel(model: Model, format: SaveFormat): Uint8Array<ArrayBuffer> {
  return encoders[format](model);
}
