/** The network that ONNX layers describe. */
import {
  type OnnxBatchNorm,
  type OnnxConv,
  type OnnxCrop,
  type OnnxLayer,
  type OnnxNetwork,
  type OnnxPool,
  onnxOutputShape,
} from '@longhand/formats';
import { batchNormDefaults, type Network, type NetworkParameters } from '@longhand/layers';
import type { BudgetOptions } from '@longhand/schema';
import { formatShape, type Shape, type Tensor } from '@longhand/tensor';
import { checkNumbers, ModelError, readNetwork } from '../model-settings';
import { blockOf, LayerNames } from './onnx-layer-names';

/** A layer as `networkFrom` takes it; a layer without a name is given one. */
type Written = Readonly<Record<string, unknown>> | string;

/** A network and its weights. */
export interface WeightedNetwork {
  /** The network. */
  readonly network: Network;
  /** Its parameters and buffers. */
  readonly parameters: NetworkParameters;
}

/**
 * The network of layers without a normalization. A final softmax is omitted: the losses and reports of this project take
 * logits. Layers keep their names; characters that a name cannot have become `_` (`features.0` → `features_0`). A block is called after
 * the module that its layers have in common (`layer1.0`), and they by the rest (`conv1`).
 *
 * @param where the file's name, for messages
 * @throws ModelError naming the layer without a counterpart
 */
export function networkOfOnnxLayers(
  { inputShape, layers }: OnnxNetwork,
  where: string,
  options: BudgetOptions = {},
): WeightedNetwork {
  const final = layers.findIndex(({ kind }) => kind === 'softmax' || kind === 'logSoftmax');
  const kept = final < 0 ? layers : layers.slice(0, final);
  const writer = new DescriptionWriter(where);
  const written = writer.written(kept, { inputShape, path: '', module: '', isWhole: true });
  const network = readNetwork({ input: channelsLast(inputShape), layers: written }, where, options);
  const parameters = network.zeros();
  for (const [path, values] of writer.tensors) {
    parameters.get(path).data.set(values.data);
    checkNumbers(where, path, parameters.get(path));
  }
  return { network, parameters };
}

/** Where a list of layers is. */
interface Place {
  readonly inputShape: Shape;
  /** What the paths of its layers begin with: empty, or a branch and a dot. */
  readonly path: string;
  /** The module of the other program that the layers are in, which their names begin with. */
  readonly module: string;
  /** Whether the list is the whole network, and no branch. */
  readonly isWhole: boolean;
}

class DescriptionWriter {
  /** The weights by the paths of this network. */
  readonly tensors = new Map<string, Tensor>();
  readonly #where: string;

  constructor(where: string) {
    this.#where = where;
  }

  written(layers: readonly OnnxLayer[], place: Place): readonly Written[] {
    const names = new LayerNames(place.module);
    return withGlobalAverages(layers, place, this.#where).map(({ layer, inputShape }, at) =>
      this.#layer(layer, names, { ...place, inputShape }, `${this.#where}: layer ${at + 1}`),
    );
  }

  #layer(layer: OnnxLayer, names: LayerNames, place: Place, where: string): Written {
    switch (layer.kind) {
      case 'conv':
        return { name: this.#named(layer, names, place), ...convolutionOf(layer) };
      case 'gemm': {
        const name = this.#named(layer, names, place);
        return { name, kind: 'dense', outFeatures: layer.weight.shape[0], ...biasOf(layer) };
      }
      case 'batchNorm':
        return { name: this.#named(layer, names, place), kind: 'batchNorm', ...batchNormOptionsOf(layer) };
      case 'residual': {
        const { module, branches } = blockOf(layer, place.module);
        const name = names.ofBlock(module);
        const within = (branch: 'body' | 'shortcut'): readonly Written[] => {
          const path = `${place.path}${name}.${branch}.`;
          return this.written(layer[branch], { ...place, path, module: branches[branch], isWhole: false });
        };
        const [body, shortcut] = [within('body'), within('shortcut')];
        return { name, kind: 'residual', body, ...(shortcut.length === 0 ? {} : { shortcut }) };
      }
      case 'maxPool':
      case 'averagePool':
        return poolOf(layer, where);
      case 'crop':
        return cropOf(layer);
      case 'leakyRelu':
        return { ...layer, negativeSlope: shortest(layer.negativeSlope) };
      case 'dropout':
        return { ...layer, rate: shortest(layer.rate) };
      case 'normalization':
        throw new ModelError(`${where}: expected a normalization as the first layer only`);
      default:
        return layer.kind;
    }
  }

  /** The name of a layer with weights, which are kept for it. */
  #named(layer: Extract<OnnxLayer, { name: string }>, names: LayerNames, { path }: Place): string {
    const name = names.of(layer);
    const { weight, bias } = layer;
    const statistics = layer.kind === 'batchNorm' ? { running_mean: layer.mean, running_var: layer.variance } : {};
    for (const [parameter, values] of Object.entries({ weight, bias, ...statistics })) {
      if (values !== undefined) this.tensors.set(`${path}${name}.${parameter}`, values);
    }
    return name;
  }
}

/** A layer and the shape of what it is given. */
interface PlacedLayer {
  readonly layer: OnnxLayer;
  readonly inputShape: Shape;
}

/**
 * The layers, in which a global average pooling gives a vector at once, as the layer does: a flatten right behind it is
 * omitted. Where the axes of the image are still needed, it is a mean over a window as large as the image.
 */
function withGlobalAverages(layers: readonly OnnxLayer[], place: Place, where: string): readonly PlacedLayer[] {
  let shape = place.inputShape;
  return layers.flatMap((layer, at): PlacedLayer[] => {
    const inputShape = shape;
    shape = onnxOutputShape(layer, shape, where);
    if (layer.kind === 'flatten' && layers[at - 1]?.kind === 'globalAveragePool') return [];
    if (layer.kind !== 'globalAveragePool') return [{ layer, inputShape }];
    const next = layers
      .slice(at + 1)
      .find(({ kind }) => ['conv', 'maxPool', 'averagePool', 'residual', 'flatten'].includes(kind));
    if (next === undefined ? place.isWhole : next.kind === 'flatten') return [{ layer, inputShape }];
    const [, ...window] = inputShape;
    const pooling: OnnxPool = { kind: 'averagePool', window, strides: window, pads: window.flatMap(() => [0, 0]) };
    return [{ layer: pooling, inputShape }];
  });
}

/** A shape in this project's order of axes: channels last. */
function channelsLast([channels, ...axes]: readonly number[]): readonly number[] {
  return [...axes, channels];
}

/** One number where all sides have the same. */
function cropOf({ border }: OnnxCrop): Written {
  const [top, left, bottom, right] = border;
  const isEven = border.every((rows) => rows === top);
  return { kind: 'crop2d', border: isEven ? top : { top, bottom, left, right } };
}

function convolutionOf(layer: OnnxConv): Readonly<Record<string, unknown>> {
  const { weight, strides, pads, groups = 1, dilations = [] } = layer;
  const [outChannels, , ...kernel] = weight.shape;
  return {
    kind: kernel.length === 1 ? 'conv1d' : 'conv2d',
    outChannels,
    kernel: brief(kernel),
    ...(groups === 1 ? {} : { groups }),
    ...(strides.every((stride) => stride === 1) ? {} : { stride: brief(strides) }),
    ...(dilations.every((dilation) => dilation === 1) ? {} : { dilation: brief(dilations) }),
    ...paddingOf(pads),
    ...biasOf(layer),
  };
}

/** The options for zeros around the image, or at both ends of a signal; nothing for none, which is the default. */
function paddingOf(pads: readonly number[]): object {
  const isEven = pads.every((pad) => pad === pads[0]);
  if (isEven) return pads[0] === 0 ? {} : { padding: pads[0] };
  const [top, left, bottom, right] = pads;
  return { padding: pads.length === 2 ? pads : { top, left, bottom, right } };
}

function poolOf({ kind, window, strides, pads, countsPads = true }: OnnxPool, where: string): Written {
  const given = `${kind} with windows ${formatShape(window)} and pads ${formatShape(pads)}`;
  if (window.length !== 2) throw new ModelError(`${where}: expected pooling of images, got ${given}`);
  return {
    kind: 'pool2d',
    pooling: kind === 'maxPool' ? 'max' : 'mean',
    window: brief(window),
    ...(formatShape(strides) === formatShape(window) ? {} : { stride: brief(strides) }),
    ...paddingOf(pads),
    ...(kind === 'maxPool' || countsPads || pads.every((pad) => pad === 0) ? {} : { countIncludePad: false }),
  };
}

/** Where they are not the default. ONNX's momentum is the part that stays, PyTorch's the part that is replaced. */
function batchNormOptionsOf({ epsilon, momentum }: OnnxBatchNorm): object {
  const given = { momentum: shortest(1 - shortest(momentum)), epsilon: shortest(epsilon) };
  return {
    ...(given.momentum === batchNormDefaults.momentum ? {} : { momentum: given.momentum }),
    ...(given.epsilon === batchNormDefaults.epsilon ? {} : { epsilon: given.epsilon }),
  };
}

/** The option for a layer without a bias; nothing for one with it, which is the default. */
function biasOf({ bias }: { readonly bias?: Tensor }): object {
  return bias === undefined ? { bias: false } : {};
}

/** One number if all are equal, as a person would write it. */
function brief(numbers: readonly number[]): number | readonly number[] {
  return numbers.every((number) => number === numbers[0]) ? numbers[0] : numbers;
}

/** The number with the fewest digits that is the same in float32, the precision of the file: 0.1 for 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const brief = Number(value.toPrecision(digits));
    if (Math.fround(brief) === Math.fround(value)) return brief;
  }
  return value;
}
