export { FormatError } from './format-error';
export { decodeOnnx } from './onnx/decoder';
export { encodeOnnx } from './onnx/encoder';
export type {
  OnnxAttribute,
  OnnxElementType,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from './onnx/model';
export { readSafetensors, type Safetensors, type SafetensorsSource, writeSafetensors } from './safetensors';
