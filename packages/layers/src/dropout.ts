/** The dropout layer; the formulas are in `@longhand/kernels`, `dropout/dropout.ts`. */
import { dropoutGeometry } from '@longhand/kernels';
import { builtIn, type Entries, kind, type Named, number } from '@longhand/schema';
import { OptionError, sizeOf } from '@longhand/tensor';
import { checkedOptions } from './checked-options';
import { allocateOutput, identityPass, type Layer, type LayerBinding, type LayerPass, nothing } from './layer';

/** The options of {@link dropout}. */
export interface DropoutOptions {
  /** The probability that a number is dropped, from 0 to below 1: PyTorch's `p`. */
  readonly rate: number;
}

/**
 * In training each number is dropped (becomes 0) with the probability `rate`, and is divided by 1 − rate otherwise,
 * so that its expected value stays. In evaluation the output is the input, at no cost. Any shape, unchanged. Source:
 * Srivastava and others, 2014.
 *
 * What is dropped follows from the seed, the step, the image and the layer's name: it is the same for any number of
 * threads.
 *
 * @throws OptionError when the rate is out of range
 * @example dropout({ rate: 0.5 }); // [128] → [128]
 */
export function dropout(options: DropoutOptions): Layer<Named<'dropout', DropoutOptions>, never> {
  const { rate } = checkedOptions<DropoutOptions>(dropoutKind, options);
  if (!(rate >= 0 && rate < 1)) {
    throw new OptionError(`dropout: expected a number from 0 to below 1 as rate, got ${rate}`);
  }
  return builtIn({
    description: { kind: 'dropout', rate },
    outputShape: (_where, input) => input,
    parameters: () => [],
    multiplyAdds: () => 0,
    prepare: (binding) => (binding.mode === 'train' ? trainingPass(binding, rate) : identityPass(binding)),
  });
}

function trainingPass(binding: LayerBinding, rate: number): LayerPass {
  const { kernels, dtype, where, inputShape, capacity, x, dx, context } = binding;
  const geometry = dropoutGeometry(where, sizeOf(inputShape) * capacity);
  const { y, dy } = allocateOutput(binding, inputShape);
  const mask = kernels.allocate(dtype, geometry.length);
  const multiply = kernels.prepare('dropout', geometry, { x, mask, y });
  const scale = 1 / (1 - rate);
  const threshold = rate * 2 ** 32;
  return {
    y,
    dy,
    forward() {
      for (let lane = 0; lane < capacity; lane++) {
        if (context.imageMask[lane] === 0) continue;
        const random = context.random(lane, where);
        for (let at = lane; at < mask.length; at += capacity) mask[at] = random.uint32() < threshold ? 0 : scale;
      }
      multiply();
    },
    parameterGradients: nothing,
    inputGradient: dy && dx ? kernels.prepare('dropoutInputGrad', geometry, { dy, mask, dx }) : nothing,
    // The mask is drawn: there is nothing that it is made of.
    terms: { arrays: { mask }, forward: {} },
  };
}

export const dropoutKind = kind('dropout', { rate: number } satisfies Entries<DropoutOptions>, dropout);
