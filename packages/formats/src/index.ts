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
export {
  type OnnxActivation,
  type OnnxConv,
  type OnnxFinalActivation,
  type OnnxGemm,
  type OnnxNetwork,
  type OnnxNormalization,
  type OnnxOperation,
  type OnnxPool,
  outputShape as onnxOutputShape,
} from './onnx/operation';
export { operationsOfOnnx } from './onnx/operations-from-onnx';
export { type OnnxOptions, onnxOfOperations } from './onnx/operations-to-onnx';
export { readSafetensors, type Safetensors, type SafetensorsSource, writeSafetensors } from './safetensors';
