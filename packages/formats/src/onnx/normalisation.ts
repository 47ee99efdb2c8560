/**
 * Sums and products with constants at the input, gathered into one `(x − mean) / deviation`, however they were
 * written: `x / 255`, then `− 0.1307`, then `/ 0.3081`; `x · 2 − 1`; `1 − x`.
 */
import { formatShape, type Shape, type Tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import type { Chain } from './chain';
import type { NodeView } from './node-view';
import type { OnnxNormalisation } from './operation';

/** What one more step makes of a mean and a deviation; c is the constant. */
type Step = (mean: number, deviation: number, c: number) => readonly [mean: number, deviation: number];

/** By operator: with the chain's value in front, and behind. */
const steps: Readonly<Record<string, { readonly inFront?: Step; readonly behind?: Step }>> = {
  Sub: {
    inFront: (mean, deviation, c) => [mean + c * deviation, deviation],
    behind: (mean, deviation, c) => [mean + c * deviation, -deviation],
  },
  Add: {
    inFront: (mean, deviation, c) => [mean - c * deviation, deviation],
    behind: (mean, deviation, c) => [mean - c * deviation, deviation],
  },
  Div: { inFront: (mean, deviation, c) => [mean, deviation * c] },
  Mul: {
    inFront: (mean, deviation, c) => [mean, deviation / c],
    behind: (mean, deviation, c) => [mean, deviation / c],
  },
};

/** Takes Sub, Add, Div or Mul with a constant. */
export function followNormalisation(chain: Chain, view: NodeView): void {
  const isBehind = chain.constants.has(view.input(0));
  chain.expectCurrent(view, isBehind ? 1 : 0);
  const step =
    steps[view.node.operator][isBehind ? 'behind' : 'inFront'] ??
    view.refuse('expected a division by a constant, got one of a constant');
  const constants = perChannel(chain.floats(view, isBehind ? 0 : 1), chain.shape, view);
  const [first] = chain.operations;
  const before: OnnxNormalisation =
    first?.kind === 'normalisation' ? first : { kind: 'normalisation', mean: [0], deviation: [1] };
  const count = Math.max(before.mean.length, constants.length);
  const stepped = Array.from({ length: count }, (_, channel) =>
    step(at(before.mean, channel), at(before.deviation, channel), at(constants, channel)),
  );
  const operation: OnnxNormalisation = {
    kind: 'normalisation',
    mean: stepped.map(([mean]) => mean),
    deviation: stepped.map(([, deviation]) => deviation),
  };
  chain.normalise(view, operation);
}

/** One number, or one for each channel: all that fits a normalisation of the input. */
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
