/**
 * Muon, whose steps for a matrix of weights have about the same length in all directions: Jordan et al., "Muon: an optimizer for
 * hidden layers in neural networks", 2024; as `torch.optim.Muon`.
 *
 *   m ← momentum · m + (1 − momentum) · g
 *   u = (1 − momentum) · g + momentum · m     with Nesterov,     m     without
 *   w ← w · (1 − learningRate · weightDecay) − learningRate · s · O(u)
 *
 * `O` is the orthogonalization of `orthogonalization.ts`. The weights of a convolution are the matrix `[out, in · kh · kw]`. The
 * factor s depends on the size `[rows, columns]` of the matrix:
 *
 *   s = √max(1, rows / columns)             `original`
 *   s = 0.2 · √max(rows, columns)           `match-rms-adamw`: steps as large as AdamW's (Liu et al., "Muon is scalable for LLM
 *                                           training", 2025)
 *
 * Biases, other vectors and the layers in `adamwLayers` are updated by AdamW (`adam.ts`), with a learning rate of their own.
 *
 * PyTorch computes O in bfloat16; here it has the precision of the parameters.
 */
import { referenceKernels } from '@longhand/kernels';
import {
  belowOne,
  boolean,
  builtIn,
  count,
  type Entries,
  kind,
  list,
  type Named,
  nonNegative,
  oneOf,
  optional,
  positive,
  string,
} from '@longhand/schema';
import { dtypeOf, type FloatArray, OptionError, ShapeError } from '@longhand/tensor';
import { adamRule } from './adam';
import { checkedOptions } from './checked-options';
import { type Optimizer, type OptimizerContext, optimizerPass, type TensorEntry } from './optimizer';
import { prepareOrthogonalization } from './orthogonalization';
import { prepareUpdate } from './update-step';

/** The options of {@link muon}. */
export interface MuonOptions {
  /** The rate of the matrices, which schedules are factors of. */
  readonly learningRate: number;
  /** How slowly the running mean of a matrix's gradients forgets, from 0 to below 1. Default: 0.95. */
  readonly momentum?: number;
  /** Whether to look ahead by the momentum before the step. Default: true. */
  readonly nesterov?: boolean;
  /** The pull toward zero of every parameter, a step of its own. Default: 0.1. */
  readonly weightDecay?: number;
  /** The Newton-Schulz iterations. Default: 5. */
  readonly iterations?: number;
  /** What the rate of a matrix is multiplied with. Default: `original`. */
  readonly rateAdjustment?: 'original' | 'match-rms-adamw';
  /** The rate of the parameters that AdamW updates; the schedule applies to it too. Default: `learningRate`. */
  readonly adamwLearningRate?: number;
  /** The layers that AdamW updates as a whole, such as the first and the last, by name. Default: none. */
  readonly adamwLayers?: readonly string[];
  /** AdamW's. Default: 0.9. */
  readonly beta1?: number;
  /** AdamW's. Default: 0.999. */
  readonly beta2?: number;
  /** AdamW's. Default: 10⁻⁸. */
  readonly epsilon?: number;
}

/**
 * Muon, whose steps for a matrix of weights have about the same length in all directions:
 *
 * m ← momentum · m + (1 − momentum) · g, u = (1 − momentum) · g + momentum · m with Nesterov, m without
 *
 * w ← w · (1 − learningRate · weightDecay) − learningRate · s · O(u)
 *
 * O makes the matrix nearly orthogonal, by Newton-Schulz iterations; s is √max(1, rows / columns), or what
 * `rateAdjustment` says. Biases, other vectors and the layers in `adamwLayers` are updated by {@link adamw}. Source:
 * Jordan and others, 2024; as `torch.optim.Muon`.
 *
 * It has to know the tensors: `muon(…).prepare(values, undefined, { entries: network.parameterEntries })`. Its state
 * are two arrays: the running means of all gradients, and of squares, which stay 0 for matrices.
 *
 * @throws OptionError when an option is out of its range
 * @example muon({ learningRate: 0.02, adamwLearningRate: 0.003, adamwLayers: ['fc'] }).wholeTensors; // true
 */
export function muon(options: MuonOptions): Optimizer<Named<'muon', MuonOptions>> {
  const checked = checkedOptions(muonKind, options);
  const { learningRate, momentum = 0.95, nesterov = true, weightDecay = 0.1, iterations = 5 } = checked;
  const { rateAdjustment = 'original', adamwLearningRate = learningRate, adamwLayers = [] } = checked;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = checked;
  const description = {
    kind: 'muon' as const,
    learningRate,
    momentum,
    nesterov,
    weightDecay,
    iterations,
    rateAdjustment,
    adamwLearningRate,
    adamwLayers,
    beta1,
    beta2,
    epsilon,
  };
  const slotNames = ['mean', 'meanSquare'] as const;
  const adamw = adamRule({ beta1, beta2, epsilon, weightDecay, decoupled: true });
  return builtIn({
    description,
    learningRate,
    slotNames,
    wholeTensors: true,
    checkEntries: (entries) => checkLayers(adamwLayers, entries),
    prepare(values, given, context) {
      const entries = checkedEntries(values, context);
      const matrices = entries.filter((entry) => isMatrix(entry, adamwLayers));
      const others = entries.filter((entry) => !isMatrix(entry, adamwLayers));
      return optimizerPass({ description, slotNames, values, given, context }, (slots) => {
        const ofMatrices = matrices.map((entry) => matrixUpdate(entry, description, { values, context }));
        const partsOf = (gradients: FloatArray) => ({
          of: gradients,
          others: others.map((entry) => part(gradients, entry)),
        });
        let parts = context?.gradients && partsOf(context.gradients);
        const ofOthers = others.map((entry, k) =>
          prepareUpdate(adamw, {
            where: 'muon',
            values: part(values, entry),
            slots: { mean: part(slots.mean, entry), meanSquare: part(slots.meanSquare, entry) },
            ...(context?.kernels && { kernels: context.kernels }),
            ...(parts && { gradients: parts.others[k] }),
          }),
        );
        return (gradients, { learningRate: rate, step }) => {
          if (parts?.of !== gradients) parts = partsOf(gradients);
          for (const update of ofMatrices) update(gradients, slots.mean, rate);
          const adamwRate = rate * (adamwLearningRate / learningRate);
          for (const [k, update] of ofOthers.entries()) update(parts.others[k], { learningRate: adamwRate, step });
        };
      });
    },
  });
}

/** The update of one matrix. */
function matrixUpdate(
  entry: TensorEntry,
  { momentum, nesterov, weightDecay, iterations, rateAdjustment }: Required<Omit<MuonOptions, 'adamwLayers'>>,
  { values, context }: { readonly values: FloatArray; readonly context: OptimizerContext | undefined },
): (gradients: FloatArray, mean: FloatArray, learningRate: number) => void {
  const { kernels = referenceKernels } = context ?? {};
  const { shape, length, offset } = entry;
  const [rows] = shape as readonly [number];
  const columns = length / rows;
  const { matrix, run } = prepareOrthogonalization({ kernels, dtype: dtypeOf(values), rows, columns, iterations });
  const factor =
    rateAdjustment === 'original' ? Math.sqrt(Math.max(1, rows / columns)) : 0.2 * Math.sqrt(Math.max(rows, columns));
  // u as one sum for both forms: share · g + (1 − share) · m.
  const share = nesterov ? 1 - momentum : 0;
  return (gradients, mean, rate) => {
    for (let i = 0; i < length; i++) {
      const g = gradients[offset + i];
      const m = momentum * mean[offset + i] + (1 - momentum) * g;
      mean[offset + i] = m;
      matrix[i] = share * g + (1 - share) * m;
    }
    run();
    const kept = 1 - rate * weightDecay;
    for (let i = 0; i < length; i++) values[offset + i] = values[offset + i] * kept - rate * factor * matrix[i];
  };
}

/** Weights of two axes or more, unless AdamW has their layer. */
function isMatrix({ path, shape }: TensorEntry, adamwLayers: readonly string[]): boolean {
  return shape.length >= 2 && !adamwLayers.some((layer) => isOfLayer(path, layer));
}

/** `block1.conv.weight` is of the layers `block1` and `block1.conv`. */
function isOfLayer(path: string, layer: string): boolean {
  return path.startsWith(`${layer}.`);
}

function part(array: FloatArray, { offset, length }: TensorEntry): FloatArray {
  return array.subarray(offset, offset + length);
}

function checkLayers(layers: readonly string[], entries: readonly TensorEntry[]): void {
  const unknown = layers.find((layer) => !entries.some(({ path }) => isOfLayer(path, layer)));
  if (unknown === undefined) return;
  const names = [...new Set(entries.map(({ path }) => path.slice(0, path.lastIndexOf('.'))))].join(', ');
  throw new OptionError(`muon: expected layers with parameters (${names}) as adamw layers, got ${unknown}`);
}

function checkedEntries(values: FloatArray, context: OptimizerContext | undefined): readonly TensorEntry[] {
  if (context?.entries === undefined) {
    throw new OptionError(
      'muon: expected the tensors of the parameters, got none; prepare(values, slots, { entries: network.parameterEntries })',
    );
  }
  const total = context.entries.reduce((sum, { length }) => sum + length, 0);
  if (total !== values.length) {
    throw new ShapeError(`muon: expected tensors of ${values.length} numbers in all, got ${total}`);
  }
  return context.entries;
}

export const muonKind = {
  ...kind(
    'muon',
    {
      learningRate: positive,
      momentum: optional(belowOne),
      nesterov: optional(boolean),
      weightDecay: optional(nonNegative),
      iterations: optional(count),
      rateAdjustment: optional(oneOf('original', 'match-rms-adamw')),
      adamwLearningRate: optional(positive),
      adamwLayers: optional(list(string, 'a list of layer names')),
      beta1: optional(belowOne),
      beta2: optional(belowOne),
      epsilon: optional(positive),
    } satisfies Entries<MuonOptions>,
    muon,
  ),
  recommended: (adamRate: number): MuonOptions => ({ learningRate: 0.02, adamwLearningRate: adamRate }),
};
