/**
 * The batch normalization layer; the formulas are in `@longhand/kernels`, `batch-norm/batch-norm.ts`.
 *
 * In training, mean and variance are those of the whole batch, in however many micro-batches it runs: two reductions, one
 * forward and one backward. In evaluation they are the running ones, which training updates with every batch:
 *
 *   running_mean ← (1 − momentum) · running_mean + momentum · mean
 *   running_var  ← (1 − momentum) · running_var + momentum · variance · N / (N − 1)
 *
 * with N the numbers of a channel in the batch, as in PyTorch: the biased variance normalizes, the unbiased one is kept.
 */
import {
  type BatchNormGeometry,
  batchNormGeometry,
  call,
  constant,
  difference,
  type Expression,
  entry,
  mergeGradientSums,
  mergeStatistics,
  product,
  quotient,
  square,
  sum,
} from '@longhand/kernels';
import { builtIn, type Entries, kind, type Named, number, optional } from '@longhand/schema';
import { type FloatArray, OptionError, type Shape } from '@longhand/tensor';
import { checkedOptions } from './checked-options';
import { ones, zeros } from './initializers';
import { allocateOutput, type EntryTerms, type Layer, type LayerBinding, type LayerPass, nothing } from './layer';
import { type Operation, runAlone } from './operation';

/** The options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** The part of the running statistics that each batch replaces, from 0 to 1. Default: 0.1. */
  readonly momentum?: number;
  /** Added to the variance before the root is taken. Default: 1e-5. */
  readonly epsilon?: number;
}

/** What the options are where they are left out. */
export const batchNormDefaults: Required<BatchNormOptions> = { momentum: 0.1, epsilon: 1e-5 };

/**
 * Each channel shifted and scaled to mean 0 and variance 1, then to a learned mean (`bias`) and scale (`weight`):
 *
 * y = weight · (x − mean) / √(variance + epsilon) + bias
 *
 * It is PyTorch's `BatchNorm2d` over images `[height, width, channels]`, `BatchNorm1d` over sequences `[length,
 * channels]` and over features `[features]`. `weight`, `bias` and the buffers `running_mean` and `running_var` are
 * `[channels]`. In training, mean and variance are those of the whole batch, and the running ones follow them; in
 * evaluation the running ones are used. Source: Ioffe and Szegedy, 2015.
 *
 * A convolution before it needs no bias: the mean takes it out again. A batch has to have at least two numbers for
 * each channel in training: a batch of one image has only one where the input is `[features]`.
 *
 * @throws OptionError when an option is out of range; in training, when a batch has one number for a channel
 * @example batchNorm(); // [24, 24, 6] → [24, 24, 6]
 */
export function batchNorm(
  given: BatchNormOptions = {},
): Layer<Named<'batchNorm', BatchNormOptions>, 'weight' | 'bias' | 'running_mean' | 'running_var'> {
  const options = checkedOptions<BatchNormOptions>(batchNormKind, given);
  const { momentum, epsilon } = { ...batchNormDefaults, ...options };
  if (!(momentum >= 0 && momentum <= 1)) {
    throw new OptionError(`batchNorm: expected a number from 0 to 1 as momentum, got ${momentum}`);
  }
  if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`batchNorm: expected a number above 0 as epsilon, got ${epsilon}`);
  }
  return builtIn({
    description: { kind: 'batchNorm', ...options },
    outputShape(where, input) {
      geometryOf(where, input, 1);
      return input;
    },
    parameters(where, input) {
      const { channels } = geometryOf(where, input, 1);
      const fan = { fanIn: 1, fanOut: 1 };
      return [
        { name: 'weight', shape: [channels], initializer: ones, ...fan },
        { name: 'bias', shape: [channels], initializer: zeros, ...fan },
      ];
    },
    buffers(where, input) {
      const { channels } = geometryOf(where, input, 1);
      return [
        { name: 'running_mean', shape: [channels], initial: 0 },
        { name: 'running_var', shape: [channels], initial: 1 },
      ];
    },
    multiplyAdds(where, input) {
      const { pixels, channels } = geometryOf(where, input, 1);
      return pixels * channels;
    },
    prepare: (binding) =>
      binding.mode === 'train' ? trainingPass(binding, { momentum, epsilon }) : evaluationPass(binding, epsilon),
  });
}

/** A sequence is an image of height one. */
function geometryOf(where: string, input: Shape, batch: number): BatchNormGeometry {
  return batchNormGeometry(where, { batch, input: input.length === 2 ? [1, ...input] : input });
}

function trainingPass(binding: LayerBinding, { momentum, epsilon }: Required<BatchNormOptions>): LayerPass {
  const { kernels, dtype, where, inputShape, capacity, x, dx, parameter, gradient, buffer, context } = binding;
  const { imageMask } = context;
  const geometry = geometryOf(where, inputShape, capacity);
  const { channels } = geometry;
  const { y, dy } = allocateOutput(binding, inputShape);
  const [weight, bias] = [parameter('weight'), parameter('bias')];
  const perChannel = () => kernels.allocate(dtype, channels);
  const [mean, variance, invStd] = [perChannel(), perChannel(), perChannel()];
  const statistics = kernels.allocate(dtype, 2 * channels + 1);
  const [runningMean, runningVar] = [buffer('running_mean'), buffer('running_var')];
  // The numbers of a channel in the whole batch.
  let count = 0;

  const forwardOperations: Operation[] = [
    {
      run: kernels.prepare('batchNormStatistics', geometry, { x, imageMask, statistics }),
      reduction: {
        partial: statistics,
        combine(partials, first) {
          const merged = mergeStatistics(partials);
          count = merged.count;
          if (count < 2) {
            throw new OptionError(
              `${where}: expected at least two numbers of each channel in a batch to normalize in training, got one; use a larger batch, or the mode 'evaluate'`,
            );
          }
          mean.set(merged.mean);
          variance.set(merged.variance);
          for (let c = 0; c < channels; c++) {
            invStd[c] = 1 / Math.sqrt(merged.variance[c] + epsilon);
            if (!first) continue;
            runningMean[c] = (1 - momentum) * runningMean[c] + momentum * merged.mean[c];
            runningVar[c] = (1 - momentum) * runningVar[c] + (momentum * merged.variance[c] * count) / (count - 1);
          }
        },
      },
    },
    { run: kernels.prepare('batchNorm', geometry, { x, mean, invStd, weight, bias, y }) },
  ];
  const forward = runAlone(forwardOperations);
  const terms = {
    arrays: { x, statistics, mean, variance, invStd, running_mean: runningMean, running_var: runningVar },
    forward: trainingTerms({ geometry, imageMask, count: () => count, momentum, epsilon }),
  };
  if (dy === undefined) {
    return { y, dy, forward, parameterGradients: nothing, inputGradient: nothing, forwardOperations, terms };
  }

  const [dWeight, dBias] = [gradient('weight'), gradient('bias')];
  const sums = kernels.prepare('batchNormGradientSums', geometry, { x, mean, invStd, dy, imageMask, dWeight, dBias });
  if (dx === undefined) {
    const backwardOperations = [{ run: sums }];
    const backward = { parameterGradients: sums, inputGradient: nothing, backwardOperations };
    return { y, dy, forward, forwardOperations, ...backward, terms };
  }
  const [meanDy, meanDyXhat] = [perChannel(), perChannel()];
  const partial = kernels.allocate(dtype, 2 * channels);
  const sumGradients: Operation = {
    run() {
      sums();
      partial.set(dWeight);
      partial.set(dBias, channels);
    },
    reduction: {
      partial,
      combine(partials) {
        const merged = mergeGradientSums(partials, count);
        meanDy.set(merged.meanDy);
        meanDyXhat.set(merged.meanDyXhat);
      },
    },
  };
  const arrays = { x, mean, invStd, weight, dy, meanDy, meanDyXhat, imageMask, dx };
  const inputGradient = kernels.prepare('batchNormInputGrad', geometry, arrays);
  return {
    y,
    dy,
    forward,
    parameterGradients: runAlone([sumGradients]),
    inputGradient,
    forwardOperations,
    backwardOperations: [sumGradients, { run: inputGradient }],
    terms: {
      ...terms,
      arrays: { ...terms.arrays, dWeight, dBias, meanDy, meanDyXhat },
      backward: {
        meanDy: (c) => quotient(entry('dBias', c), constant(count)),
        meanDyXhat: (c) => quotient(entry('dWeight', c), constant(count)),
      },
    },
  };
}

interface TrainingTermsOptions extends Required<BatchNormOptions> {
  readonly geometry: BatchNormGeometry;
  readonly imageMask: FloatArray;
  /** The numbers of a channel in the batch. */
  readonly count: () => number;
}

/** What the statistics of a batch and the running ones are made of. */
function trainingTerms({ geometry, imageMask, count, momentum, epsilon }: TrainingTermsOptions) {
  const { batch, pixels, channels } = geometry;
  const inBatch = (c: number): number[] =>
    Array.from({ length: pixels }, (_, pixel) => (pixel * channels + c) * batch).flatMap((first) =>
      [...imageMask.keys()].filter((n) => imageMask[n] !== 0).map((n) => first + n),
    );
  const moved = (running: string, by: (c: number) => readonly Expression[]) => (c: number) =>
    sum([product([constant(1 - momentum), entry(running, c)]), product([constant(momentum), ...by(c)])]);
  return {
    mean: (c: number) => entry('statistics', c),
    variance: (c: number) =>
      quotient(sum(inBatch(c).map((at) => square(difference(entry('x', at), entry('mean', c))))), constant(count())),
    invStd: invStdTerms('variance', epsilon),
    running_mean: moved('running_mean', (c) => [entry('mean', c)]),
    running_var: moved('running_var', (c) => [
      entry('variance', c),
      quotient(constant(count()), constant(count() - 1)),
    ]),
  };
}

/** 1 / √(variance + ε) */
function invStdTerms(variance: string, epsilon: number): EntryTerms {
  return (c) => quotient(constant(1), call('sqrt', sum([entry(variance, c), constant(epsilon)])));
}

/** With the running statistics, which are constants: no micro-batch has to meet another. */
function evaluationPass(binding: LayerBinding, epsilon: number): LayerPass {
  const { kernels, dtype, where, inputShape, capacity, x, dx, parameter, gradient, buffer, context } = binding;
  const { imageMask } = context;
  const geometry = geometryOf(where, inputShape, capacity);
  const { y, dy } = allocateOutput(binding, inputShape);
  const weight = parameter('weight');
  const [mean, variance] = [buffer('running_mean'), buffer('running_var')];
  const invStd = kernels.allocate(dtype, geometry.channels);
  const normalize = kernels.prepare('batchNorm', geometry, { x, mean, invStd, weight, bias: parameter('bias'), y });
  return {
    y,
    dy,
    forward() {
      for (let c = 0; c < invStd.length; c++) invStd[c] = 1 / Math.sqrt(variance[c] + epsilon);
      normalize();
    },
    parameterGradients: dy
      ? kernels.prepare('batchNormGradientSums', geometry, {
          x,
          mean,
          invStd,
          dy,
          imageMask,
          dWeight: gradient('weight'),
          dBias: gradient('bias'),
        })
      : nothing,
    inputGradient:
      dy && dx ? kernels.prepare('batchNormEvaluationInputGrad', geometry, { invStd, weight, dy, dx }) : nothing,
    terms: { arrays: { variance, invStd }, forward: { invStd: invStdTerms('variance', epsilon) } },
  };
}

export const batchNormKind = {
  ...kind(
    'batchNorm',
    { momentum: optional(number), epsilon: optional(number) } satisfies Entries<BatchNormOptions>,
    batchNorm,
  ),
  stem: 'bn',
};
