/**
 * The model that Keras or TensorFlow.js describes, as an ONNX graph: one recognition finds the layers of both, wherever the channels
 * are and whatever is flattened in which order.
 *
 * A Sequential model is a list of layers; a Functional one says of each layer what it is given. Models may be layers of models.
 */
import { type BudgetOptions, checkBudget, isRecord } from '@longhand/schema';
import { FormatError, shown } from '../format-error';
import type { OnnxModel, OnnxValue } from '../onnx/model';
import type { Writing } from './channel-axes';
import { classNameOf, KerasLayer } from './config';
import { type GraphValue, GraphWriter } from './graph-writer';
import { layerWriters } from './layer-writers';
import type { LayerWeights } from './weights';

/** The newest operators that the graph uses are of this opset. */
const OPSET = 24;

/** The most models within one another. */
const MAX_DEPTH = 16;

/** What becomes a graph. */
export interface KerasModel {
  /** `{ class_name: 'Sequential', config: { layers } }`, or a Functional model. */
  readonly topology: unknown;
  readonly weights: LayerWeights;
  /** Texts to keep. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly producer: OnnxModel['producer'];
}

/**
 * @throws FormatError naming the layer that is not known, or whose weights are missing
 */
export function onnxOfKeras(
  { topology, weights, metadata, producer }: KerasModel,
  where: string,
  options: BudgetOptions = {},
): OnnxModel {
  const writer = new ModelWriter({ graph: new GraphWriter(), weights }, where, options);
  const { input, output, nodes, initializers } = writer.whole(topology);
  return {
    irVersion: 8,
    opset: OPSET,
    producer,
    metadata,
    graph: {
      name: 'keras',
      inputs: [input],
      outputs: [{ name: output.name, elementType: 'float32' }],
      nodes,
      initializers,
    },
  };
}

class ModelWriter {
  readonly #writing: Writing;
  readonly #where: string;
  readonly #options: BudgetOptions;
  #input: OnnxValue | undefined;
  #layers = 0;

  constructor(writing: Writing, where: string, options: BudgetOptions) {
    this.#writing = writing;
    this.#where = where;
    this.#options = options;
  }

  whole(topology: unknown): {
    input: OnnxValue;
    output: GraphValue;
    nodes: GraphWriter['nodes'];
    initializers: GraphWriter['initializers'];
  } {
    const model = new KerasLayer(topology, '', this.#where);
    if (!isModel(model)) {
      throw new FormatError(
        `${this.#where}: expected a Sequential or a Functional model, got the class ${shown(model.className)}; a class of one's own is code, so export it as ONNX`,
      );
    }
    const output = this.#model(model, undefined, 0);
    const input = this.#input;
    if (input === undefined) throw new FormatError(`${this.#where}: expected an input, got none; save it again`);
    const { nodes, initializers } = this.#writing.graph;
    return { input, output, nodes, initializers };
  }

  #model(model: KerasLayer, input: GraphValue | undefined, depth: number): GraphValue {
    if (depth > MAX_DEPTH) model.refuse(`expected at most ${MAX_DEPTH} models within one another, got more`);
    return model.className === 'Sequential' ? this.#sequence(model, input, depth) : this.#network(model, input, depth);
  }

  #sequence(model: KerasLayer, input: GraphValue | undefined, depth: number): GraphValue {
    const layers = this.#layersOf(model);
    let value = input;
    for (const layer of layers) {
      if (layer.className === 'InputLayer') {
        value ??= this.#opened(layer, shapeOf(layer));
        continue;
      }
      value ??= isModel(layer) ? undefined : this.#opened(layer, shapeOf(layer) ?? shapeOf(model));
      value = this.#layer(layer, value === undefined ? [] : [value], depth);
    }
    return value ?? model.refuse('expected layers, got none');
  }

  #network(model: KerasLayer, input: GraphValue | undefined, depth: number): GraphValue {
    const names = referencesIn(model.any('input_layers'));
    const [output, ...others] = referencesIn(model.any('output_layers'));
    if (names.length !== 1 || output === undefined || others.length > 0) {
      model.refuse(
        `expected one input and one output, got ${names.length} and ${others.length + (output === undefined ? 0 : 1)}`,
      );
    }
    const values = new Map<string, GraphValue>();
    let waiting = this.#layersOf(model).map((layer) => ({ layer, sources: sourcesOf(layer) }));
    while (waiting.length > 0) {
      const left = waiting.filter(({ layer, sources }) => {
        const given = sources.flatMap((name) => values.get(name) ?? []);
        if (given.length < sources.length) return true;
        const isInput = sources.length === 0;
        if (isInput && layer.name !== names[0]) layer.refuse('expected a layer behind the input, got one without');
        const value = isInput ? (input ?? this.#opened(layer, shapeOf(layer))) : this.#layer(layer, given, depth);
        values.set(layer.name, value);
        return false;
      });
      if (left.length === waiting.length) {
        left[0].layer.refuse(
          `expected inputs that layers compute, got ${shown(left[0].sources.slice(0, 4).join(', '))}`,
        );
      }
      waiting = left;
    }
    return values.get(output) ?? model.refuse(`expected the layer ${shown(output)} as its output, got none`);
  }

  #layersOf(model: KerasLayer): readonly KerasLayer[] {
    const given = model.list('layers');
    this.#layers += given.length;
    checkBudget({ layers: this.#layers }, this.#options.budget, {
      where: this.#where,
      of: 'layers',
      error: (message) => new FormatError(message),
    });
    const counts = new Map<string, number>();
    const layers = given.map((json) => {
      const kind = snakeCase(classNameOf(json, this.#where));
      const count = counts.get(kind) ?? 0;
      counts.set(kind, count + 1);
      const path = `${model.path}layers/${kind}${count === 0 ? '' : `_${count}`}/`;
      return new KerasLayer(json, path, this.#where);
    });
    const names = new Set(layers.map(({ name }) => name));
    if (names.size !== layers.length) model.refuse('expected a name of its own for every layer, got one twice');
    return layers;
  }

  #layer(layer: KerasLayer, inputs: readonly GraphValue[], depth: number): GraphValue {
    const [first, ...others] = inputs;
    if (isModel(layer)) return this.#model(layer, first, depth + 1);
    if (first === undefined) layer.refuse('expected something that it is given, got nothing');
    if (!Object.hasOwn(layerWriters, layer.className)) {
      layer.refuse(`expected one of the layers that this project knows: ${Object.keys(layerWriters).join(', ')}`);
    }
    return layerWriters[layer.className](this.#writing, layer, [first, ...others]);
  }

  /** The input of the whole model. */
  #opened(layer: KerasLayer, shape: readonly unknown[] | undefined): GraphValue {
    const [, ...extents] =
      shape ?? layer.refuse('expected the shape of the input, got none; build the model and save it again');
    const isFixed = extents.every((extent) => typeof extent === 'number' && Number.isSafeInteger(extent) && extent > 0);
    if (!isFixed || extents.length < 1 || extents.length > 3) {
      layer.refuse(
        `expected an input of one to three fixed extents besides the batch, got ${shown(JSON.stringify(shape))}`,
      );
    }
    this.#input = { name: 'input', elementType: 'float32', shape: ['batch', ...(extents as number[])] };
    return { name: 'input', rank: extents.length };
  }
}

function isModel({ className }: KerasLayer): boolean {
  return ['Sequential', 'Functional', 'Model'].includes(className);
}

/** The shape of what a layer is given, the batch first, as far as it says one. */
function shapeOf(layer: KerasLayer): readonly unknown[] | undefined {
  const given = ['batch_input_shape', 'batch_shape', 'build_input_shape'].map((key) => layer.any(key));
  return given.find((shape) => Array.isArray(shape)) as readonly unknown[] | undefined;
}

/** What a layer is given: nothing for an input. */
function sourcesOf(layer: KerasLayer): readonly string[] {
  const { inbound } = layer;
  if (inbound.length > 1) layer.refuse(`expected each layer to be used once, got it ${inbound.length} times`);
  return referencesIn(inbound);
}

/** What `.keras` files call a class: `conv2d` for Conv2D, `batch_normalization` for BatchNormalization. */
function snakeCase(className: string): string {
  return className
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * The layers that a value of a Functional model refers to: `['conv', 0, 0]` in Keras 2 and TensorFlow.js, a record with
 * `keras_history` in Keras 3, both in lists within lists.
 */
function referencesIn(json: unknown): string[] {
  if (Array.isArray(json)) {
    const [name, node] = json;
    return typeof name === 'string' && typeof node === 'number' ? [name] : json.flatMap(referencesIn);
  }
  if (!isRecord(json)) return [];
  if (isRecord(json.config) && json.config.keras_history !== undefined) return referencesIn(json.config.keras_history);
  return Object.values(json).flatMap(referencesIn);
}
