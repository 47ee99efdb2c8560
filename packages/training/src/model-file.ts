/**
 * Model files: safetensors with PyTorch's names and layouts, and with all else that a model needs in the metadata. A file
 * loads into PyTorch's network of the same layers, so its kernels are those of cross-correlations, also for true
 * convolutions.
 */
import { type QuantizedTensor, quantizePerChannel, readSafetensors, writeSafetensors } from '@longhand/formats';
import type { BudgetOptions } from '@longhand/schema';
import { formatShape, sameShape, type Tensor } from '@longhand/tensor';
import { flippedIfTrueConvolution } from './exchange/flipped-kernels';
import {
  checkNumbers,
  checkParameters,
  type DecodeOptions,
  type EncodeOptions,
  type Model,
  ModelError,
  modulesOfSettings,
  readSettings,
  settingsText,
} from './model-settings';
import { isQuantized } from './quantized-model';

/**
 * The bytes of a model file. The same model gives the same bytes. Of a layer or a loss that a module makes, the file has the module's
 * name, the export and its options.
 *
 * @throws ModelError for what {@link decodeModel} would refuse: classes, a normalization or parameters that do not fit the network,
 *   a number that is NaN or infinite
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const bytes = encodeModel(model);
 * decodeModel(bytes, 'digits.safetensors').parameters.get('conv1.weight').shape; // [ 6, 1, 5, 5 ]
 */
export function encodeModel(model: Model, options: EncodeOptions = {}): Uint8Array<ArrayBuffer> {
  const { network, parameters } = model;
  const entries = [...parameters.entries, ...parameters.bufferEntries];
  checkParameters(model);
  const flipped = flippedIfTrueConvolution(network);
  const quantized = new Map<string, QuantizedTensor>();
  const tensors = new Map<string, Tensor>();
  for (const { path, shape } of entries) {
    const values = flipped(path, parameters.get(path));
    if (options.quantize === undefined || !isQuantized(shape)) tensors.set(path, values);
    else quantized.set(path, quantizePerChannel(values));
  }
  return writeSafetensors({
    tensors,
    quantized,
    metadata: { format: 'pt', longhand: settingsText(model, options) },
  });
}

/**
 * The modules that the layers and the loss of a model are of, see `fromModule`, by the names that the file has for them: URLs, unless it
 * was written with others. None of their code is run.
 *
 * @throws FormatError when the bytes are no safetensors file, ModelError when they hold no model
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * modulesOfModel(encodeModel(model), 'digits.safetensors'); // [] (all layers are built-in ones)
 */
export function modulesOfModel(bytes: Uint8Array, where: string, options: BudgetOptions = {}): readonly string[] {
  return modulesOfSettings(metadataOf(bytes, where, options).text, where, options);
}

/**
 * The model of a file's bytes, in float32.
 *
 * @param where the file's name, for messages
 * @throws FormatError when the bytes are no safetensors file, ModelError when they hold no complete model
 * @example decodeModel(new Uint8Array(8), 'digits.safetensors'); // throws: digits.safetensors: …
 */
export function decodeModel(bytes: Uint8Array, where: string, options: DecodeOptions = {}): Model {
  const { tensors, text } = metadataOf(bytes, where, options);
  const settings = readSettings(text, where, options);
  const { network } = settings;
  const entries = new Map([...network.parameterEntries, ...network.bufferEntries].map((entry) => [entry.path, entry]));
  for (const name of tensors.keys()) {
    if (!entries.has(name)) {
      throw new ModelError(`${where}: expected the parameters of its network, got the tensor '${name}' besides`);
    }
  }
  for (const { path, shape } of entries.values()) {
    const stored = tensors.get(path);
    if (stored === undefined)
      throw new ModelError(`${where}: expected the parameter '${path}' ${formatShape(shape)}, got none`);
    if (!sameShape(stored.shape, shape)) {
      throw new ModelError(`${where}: expected '${path}' as ${formatShape(shape)}, got ${formatShape(stored.shape)}`);
    }
    checkNumbers(where, path, stored);
  }
  // Allocated only now, when the sizes in the metadata are known to be those of the stored tensors.
  const parameters = network.zeros();
  const flipped = flippedIfTrueConvolution(network);
  for (const path of entries.keys()) {
    parameters.get(path).data.set(flipped(path, tensors.get(path) as Tensor).data);
  }
  return { ...settings, parameters };
}

function metadataOf(
  bytes: Uint8Array,
  where: string,
  options: BudgetOptions,
): { readonly tensors: ReadonlyMap<string, Tensor>; readonly text: string } {
  const { tensors, metadata } = readSafetensors(bytes, where, options);
  if (metadata.longhand === undefined) {
    throw new ModelError(
      `${where}: expected a model saved by longhand, got a safetensors file without its 'longhand' metadata`,
    );
  }
  return { tensors, text: metadata.longhand };
}
