/** Models of files: those that Longhand wrote, ONNX, and weights as PyTorch saves them, as the commands read them. */
import { isPytorchFile } from '@longhand/formats';
import { mnistNormalization } from '@longhand/mnist';
import {
  decodeModel,
  decodeOnnxModel,
  type ForeignModel,
  type Model,
  matchStateDict,
  parametersOfStateDict,
  presetOfStateDict,
  readStateDict,
} from '@longhand/training';

/** A model, and what had to be assumed because its file does not say it. */
export interface OpenedModel {
  readonly model: Model;
  readonly assumed: readonly string[];
}

/**
 * The model of a file's bytes. No code of the file is run.
 *
 * @param file its name, for messages
 * @throws ModelError or FormatError, of one line, when it is no model, is damaged, or names code of the user's own
 * @example modelOfBytes(new Uint8Array(await file.arrayBuffer()), file.name).model.network
 */
export function modelOfBytes(bytes: Uint8Array, file: string): OpenedModel {
  const openBrace = 0x7b;
  const isSafetensors = bytes[8] === openBrace || file.toLowerCase().endsWith('.safetensors');
  if (!isSafetensors && !isPytorchFile(bytes)) return completed(decodeOnnxModel(bytes, file), file, []);
  const { tensors, metadata, order } = readStateDict(bytes, file);
  if (metadata.longhand !== undefined) return { model: decodeModel(bytes, file), assumed: [] };
  const { name, network } = presetOfStateDict(tensors, {}, file);
  const match = matchStateDict(tensors, network, file, order);
  const parameters = parametersOfStateDict(tensors, network, file, match);
  const assumed = [`the network ${name}, which its shapes fit`, 'ReLU', 'max pooling'];
  return completed({ network, parameters }, file, assumed);
}

/** With normalization and class names, from the file or by assumption. */
function completed(foreign: ForeignModel, file: string, assumed: readonly string[]): OpenedModel {
  const { network } = foreign;
  const isGray = network.inputShape.at(-1) === 1;
  const usual = isGray ? mnistNormalization : { mean: 0, std: 1 };
  const { normalization = usual } = foreign;
  const classes = foreign.classes ?? Array.from({ length: network.outputShape[0] ?? 0 }, (_, label) => String(label));
  const training = foreign.training ?? { importedFrom: file };
  const guess = isGray ? 'pixels normalized as MNIST’s' : 'pixels from 0 to 1';
  return {
    model: { ...foreign, normalization, classes, training },
    assumed: foreign.normalization === undefined ? [...assumed, guess] : assumed,
  };
}
