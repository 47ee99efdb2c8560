/**
 * Layers as an ONNX graph: one node for each, or several where ONNX has no single operator. The operators have the same meaning in
 * all opsets from 13 on, so one writer serves them all; HardSwish and Gelu came later and are composed before.
 */
import type { Shape, Tensor } from '@longhand/tensor';
import { FormatError, shown } from '../format-error';
import { quantizePerChannel } from '../quantization';
import { type ComposedActivation, composedOperators, composedSteps } from './composed-activations';
import { checkPosition, type OnnxLayer, type OnnxNormalization, type OnnxResidual, outputShape } from './layer';
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from './model';

/** The properties of the model besides its layers. */
export interface OnnxOptions {
  /** The shape of one input, without the batch: `[channels, height, width]`. */
  readonly inputShape: Shape;
  /** The version of ONNX's operators, 13 or newer. Default: 17. */
  readonly opset?: number;
  /** The name of an open batch size, or a fixed batch size. Default: `batch`. */
  readonly batch?: string | number;
  /** The name of the input. Default: `input`. */
  readonly input?: string;
  /** The name of the output. Default: `logits`; with a softmax `probabilities`. */
  readonly output?: string;
  /** The name of the graph. Default: `network`. */
  readonly name?: string;
  /** The program that writes the file. Default: `longhand`. */
  readonly producer?: OnnxModel['producer'];
  /**
   * `int8`: weights as integers of 8 bits with a scale for each output channel, which a DequantizeLinear makes floats of. Biases stay.
   * Default: floats.
   */
  readonly quantize?: 'int8';
  /** Free text by name. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const MIN_OPSET = 13;

/** The IR version of opset 17; newer operators do not need a newer one. */
const IR_VERSION = 8;

/**
 * The model of layers one after another. Weights are initializers with PyTorch's names (`conv1.weight`), in float32; other
 * precisions are rounded.
 *
 * @throws FormatError naming the layer that does not fit, or the name that is taken
 * @example
 * import { tensor } from '@longhand/tensor';
 * const fc = { kind: 'gemm', name: 'fc', weight: tensor([10, 784]), bias: tensor([10]) } as const;
 * [...onnxOfLayers([{ kind: 'flatten' }, fc], { inputShape: [1, 28, 28] }).graph.initializers.keys()]; // [ 'fc.weight', 'fc.bias' ]
 */
export function onnxOfLayers(layers: readonly OnnxLayer[], options: OnnxOptions): OnnxModel {
  const { inputShape, opset = 17, batch = 'batch', input = 'input', name = 'network', metadata = {} } = options;
  const { output = outputName(layers), producer = { name: 'longhand', version: '' } } = options;
  if (!Number.isSafeInteger(opset) || opset < MIN_OPSET) {
    throw new FormatError(`onnxOfLayers: expected an opset of at least ${MIN_OPSET}, got ${opset}`);
  }
  if (layers.length === 0) {
    throw new FormatError('onnxOfLayers: expected at least one layer, got none');
  }
  const writer = new GraphWriter(layers, { input, opset, quantize: options.quantize });
  const shape = writer.writeAll(layers, inputShape);
  return {
    irVersion: IR_VERSION,
    opset,
    producer,
    metadata,
    graph: {
      name,
      inputs: [{ name: input, elementType: 'float32', shape: [batch, ...inputShape] }],
      outputs: [{ name: output, elementType: 'float32', shape: [batch, ...shape] }],
      nodes: writer.nodesTo(output),
      initializers: writer.initializers,
    },
  };
}

function outputName(layers: readonly OnnxLayer[]): string {
  const kinds = layers.map(({ kind }) => kind);
  if (kinds.includes('softmax')) return 'probabilities';
  return kinds.includes('logSoftmax') ? 'log_probabilities' : 'logits';
}

/** The names of layers that have one, those in branches included. */
function namesIn(layers: readonly OnnxLayer[]): string[] {
  return layers.flatMap((layer) => {
    if (layer.kind === 'residual') return [...namesIn(layer.body), ...namesIn(layer.shortcut)];
    return 'name' in layer ? [layer.name] : [];
  });
}

const simpleOperators = {
  identity: 'Identity',
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  softmax: 'Softmax',
  logSoftmax: 'LogSoftmax',
  globalAveragePool: 'GlobalAveragePool',
  flatten: 'Flatten',
} as const;

class GraphWriter {
  readonly initializers = new Map<string, OnnxTensor>();
  readonly #nodes: OnnxNode[] = [];
  readonly #layerNames: ReadonlySet<string>;
  readonly #opset: number;
  readonly #quantize: OnnxOptions['quantize'];
  /** The input of the next node. */
  #current: string;

  constructor(
    layers: readonly OnnxLayer[],
    { input, opset, quantize }: { input: string; opset: number; quantize: OnnxOptions['quantize'] },
  ) {
    this.#layerNames = new Set(namesIn(layers));
    this.#current = input;
    this.#opset = opset;
    this.#quantize = quantize;
  }

  /** The nodes, of which the last one has the graph's output. */
  nodesTo(output: string): OnnxNode[] {
    const last = this.#nodes.length - 1;
    return this.#nodes.map((node, index) => (index === last ? { ...node, outputs: [output] } : node));
  }

  /**
   * Writes layers one after another.
   *
   * @param prefix what the names of nodes begin with that no layer names
   * @returns the shape of the result
   */
  writeAll(layers: readonly OnnxLayer[], inputShape: Shape, prefix = ''): Shape {
    let shape = inputShape;
    for (const [index, layer] of layers.entries()) {
      const name = this.#nodeName(layer, index, prefix);
      const where = `onnxOfLayers: ${shown(name)}`;
      checkPosition(layer, layers.slice(0, index), where);
      const before = shape;
      shape = outputShape(layer, shape, where);
      this.#write(layer, name, before);
    }
    return shape;
  }

  /** The layer's own name, or kind and position (`relu2`), with `_` where a layer has that name. */
  #nodeName(layer: OnnxLayer, index: number, prefix: string): string {
    if ('name' in layer) return layer.name;
    let name = `${prefix}${layer.kind}${index + 1}`;
    while (this.#layerNames.has(name)) name += '_';
    return name;
  }

  #write(layer: OnnxLayer, name: string, inputShape: Shape): void {
    switch (layer.kind) {
      case 'normalization':
        this.#writeNormalization(layer, name, inputShape);
        break;
      case 'conv': {
        const { weight, strides, pads, groups = 1, dilations = [] } = layer;
        this.#node(name, 'Conv', this.#parameters(layer), {
          ...windowAttributes(weight.shape.slice(2), strides, pads),
          ...(groups === 1 ? {} : { group: int(groups) }),
          ...(dilations.every((dilation) => dilation === 1) ? {} : { dilations: ints(dilations) }),
        });
        break;
      }
      case 'batchNorm': {
        const { epsilon, momentum, mean, variance } = layer;
        const statistics = [
          this.#initializer(`${name}.running_mean`, rounded(mean)),
          this.#initializer(`${name}.running_var`, rounded(variance)),
        ];
        this.#node(name, 'BatchNormalization', [...this.#parameters(layer), ...statistics], {
          epsilon: float(epsilon),
          momentum: float(momentum),
        });
        break;
      }
      case 'residual':
        this.#writeResidual(layer, name, inputShape);
        break;
      case 'dropout':
        this.#node(name, 'Dropout', [this.#constant(`${name}.ratio`, layer.rate)], {});
        break;
      case 'crop': {
        // A Pad by fewer than no zeros.
        const [top, left, bottom, right] = layer.border.map((rows) => BigInt(-rows));
        const pads = { shape: [8], data: BigInt64Array.of(0n, 0n, top, left, 0n, 0n, bottom, right) };
        this.#node(name, 'Pad', [this.#initializer(`${name}.pads`, pads)], {});
        break;
      }
      case 'maxPool':
        this.#node(name, 'MaxPool', [], windowAttributes(layer.window, layer.strides, layer.pads));
        break;
      case 'averagePool':
        this.#node(name, 'AveragePool', [], {
          ...windowAttributes(layer.window, layer.strides, layer.pads),
          count_include_pad: int(layer.countsPads === false ? 0 : 1),
        });
        break;
      case 'gemm':
        // ONNX multiplies x · B; transB makes B the [out, in] that PyTorch stores.
        this.#node(name, 'Gemm', this.#parameters(layer), { transB: int(1) });
        break;
      case 'leakyRelu':
        this.#node(name, 'LeakyRelu', [], { alpha: float(layer.negativeSlope) });
        break;
      case 'relu6':
        this.#node(name, 'Clip', [this.#constant(`${name}.min`, 0), this.#constant(`${name}.max`, 6)], {});
        break;
      case 'hardSwish':
      case 'gelu':
      case 'geluTanh':
        this.#writeComposed(layer.kind, name);
        break;
      case 'silu': {
        const x = this.#current;
        this.#node(`${name}.sigmoid`, 'Sigmoid', [], {});
        this.#node(name, 'Mul', [x], {});
        break;
      }
      case 'softmax':
      case 'logSoftmax':
      case 'flatten':
        this.#node(name, simpleOperators[layer.kind], [], { axis: int(1) });
        break;
      default:
        this.#node(name, simpleOperators[layer.kind], [], {});
    }
  }

  #writeResidual({ body, shortcut }: OnnxResidual, name: string, inputShape: Shape): void {
    const fork = this.#current;
    this.writeAll(body, inputShape, `${name}.body.`);
    const sum = this.#current;
    this.#current = fork;
    this.writeAll(shortcut, inputShape, `${name}.shortcut.`);
    const added = this.#current;
    this.#current = sum;
    this.#node(name, 'Add', [added], {});
  }

  #writeComposed(kind: ComposedActivation, name: string): void {
    const { operator, opset, attributes } = composedOperators[kind];
    if (this.#opset >= opset) {
      this.#node(name, operator, [], attributes);
      return;
    }
    const x = this.#current;
    const steps = composedSteps[kind];
    for (const [at, step] of steps.entries()) {
      const part = at === steps.length - 1 ? name : `${name}.${at + 1}`;
      const { operand } = step;
      const other = operand === undefined ? [] : [operand === 'x' ? x : this.#constant(`${part}.constant`, operand)];
      const numbers = Object.entries(step.attributes ?? {});
      this.#node(part, step.operator, other, Object.fromEntries(numbers.map(([key, value]) => [key, float(value)])));
    }
  }

  #constant(name: string, value: number): string {
    return this.#initializer(name, { shape: [], data: Float32Array.of(value) });
  }

  #writeNormalization({ mean, std }: OnnxNormalization, name: string, shape: Shape): void {
    // One number for each channel: along the first axis after the batch.
    const spread = (numbers: readonly number[]): OnnxTensor => ({
      shape: numbers.length === 1 ? [] : [numbers.length, ...shape.slice(1).map(() => 1)],
      data: Float32Array.from(numbers),
    });
    this.#node(`${name}.sub`, 'Sub', [this.#initializer(`${name}.mean`, spread(mean))], {});
    this.#node(`${name}.div`, 'Div', [this.#initializer(`${name}.std`, spread(std))], {});
  }

  #parameters({ name, weight, bias }: { name: string; weight: Tensor; bias?: Tensor }): string[] {
    const names = [this.#weight(`${name}.weight`, weight)];
    if (bias !== undefined) names.push(this.#initializer(`${name}.bias`, rounded(bias)));
    return names;
  }

  /** A weight, or what makes it of integers. Those of batch normalization, one for each channel, stay floats. */
  #weight(name: string, weight: Tensor): string {
    if (this.#quantize === undefined || weight.shape.length < 2) return this.#initializer(name, rounded(weight));
    const { shape, scales, values } = quantizePerChannel(weight);
    const integers = BigInt64Array.from(values, BigInt);
    const dequantized = `${name}.dequantized`;
    this.#nodes.push({
      name: dequantized,
      operator: 'DequantizeLinear',
      domain: '',
      inputs: [
        this.#initializer(name, { shape, data: integers, integerType: 'int8' }),
        this.#initializer(`${name}_scale`, { shape: [scales.length], data: scales }),
      ],
      outputs: [dequantized],
      attributes: new Map([['axis', int(0)]]),
    });
    return dequantized;
  }

  #initializer(name: string, numbers: OnnxTensor): string {
    if (this.initializers.has(name)) {
      throw new FormatError(`onnxOfLayers: expected every layer to have a name of its own, got ${shown(name)} twice`);
    }
    this.initializers.set(name, numbers);
    return name;
  }

  #node(name: string, operator: string, others: readonly string[], attributes: Record<string, OnnxAttribute>): void {
    const output = `${name}.output`;
    this.#nodes.push({
      name,
      operator,
      domain: '',
      inputs: [this.#current, ...others],
      outputs: [output],
      attributes: new Map(Object.entries(attributes)),
    });
    this.#current = output;
  }
}

function rounded({ shape, data }: Tensor): OnnxTensor {
  return { shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

function windowAttributes(
  window: readonly number[],
  strides: readonly number[],
  pads: readonly number[],
): Record<string, OnnxAttribute> {
  return { kernel_shape: ints(window), strides: ints(strides), pads: ints(pads) };
}

function float(value: number): OnnxAttribute {
  return { type: 'float', value };
}

function int(value: number): OnnxAttribute {
  return { type: 'int', value };
}

function ints(value: readonly number[]): OnnxAttribute {
  return { type: 'ints', value };
}
