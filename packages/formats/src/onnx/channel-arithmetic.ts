/**
 * Sums and products with constants, one number or one for each channel.
 *
 * At the input they are folded into one normalization `(x − mean) / std`, in whichever form they are exported: `x / 255`, then
 * `− 0.1307`, then `/ 0.3081`; `x · 2 − 1`; `1 − x`. Behind a layer with weights they become part of these, such as the bias of a
 * convolution. Anywhere else they are a batch normalization with a mean of 0 and a variance of 1.
 */
import { formatShape, type Tensor, tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import { extentsOf, plainView, sameRuns } from './axis-view';
import type { OnnxBatchNorm, OnnxConv, OnnxGemm, OnnxNormalization } from './layer';
import type { NodeView } from './node-view';
import { type ComputedValue, layersBetween, type Recognition } from './recognition';
import { variedAxis } from './varied-axis';

/** The mean and standard deviation after one more layer with the constant c. */
type Step = (mean: number, std: number, c: number) => readonly [mean: number, std: number];

/** An operator with a constant: as a part of a normalization, and as a · x + b. */
interface Arithmetic {
  readonly step: Step;
  readonly factor: (c: number) => number;
  readonly summand: (c: number) => number;
}

const add: Arithmetic = { step: (mean, std, c) => [mean - c * std, std], factor: () => 1, summand: (c) => c };
const multiply: Arithmetic = { step: (mean, std, c) => [mean, std / c], factor: (c) => c, summand: () => 0 };

/** By operator: with the current value as the first input, and as the second. */
const arithmetics: Readonly<Record<string, { readonly inFront: Arithmetic; readonly behind?: Arithmetic }>> = {
  Sub: {
    inFront: { step: (mean, std, c) => [mean + c * std, std], factor: () => 1, summand: (c) => -c },
    behind: { step: (mean, std, c) => [mean + c * std, -std], factor: () => -1, summand: (c) => c },
  },
  Add: { inFront: add, behind: add },
  Div: { inFront: { step: (mean, std, c) => [mean, std * c], factor: (c) => 1 / c, summand: () => 0 } },
  Mul: { inFront: multiply, behind: multiply },
};

/** The pattern of Sub, Add, Div and Mul with a constant. */
export function followArithmetic(graph: Recognition, view: NodeView): void {
  const isBehind = graph.constants.has(view.input(0));
  const value = graph.input(view, isBehind ? 1 : 0);
  const arithmetic =
    arithmetics[view.node.operator][isBehind ? 'behind' : 'inFront'] ??
    view.refuse('expected a division by a constant, got one of a constant');
  const constants = perChannel(graph.floats(view, isBehind ? 0 : 1), value, view);
  const factors = constants.map(arithmetic.factor);
  const summands = constants.map(arithmetic.summand);
  const { layer } = value.result;
  const isNothing = factors.every((factor) => factor === 1) && summands.every((summand) => summand === 0);
  const takesBias = (layer?.kind === 'conv' || layer?.kind === 'gemm') && layer.bias === undefined;
  // Zeros may be a bias that was never trained: without it the layer would have none to train.
  if (isNothing && !(takesBias && view.node.operator === 'Add')) {
    graph.put(view, value);
  } else if (graph.isAtInput(value)) {
    normalize(graph, view, value, arithmetic.step, constants);
  } else if (layer?.kind === 'conv' || layer?.kind === 'gemm' || layer?.kind === 'batchNorm') {
    graph.replaceLast(view, value, scaled(layer, factors, summands));
  } else {
    const channels = value.result.shape[0];
    const all = (numbers: readonly number[]): Tensor =>
      tensor(
        [channels],
        Float32Array.from({ length: channels }, (_, channel) => at(numbers, channel)),
      );
    const epsilon = 1e-5;
    const name = graph.layerName(view, '', 'bn');
    const [mean, variance] = [all([0]), all([1 - epsilon])];
    const layer = { kind: 'batchNorm', name, weight: all(factors), bias: all(summands), mean, variance } as const;
    graph.pushElementwise(view, value, { ...layer, epsilon, momentum: 0.9 });
  }
}

function normalize(
  graph: Recognition,
  view: NodeView,
  value: ComputedValue,
  step: Step,
  constants: readonly number[],
): void {
  const [first] = layersBetween(undefined, value.result);
  const before: OnnxNormalization =
    first?.kind === 'normalization' ? first : { kind: 'normalization', mean: [0], std: [1] };
  const count = Math.max(before.mean.length, constants.length);
  const stepped = Array.from({ length: count }, (_, channel) =>
    step(at(before.mean, channel), at(before.std, channel), at(constants, channel)),
  );
  const [mean, std] = [stepped.map(([mean]) => mean), stepped.map(([, std]) => std)];
  graph.normalize(view, value, { kind: 'normalization', mean, std });
}

/** A layer whose result is multiplied, channel by channel, and added to. */
function scaled(
  layer: OnnxConv | OnnxGemm | OnnxBatchNorm,
  factors: readonly number[],
  summands: readonly number[],
): OnnxConv | OnnxGemm | OnnxBatchNorm {
  const { weight, bias } = layer;
  const channels = weight.shape[0];
  const each = weight.data.length / channels;
  const isScaled = factors.some((factor) => factor !== 1);
  const weights = isScaled ? weight.data.map((value, k) => value * at(factors, Math.floor(k / each))) : weight.data;
  const biases = Float32Array.from(
    { length: channels },
    (_, channel) => (bias?.data[channel] ?? 0) * at(factors, channel) + at(summands, channel),
  );
  return { ...layer, weight: tensor(weight.shape, weights), bias: tensor([channels], biases) };
}

/** A constant that meets a value, as one number or as one for each channel. */
function perChannel(constant: Tensor, { view: axes, result }: ComputedValue, view: NodeView): readonly number[] {
  const { shape, data } = constant;
  const axis = variedAxis(constant, extentsOf(axes));
  if (axis === 'none') return [data[0]];
  const [channels] = plainView(result.shape);
  if (axis === undefined || !sameRuns(axes[axis], channels)) {
    view.refuse(`expected one number or one for each channel, got the shape ${shown(formatShape(shape))}`);
  }
  return [...data];
}

function at(numbers: readonly number[], channel: number): number {
  return numbers[numbers.length === 1 ? 0 : channel];
}
