export { FormatError } from './format-error';
export { isHdf5 } from './hdf5/hdf5-file';
export { decodeKeras } from './keras/keras-file';
export { decodeOnnx } from './onnx/decoder';
export { encodeOnnx } from './onnx/encoder';
export type { OnnxSource } from './onnx/external-data';
export {
  type OnnxActivation,
  type OnnxBatchNorm,
  type OnnxConv,
  type OnnxCrop,
  type OnnxFinalActivation,
  type OnnxGemm,
  type OnnxLayer,
  type OnnxNetwork,
  type OnnxNormalization,
  type OnnxPool,
  type OnnxResidual,
  outputShape as onnxOutputShape,
} from './onnx/layer';
export { layersOfOnnx, type RecognitionOptions } from './onnx/layers-from-onnx';
export { type OnnxOptions, onnxOfLayers } from './onnx/layers-to-onnx';
export type {
  OnnxAttribute,
  OnnxElementType,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from './onnx/model';
export { isPytorchFile, type PytorchFile, type ReadPytorchOptions, readPytorch } from './pytorch/pytorch-file';
export { dequantize, type QuantizedTensor, quantizePerChannel } from './quantization';
export {
  readSafetensors,
  type Safetensors,
  type SafetensorsOptions,
  type SafetensorsSource,
  writeSafetensors,
} from './safetensors';
export { encodeEvents, type ScalarEvent } from './tensorboard/events';
export { encodeTfjs, type TfjsOptions } from './tfjs/encode-tfjs';
export { decodeTfjs, isTfjsModel } from './tfjs/tfjs-model';
export type { TfjsSource } from './tfjs/weight-data';
export { type ArchiveKind, archiveText, kindOfZip } from './zip/archive-kind';
export { isZip } from './zip/zip-files';
