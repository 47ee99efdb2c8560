/** Models as TensorFlow.js keeps them: `model.json` with its shards, or the artifacts of a browser as JSON. */
import { decodeTfjs, encodeTfjs, type TfjsSource } from '@longhand/formats';
import { boolean, type Entries, optional } from '@longhand/schema';
import { checkParameters, type Model, settingsText } from '../model-settings';
import { checkRunOptions } from '../run-schemas';
import { type ForeignModel, foreignModelOfOnnx, layersWithEnds, type OnnxModelOptions } from './onnx-file';
import { channelsFirst } from './onnx-layers-of-network';

/** What a model of TensorFlow.js contains besides the layers. */
export type TfjsModelOptions = Pick<OnnxModelOptions, 'softmax' | 'normalization'>;

const optionEntries = {
  softmax: optional(boolean),
  normalization: optional(boolean),
} satisfies Entries<TfjsModelOptions>;

/**
 * The files of a layers model by their names, `model.json` last: the model takes `[batch, height, width, channels]` and gives logits or
 * probabilities. What TensorFlow.js has no place for is in its metadata, so that the same model comes back.
 *
 * @throws ModelError or FormatError naming the layer that TensorFlow.js has no layer for
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * [...encodeTfjsModel(model).keys()]; // [ 'group1-shard1of1.bin', 'model.json' ]
 */
export function encodeTfjsModel(model: Model, options: TfjsModelOptions = {}): Map<string, Uint8Array<ArrayBuffer>> {
  checkRunOptions<TfjsModelOptions>('encodeTfjsModel', optionEntries, options);
  checkParameters(model);
  const { network, normalization, classes, training = {} } = model;
  return encodeTfjs(layersWithEnds(model, options), {
    inputShape: channelsFirst(network.inputShape),
    metadata: { longhand: settingsText({ network, normalization, classes, training }) },
  });
}

/**
 * The network of a layers model of TensorFlow.js, of this project or of another program.
 *
 * @param bytes those of `model.json`, or of artifacts as JSON
 * @param where the file's name, for messages
 * @param source how to read the shards
 * @throws FormatError when the bytes are no layers model or have unknown layers, ModelError when they describe no network that
 *   Longhand can build
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const files = encodeTfjsModel(model);
 * const json = files.get('model.json') ?? new Uint8Array();
 * const external = (path: string) => files.get(path) ?? new Uint8Array();
 * decodeTfjsModel(json, 'model.json', { external }).network.inputShape; // [ 28, 28, 1 ]
 */
export function decodeTfjsModel(bytes: Uint8Array, where: string, source: TfjsSource = {}): ForeignModel {
  return foreignModelOfOnnx(decodeTfjs(bytes, where, source), where, { budget: source.budget });
}
