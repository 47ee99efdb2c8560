/**
 * Models that Keras saves: `.keras`, a zip with the layers as JSON and the weights as HDF5, and `.h5`, where an attribute has the layers.
 *
 * Source: keras/src/saving/saving_lib.py and legacy_h5_format.py of Keras 3.15
 */
import { type BudgetOptions, checkBudget } from '@longhand/schema';
import type { Tensor } from '@longhand/tensor';
import { checkBytes, FormatError, shown } from '../format-error';
import { Hdf5File } from '../hdf5/hdf5-file';
import { parseHeaderJson } from '../header-json';
import type { OnnxModel } from '../onnx/model';
import { decodeUtf8 } from '../utf8';
import { unpacked } from '../zip/unpacked';
import { isZip, zippedFiles } from '../zip/zip-files';
import type { KerasLayer } from './config';
import { onnxOfKeras } from './model-graph';
import { type LayerWeights, WeightsByName } from './weights';

const producer = { name: 'Keras', version: '' };

/**
 * A Keras model as an ONNX graph, whose layers `layersOfOnnx` finds.
 *
 * @param bytes those of a `.keras` or of a `.h5` file that has the whole model
 * @param where the file's name, for messages
 * @throws FormatError for weights without their layers, a layer that is not known, weights that are missing
 * @example decodeKeras(new Uint8Array(8), 'digits.keras'); // throws: digits.keras: …
 */
export function decodeKeras(bytes: Uint8Array, where = 'keras', options: BudgetOptions = {}): OnnxModel {
  checkBytes(bytes, where);
  const { topology, weights } = isZip(bytes) ? zippedModel(bytes, where, options) : wholeModel(bytes, where, options);
  return onnxOfKeras({ topology, weights, metadata: Object.create(null), producer }, where, options);
}

function zippedModel(
  bytes: Uint8Array,
  where: string,
  options: BudgetOptions,
): { topology: unknown; weights: LayerWeights } {
  const files = new Map(zippedFiles(bytes, where, options).map((file) => [file.name, file]));
  const [config, weights] = ['config.json', 'model.weights.h5'].map((name) => {
    const file = files.get(name);
    if (file !== undefined) return file;
    throw new FormatError(`${where}: expected ${name} in the zip, got none; save the model again`);
  });
  checkText(config.bytes?.length ?? config.deflated?.size ?? 0, where, options);
  const text = decodeUtf8(unpacked(config, where, options));
  const topology = text === undefined ? undefined : parseHeaderJson(text, where, options);
  return { topology, weights: new WeightsByPath(new Hdf5File(unpacked(weights, where, options), where, options)) };
}

function wholeModel(
  bytes: Uint8Array,
  where: string,
  options: BudgetOptions,
): { topology: unknown; weights: LayerWeights } {
  const file = new Hdf5File(bytes, where, options);
  const text = file.attribute('', 'model_config');
  if (text === undefined) {
    throw new FormatError(
      `${where}: expected a whole model, got weights without their layers; build the model in Python, model.load_weights('${where}'), and save it with model.save('model.keras')`,
    );
  }
  checkText(text.length, where, options);
  return {
    topology: parseHeaderJson(text, where, options),
    weights: new WeightsByName(file.floatsWithin('model_weights')),
  };
}

function checkText(textBytes: number, where: string, { budget }: BudgetOptions): void {
  checkBudget({ textBytes }, budget, { where, of: 'bytes of JSON', error: (message) => new FormatError(message) });
}

/**
 * The weights of a `.keras` file: `layers/conv2d_1/vars/0`, by the class of a layer and its number among those of that class. Files of
 * TensorFlow's Keras 2 call the layers `_layer_checkpoint_dependencies`, on Windows with another separator.
 */
class WeightsByPath implements LayerWeights {
  readonly #file: Hdf5File;

  constructor(file: Hdf5File) {
    this.#file = file;
  }

  of({ path, where }: KerasLayer, names: readonly string[]): readonly Tensor[] {
    const folder = folderNames(path).find((candidate) => this.#file.has(candidate));
    return names.map((name, at) => {
      const values = folder === undefined ? undefined : this.#file.floats(`${folder}vars/${at}`);
      if (values !== undefined) return values;
      throw new FormatError(
        `${where}: expected its weight ${shown(name)} as ${shown(`${path}vars/${at}`)}, got none; save the model again`,
      );
    });
  }
}

/** The names that a layer's group may have. */
function folderNames(path: string): readonly string[] {
  const older = path.replaceAll('layers/', '_layer_checkpoint_dependencies/');
  const parts = [path, older];
  return [...parts, ...parts.map((name) => name.replace(/(layers|dependencies)\//g, '$1\\'))];
}
