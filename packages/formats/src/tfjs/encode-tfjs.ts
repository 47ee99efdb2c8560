/**
 * Layers as a layers model of TensorFlow.js: `model.json` with the topology, and shards of at most 4 MB with the weights, as
 * TensorFlow.js writes them. Layers one after another are a Sequential model, those with branches a Functional one; hard swish is a
 * product of two.
 *
 * Source: tfjs-core/src/io/types.ts and tfjs-layers/src/models.ts of TensorFlow.js 4.22.
 */
import { formatShape, type Shape, sizeOf, type Tensor } from '@longhand/tensor';
import { writeFloats } from '../element-type';
import { FormatError, shown } from '../format-error';
import { checkPosition, type OnnxLayer, type OnnxResidual, outputShape } from '../onnx/layer';
import { layerConfigs, type TfjsLayer } from './layer-configs';

/** The properties of the model besides its layers. */
export interface TfjsOptions {
  /** The shape of one input, without the batch: `[channels, height, width]`, or a list. */
  readonly inputShape: Shape;
  /** What the model is called. Default: `longhand`. */
  readonly name?: string;
  /** Free text by name, which `model.getUserDefinedMetadata()` gives back. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** TensorFlow.js's own: browsers keep files of this size. */
const SHARD_BYTES = 4 * 2 ** 20;

/**
 * The files of a model by their names, `model.json` last: whoever writes them in order has its weights when the model is there. Images
 * are `[batch, height, width, channels]`.
 *
 * @throws FormatError naming the layer that TensorFlow.js has nothing for
 * @example
 * import { tensor } from '@longhand/tensor';
 * const fc = { kind: 'gemm', name: 'fc', weight: tensor([10, 784]), bias: tensor([10]) } as const;
 * const files = encodeTfjs([{ kind: 'flatten' }, fc], { inputShape: [1, 28, 28] });
 * [...files.keys()]; // [ 'group1-shard1of1.bin', 'model.json' ]
 */
export function encodeTfjs(layers: readonly OnnxLayer[], options: TfjsOptions): Map<string, Uint8Array<ArrayBuffer>> {
  const { inputShape, name = 'longhand', metadata = {} } = options;
  const writer = new TopologyWriter();
  writer.write(layers, inputShape);
  const weights = writer.layers.flatMap(({ config, weights }) =>
    weights.map(([weight, values]) => ({ name: `${config.name}/${weight}`, values })),
  );
  const shards = shardsOf(weights.map(({ values }) => values));
  const paths = shards.map((_, at) => `group1-shard${at + 1}of${shards.length}.bin`);
  const manifest = {
    paths,
    weights: weights.map(({ name, values }) => ({ name, shape: values.shape, dtype: 'float32' })),
  };
  const json = {
    format: 'layers-model',
    generatedBy: 'Longhand',
    convertedBy: null,
    modelTopology: { ...writer.topology(name), keras_version: 'tfjs-layers 4.22.0', backend: 'tensor_flow.js' },
    weightsManifest: weights.length === 0 ? [] : [manifest],
    ...(Object.keys(metadata).length > 0 && { userDefinedMetadata: metadata }),
  };
  const files = shards.map((bytes, at) => [paths[at], bytes] as const);
  return new Map([...files, ['model.json', new TextEncoder().encode(JSON.stringify(json))]]);
}

/** A layer with those whose results it is given. */
interface PlacedLayer extends TfjsLayer {
  readonly inputs: readonly string[];
}

/** Where a value of the network is, while layers are written one after another. */
interface Position {
  /** The layer that computes it. */
  readonly source: string;
  /** Its shape, channels first. */
  readonly shape: Shape;
  /** Of a list, where each of its numbers is in TensorFlow.js's. */
  readonly order?: Int32Array | undefined;
}

class TopologyWriter {
  readonly layers: PlacedLayer[] = [];
  readonly #names = new Set<string>();
  #last = '';

  write(layers: readonly OnnxLayer[], inputShape: Shape): void {
    for (const name of namesIn(layers)) {
      if (this.#names.has(name))
        throw new FormatError(`encodeTfjs: expected a name of its own for each layer, got ${shown(name)} twice`);
      this.#names.add(name);
    }
    const config = {
      name: this.#free('input'),
      batch_input_shape: [null, ...channelsLast(inputShape)],
      dtype: 'float32',
      sparse: false,
    };
    this.layers.push({ class_name: 'InputLayer', config, weights: [], inputs: [] });
    this.#last = this.#branch(layers, { source: config.name, shape: inputShape }, true).source;
  }

  topology(name: string): object {
    const isChain = this.layers.every(
      ({ inputs }, at) => at === 0 || inputs.join() === this.layers[at - 1].config.name,
    );
    const entries = this.layers.map(({ class_name, config, inputs }) => {
      if (isChain) return { class_name, config };
      const inbound = inputs.map((input) => [input, 0, 0, {}]);
      return { class_name, config, name: config.name, inbound_nodes: inbound.length === 0 ? [] : [inbound] };
    });
    if (isChain) return { class_name: 'Sequential', config: { name, layers: entries } };
    const ends = { input_layers: [[this.layers[0].config.name, 0, 0]], output_layers: [[this.#last, 0, 0]] };
    return { class_name: 'Model', config: { name, layers: entries, ...ends } };
  }

  #branch(layers: readonly OnnxLayer[], start: Position, isWhole = false): Position {
    let position = start;
    for (const [at, layer] of layers.entries()) {
      const name = 'name' in layer ? layer.name : layer.kind;
      const where = `encodeTfjs: ${shown(name)}`;
      if (isWhole) checkPosition(layer, layers.slice(0, at), where);
      const shape = outputShape(layer, position.shape, where);
      // The layer gives a list at once.
      if (layer.kind === 'flatten' && layers[at - 1]?.kind === 'globalAveragePool') position = { ...position, shape };
      else if (layer.kind === 'residual') position = { ...this.#block(layer, position), shape };
      else if (layer.kind === 'flatten') position = this.#flatten(position, layers.slice(at + 1));
      else position = { ...this.#placed(this.#single(layer, layers[at + 1]), position, where), shape };
    }
    return position;
  }

  /** A global pooling of which the axes of the image are needed is a mean over a window as large as the image. */
  #single(layer: Exclude<OnnxLayer, OnnxResidual>, next: OnnxLayer | undefined): (position: Position) => typeof layer {
    return ({ shape: [, ...window] }) =>
      layer.kind === 'globalAveragePool' && (next?.kind !== 'flatten' || window.length !== 2)
        ? { kind: 'averagePool', window, strides: window, pads: window.flatMap(() => [0, 0]) }
        : layer;
  }

  #placed(
    layerAt: (position: Position) => Exclude<OnnxLayer, OnnxResidual>,
    position: Position,
    where: string,
  ): Position {
    const layer = layerAt(position);
    const name = 'name' in layer ? this.#free(`${layer.name}_`) : this.#free(layer.kind);
    const context = { name, input: position.shape, order: position.order, where };
    let { source } = position;
    for (const config of layerConfigs(layer, context)) {
      this.layers.push({ ...config, inputs: config.takesInputToo ? [position.source, source] : [source] });
      source = String(config.config.name);
    }
    return { ...position, source, order: layer.kind === 'gemm' ? undefined : position.order };
  }

  /** Both flatten, in different orders: the weights behind follow, or the axes are exchanged before. */
  #flatten({ source, shape }: Position, behind: readonly OnnxLayer[]): Position {
    const order = flattenedOrder(shape);
    const meetsWeights = behind.find(({ kind }) => kind === 'gemm' || kind === 'residual')?.kind === 'gemm';
    const list = { shape: [sizeOf(shape)] };
    if (order === undefined || meetsWeights)
      return { ...this.#simple('Flatten', 'flatten', {}, [source]), ...list, order };
    const axes = shape.map((_, axis) => axis + 1);
    const dims = [...axes.slice(-1), ...axes.slice(0, -1)];
    const permuted = this.#simple('Permute', 'permute', { dims }, [source]);
    return { ...this.#simple('Flatten', 'flatten', {}, [permuted.source]), ...list };
  }

  #block({ body, shortcut }: OnnxResidual, start: Position): Position {
    const [one, other] = [this.#branch(body, start), this.#branch(shortcut, start)];
    if (one.order !== other.order) {
      throw new FormatError('encodeTfjs: expected branches that give one order, got a flatten in one of them');
    }
    return { ...one, ...this.#simple('Add', 'add', {}, [one.source, other.source]) };
  }

  #simple(className: string, stem: string, config: object, inputs: readonly string[]): { readonly source: string } {
    const name = this.#free(stem);
    const entry = { name, ...config, trainable: true, dtype: 'float32' };
    this.layers.push({ class_name: className, config: entry, weights: [], inputs });
    return { source: name };
  }

  /** A name that no layer has yet: `relu`, `relu_2`. */
  #free(stem: string): string {
    let name = stem;
    for (let count = 2; this.#names.has(name); count++) name = `${stem}_${count}`;
    this.#names.add(name);
    return name;
  }
}

/** Where the number at each index, channels first, is in the list with channels last; undefined where it is the same. */
function flattenedOrder(shape: Shape): Int32Array | undefined {
  const [channels, ...axes] = shape;
  const each = sizeOf(axes);
  if (channels === 1 || each === 1) return undefined;
  return Int32Array.from({ length: channels * each }, (_, k) => (k % each) * channels + Math.floor(k / each));
}

/** The names of layers that have one, those in branches included. */
function namesIn(layers: readonly OnnxLayer[]): string[] {
  return layers.flatMap((layer) => {
    if (layer.kind === 'residual') return [...namesIn(layer.body), ...namesIn(layer.shortcut)];
    return 'name' in layer ? [layer.name] : [];
  });
}

function channelsLast([channels, ...axes]: Shape): Shape {
  return [...axes, channels];
}

/** All numbers in float32, one behind another, in pieces. */
function shardsOf(weights: readonly Tensor[]): Uint8Array<ArrayBuffer>[] {
  const all = new Uint8Array(4 * weights.reduce((sum, { data }) => sum + data.length, 0));
  const view = new DataView(all.buffer);
  let at = 0;
  for (const { data, shape } of weights) {
    if (data.length !== sizeOf(shape))
      throw new FormatError(`encodeTfjs: expected numbers for ${formatShape(shape)}, got ${data.length}`);
    at = writeFloats(view, at, data instanceof Float32Array ? data : Float32Array.from(data));
  }
  return Array.from({ length: Math.ceil(all.length / SHARD_BYTES) }, (_, shard) =>
    all.slice(shard * SHARD_BYTES, (shard + 1) * SHARD_BYTES),
  );
}
