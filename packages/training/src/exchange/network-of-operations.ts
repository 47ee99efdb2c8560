/** The network that a chain of ONNX operations describes. */
import { type OnnxConv, type OnnxNetwork, type OnnxOperation, type OnnxPool, onnxOutputShape } from '@longhand/formats';
import type { Network, Parameters } from '@longhand/layers';
import { formatShape, type Shape, type Tensor } from '@longhand/tensor';
import { checkNumbers, ModelError, readNetwork } from '../model-settings';

/** A layer as `networkFrom` takes it; a layer without a name is given one. */
type Written = Readonly<Record<string, unknown>>;

/** A network and its weights. */
export interface WeightedNetwork {
  readonly network: Network;
  readonly parameters: Parameters;
}

/**
 * The network of operations without a normalization. A final softmax is omitted: the losses and reports of this project
 * take logits. Layers keep their names; characters that a name cannot have become `_` (`features.0` → `features_0`).
 *
 * @param where the file's name, for messages
 * @throws ModelError naming the operation without a corresponding layer
 */
export function networkOfOperations({ inputShape, operations }: OnnxNetwork, where: string): WeightedNetwork {
  const final = operations.findIndex(({ kind }) => kind === 'softmax' || kind === 'logSoftmax');
  const layered = withGlobalAverages(final < 0 ? operations : operations.slice(0, final), inputShape, where);
  const names = layerNames(layered);
  const layers = layered.map((operation, at) => layerOf(operation, names[at], `${where}: operation ${at + 1}`));
  const network = readNetwork({ input: channelsLast(inputShape), layers }, where);
  const parameters = network.zeros();
  for (const [at, operation] of layered.entries()) {
    if (operation.kind === 'conv' || operation.kind === 'gemm') fill(parameters, names[at] ?? '', operation, where);
  }
  return { network, parameters };
}

/**
 * The operations, in which a global average pooling gives a vector at once, as the layer does: a flatten right behind it is
 * omitted. Where the axes of the image are still needed, it is a mean over a window as large as the image.
 */
function withGlobalAverages(operations: readonly OnnxOperation[], inputShape: Shape, where: string): OnnxOperation[] {
  let shape = inputShape;
  return operations.flatMap((operation, at) => {
    const image = shape;
    shape = onnxOutputShape(operation, shape, where);
    if (operation.kind === 'flatten' && operations[at - 1]?.kind === 'globalAveragePool') return [];
    if (operation.kind !== 'globalAveragePool') return [operation];
    const next = operations
      .slice(at + 1)
      .find(({ kind }) => ['conv', 'maxPool', 'averagePool', 'flatten'].includes(kind));
    if (next === undefined || next.kind === 'flatten') return [operation];
    const [, ...window] = image;
    return [{ kind: 'averagePool', window, strides: window, pads: window.flatMap(() => [0, 0]) }];
  });
}

/** A shape in this project's order of axes: channels last. */
function channelsLast([channels, ...axes]: readonly number[]): readonly number[] {
  return [...axes, channels];
}

function fill(
  parameters: Parameters,
  name: string,
  { weight, bias }: { readonly weight: Tensor; readonly bias?: Tensor },
  where: string,
): void {
  for (const [parameter, values] of Object.entries({ weight, bias })) {
    if (values === undefined) continue;
    const path = `${name}.${parameter}`;
    parameters.get(path).data.set(values.data);
    checkNumbers(where, path, parameters.get(path));
  }
}

function layerOf(operation: OnnxOperation, name: string | undefined, where: string): Written | string {
  switch (operation.kind) {
    case 'conv':
      return { name, ...convolutionOf(operation) };
    case 'gemm':
      return { name, kind: 'dense', outFeatures: operation.weight.shape[0], ...biasOf(operation) };
    case 'maxPool':
    case 'averagePool':
      return poolOf(operation, where);
    case 'leakyRelu':
      return { ...operation };
    case 'normalization':
      throw new ModelError(`${where}: expected a normalization as the first operation only`);
    default:
      return operation.kind;
  }
}

function convolutionOf(operation: OnnxConv): Written {
  const { weight, strides, pads, groups = 1, dilations = [] } = operation;
  const [outChannels, , ...kernel] = weight.shape;
  return {
    kind: kernel.length === 1 ? 'conv1d' : 'conv2d',
    outChannels,
    kernel: brief(kernel),
    ...(groups === 1 ? {} : { groups }),
    ...(strides.every((stride) => stride === 1) ? {} : { stride: brief(strides) }),
    ...(dilations.every((dilation) => dilation === 1) ? {} : { dilation: brief(dilations) }),
    ...paddingOf(pads),
    ...biasOf(operation),
  };
}

/** The option for zeros around the image, or at both ends of a signal; nothing for none, which is the default. */
function paddingOf(pads: readonly number[]): Written {
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

/** The option for a layer without a bias; nothing for one with it, which is the default. */
function biasOf({ bias }: { readonly bias?: Tensor }): Written {
  return bias === undefined ? { bias: false } : {};
}

/** One number if all are equal, as a person would write it. */
function brief(numbers: readonly number[]): number | readonly number[] {
  return numbers.every((number) => number === numbers[0]) ? numbers[0] : numbers;
}

/** A unique name for each layer with weights: its own, with `_` for characters that a name cannot have. */
function layerNames(operations: readonly OnnxOperation[]): (string | undefined)[] {
  const taken = new Set<string>();
  return operations.map((operation) => {
    if (operation.kind !== 'conv' && operation.kind !== 'gemm') return undefined;
    const stem = operation.kind === 'conv' ? 'conv' : 'fc';
    const own = operation.name.replace(/[^\w-]+/g, '_').replace(/^_+|_+$/g, '');
    const first = /^[A-Za-z]/.test(own) ? own : `${stem}${own}`;
    let name = first;
    for (let number = 2; taken.has(name); number++) name = `${first}_${number}`;
    taken.add(name);
    return name;
  });
}
