/**
 * Sums and products with constants at the input, folded into one normalization `(x − mean) / std`, in whichever form they
 * are exported: `x / 255`, then `− 0.1307`, then `/ 0.3081`; `x · 2 − 1`; `1 − x`.
 */
import { formatShape, type Shape, type Tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import type { OnnxNormalization } from './layer';
import type { NodeView } from './node-view';
import { layersBetween, type Recognition } from './recognition';

/** The mean and standard deviation after one more layer with the constant c. */
type Step = (mean: number, std: number, c: number) => readonly [mean: number, std: number];

/** By operator: with the current value as the first input, and as the second. */
const steps: Readonly<Record<string, { readonly inFront?: Step; readonly behind?: Step }>> = {
  Sub: {
    inFront: (mean, std, c) => [mean + c * std, std],
    behind: (mean, std, c) => [mean + c * std, -std],
  },
  Add: {
    inFront: (mean, std, c) => [mean - c * std, std],
    behind: (mean, std, c) => [mean - c * std, std],
  },
  Div: { inFront: (mean, std, c) => [mean, std * c] },
  Mul: {
    inFront: (mean, std, c) => [mean, std / c],
    behind: (mean, std, c) => [mean, std / c],
  },
};

/** The pattern of Sub, Add, Div and Mul with a constant. */
export function followNormalization(graph: Recognition, view: NodeView): void {
  const isBehind = graph.constants.has(view.input(0));
  const value = graph.input(view, isBehind ? 1 : 0);
  const step =
    steps[view.node.operator][isBehind ? 'behind' : 'inFront'] ??
    view.refuse('expected a division by a constant, got one of a constant');
  const constants = perChannel(graph.floats(view, isBehind ? 0 : 1), value.shape, view);
  const [first] = layersBetween(undefined, value);
  const before: OnnxNormalization =
    first?.kind === 'normalization' ? first : { kind: 'normalization', mean: [0], std: [1] };
  const count = Math.max(before.mean.length, constants.length);
  const stepped = Array.from({ length: count }, (_, channel) =>
    step(at(before.mean, channel), at(before.std, channel), at(constants, channel)),
  );
  const [mean, std] = [stepped.map(([mean]) => mean), stepped.map(([, std]) => std)];
  graph.normalize(view, value, { kind: 'normalization', mean, std });
}

/** The constant as one number, or as one for each channel. */
function perChannel({ shape, data }: Tensor, input: Shape, view: NodeView): readonly number[] {
  if (data.length === 1 && shape.length <= input.length + 1) return [data[0]];
  const [channels = 0, ...rest] = shape.length === input.length + 1 && shape[0] === 1 ? shape.slice(1) : shape;
  const isPerChannel = input.length > 1 && rest.length === input.length - 1 && rest.every((extent) => extent === 1);
  if (!isPerChannel || channels !== input[0]) {
    view.refuse(`expected one number or one for each channel, got the shape ${shown(formatShape(shape))}`);
  }
  return [...data];
}

function at(numbers: readonly number[], channel: number): number {
  return numbers[numbers.length === 1 ? 0 : channel];
}
