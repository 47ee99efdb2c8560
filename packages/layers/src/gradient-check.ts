/**
 * The gradient check: every analytic derivative of a network against its numerical gradient, by central differences.
 *
 * The output is projected onto a random direction, or goes into a loss. (The plain sum of the outputs would not do: a
 * softmax adds up to one whatever its input, so any gradient would pass.)
 */
import { referenceKernels } from '@longhand/kernels';
import { count, isRecord, number, oneOf, optional, where } from '@longhand/schema';
import { formatShape, OptionError, type Random, type Shape, seededRandom } from '@longhand/tensor';
import { checkEntries } from './checked-options';
import {
  type CheckedArray,
  type CheckedEntries,
  type CheckedEntry,
  compareDerivatives,
  worseOf,
} from './compared-derivatives';
import type { Layer, Mode } from './layer';
import type { Loss, LossPass } from './loss';
import type { Network, NetworkPass } from './network';
import { NetworkParameters } from './parameters';
import { trainingContext } from './pass-context';
import { sequential } from './sequential';

/** The options of {@link checkGradients} and {@link checkLayerGradients}. */
export interface GradientCheckOptions {
  /** The number of images that run side by side. Default: 2. */
  readonly batch?: number;
  /** The source of all random numbers. Default: one with a fixed seed. */
  readonly random?: Random;
  /** Whether layers work as in training or as in use. Default: as in training. */
  readonly mode?: Mode;
  /** The parameters to check at, with their buffers. Default: random ones, biases included. */
  readonly parameters?: NetworkParameters;
  /** The input, `[...inputShape, batch]`. Default: random numbers from −1 to 1. */
  readonly input?: ArrayLike<number>;
  /** A loss to end the network with. Default: a random projection of the output. */
  readonly loss?: Loss;
  /** The largest number of entries that are checked in each array. Default: all. */
  readonly samplesPerArray?: number;
  /** The largest relative error that passes. Default: 10⁻⁷. */
  readonly tolerance?: number;
  /**
   * Called with the name of each array before it is checked, since large networks take their time. Default: nothing
   * is called.
   */
  readonly progress?: (array: string) => void;
}

const entries = {
  batch: optional(count),
  random: optional(where<Random>('a random generator such as seededRandom(1)', isRecord)),
  mode: optional(oneOf('train', 'evaluate')),
  parameters: optional(where<NetworkParameters>('parameters', isRecord)),
  input: optional(where<ArrayLike<number>>('a list of numbers', (value) => typeof value === 'object')),
  loss: optional(where<Loss>('a loss such as softmaxCrossEntropy()', isRecord)),
  samplesPerArray: optional(number),
  tolerance: optional(number),
  progress: optional(where<never>('a function', (value) => typeof value === 'function')),
};

/** The result of a gradient check. */
export interface GradientCheckReport extends CheckedEntries {
  /** Whether the worst relative error is within the tolerance. */
  readonly passed: boolean;
  /** The input and each parameter, in the order of the network. */
  readonly arrays: readonly CheckedArray[];
  /** The report in one line. */
  readonly message: string;
}

/**
 * Checks all gradients of a network, those of its input included, in float64.
 *
 * @throws ShapeError when the input given does not fit, OptionError when an option is unknown or of another kind, or the loss computes
 *   in another precision
 * @example checkGradients(lenet5(), { batch: 1, samplesPerArray: 2 }).passed; // true
 */
export function checkGradients(network: Network, options: GradientCheckOptions = {}): GradientCheckReport {
  checkEntries<GradientCheckOptions>('checkGradients', entries, options);
  const { batch = 2, random = seededRandom('gradient check'), loss, tolerance = 1e-7 } = options;
  const { samplesPerArray = Number.POSITIVE_INFINITY } = options;
  const parameters = inFloat64(network, options.parameters ?? randomParameters(network, random));
  const context = trainingContext({ capacity: batch, random: random.fork('context'), dtype: 'float64' });
  context.step = 0;
  const pass = network.prepare({
    context,
    kernels: referenceKernels,
    parameters,
    capacity: batch,
    mode: options.mode ?? 'train',
    gradients: true,
    inputGradient: true,
  });
  pass.input.set(options.input ?? uniformNumbers(pass.input.length, random.fork('input')));
  const objective = loss ? lossObjective(inPrecision(loss, pass), random, batch) : projection(pass, random);
  pass.forward();
  const magnitude = objective.terms().reduce((sum, term) => sum + Math.abs(term), 0);
  objective.writeGradient();
  pass.backward();

  const arrays = [
    { array: 'input', layer: network.layers[0]?.name, values: pass.input, gradient: pass.dInput },
    ...network.parameterEntries.map(({ path, layer }) => ({
      array: path,
      layer,
      values: parameters.get(path).data,
      gradient: pass.gradients.get(path).data,
    })),
  ].map(({ gradient, ...rest }) => ({ ...rest, gradient: Float64Array.from(gradient ?? []) }));

  const names = [...pass.layers.keys()];
  const found = arrays.map(({ layer, ...compared }) => {
    options.progress?.(compared.array);
    // What comes before the array's layer does not change with it.
    const affected = [...pass.layers.values()].slice(names.indexOf(layer ?? ''));
    const evaluate = (): number => {
      for (const each of affected) each.forward();
      return objective.terms().reduce((sum, term) => sum + term, 0);
    };
    const indices = sampled(compared.values.length, samplesPerArray, random.fork(compared.array));
    const result = compareDerivatives({ ...compared, evaluate, indices, magnitude, tolerance });
    // The last entry was put back, but what follows from it is still there.
    evaluate();
    return result;
  });
  const worst = found.reduce<CheckedEntry | undefined>((most, { worst }) => worseOf(most, worst), undefined);
  const checked = found.reduce((sum, { checked }) => sum + checked, 0);
  const kinks = found.reduce((sum, { kinks }) => sum + kinks, 0);
  const passed = checked > 0 && worst !== undefined && worst.relativeError <= tolerance;
  return { passed, worst, checked, kinks, arrays: found, message: messageOf(passed, worst, checked, kinks, tolerance) };
}

/**
 * Checks all gradients of one layer on an input of the shape.
 *
 * @example checkLayerGradients(conv2d({ outChannels: 5, kernel: 3, stride: 2 }), [7, 7, 3]).passed; // true
 */
export function checkLayerGradients(
  layer: Layer,
  input: Shape,
  options: GradientCheckOptions = {},
): GradientCheckReport {
  return checkGradients(sequential({ input, layers: { layer } }), options);
}

/** What gradients are taken of: the sum of the terms. */
interface Objective {
  terms(): number[];
  /** Writes the gradient at the network's output. */
  writeGradient(): void;
}

function projection(pass: ReturnType<Network['prepare']>, random: Random): Objective {
  const direction = uniformNumbers(pass.output.length, random.fork('direction'));
  return {
    terms: () => direction.map((weight, index) => weight * pass.output[index]),
    writeGradient: () => pass.dOutput?.set(direction),
  };
}

/**
 * The loss of the pass. In float32 a step of a central difference is lost in rounding: the numerical derivative would be zero, or entries
 * would seem to lie at kinks, and the derivatives be blamed for it.
 */
function inPrecision(loss: Loss, pass: NetworkPass): LossPass {
  const prepared = loss.prepare(pass);
  for (const name of ['loss', 'prediction'] as const) {
    if (!(prepared[name] instanceof Float32Array)) continue;
    throw new OptionError(
      `gradient check: expected arrays in the precision of the pass, float64, from ${loss.description.kind}, got float32 as ${name}; make them with allocateFloats(dtypeOf(output), length)`,
    );
  }
  return prepared;
}

function lossObjective(loss: ReturnType<Loss['prepare']>, random: Random, batch: number): Objective {
  // Numbers from 0 to 1 suit every loss: they are probabilities, and as good as any others as values to reach.
  loss.target.set(uniformNumbers(loss.target.length, random.fork('target')).map((value) => (value + 1) / 2));
  loss.imageWeight.fill(1 / batch);
  // Of probabilities: each image's add up to one.
  loss.teacher?.set(distributions(loss.teacher.length, batch, random.fork('teacher')));
  return {
    terms() {
      loss.forward();
      return Array.from(loss.loss, (value) => value / batch);
    },
    writeGradient: () => loss.inputGradient(),
  };
}

/** Probabilities `[features, batch]`. */
function distributions(length: number, batch: number, random: Random): number[] {
  const numbers = uniformNumbers(length, random).map((value) => value + 1.5);
  const sums = Array.from({ length: batch }, (_, n) =>
    numbers.reduce((sum, value, at) => (at % batch === n ? sum + value : sum), 0),
  );
  return numbers.map((value, at) => value / sums[at % batch]);
}

function uniformNumbers(length: number, random: Random): number[] {
  return Array.from({ length }, () => random.uniform(-1, 1));
}

/** Initial parameters, but with no bias left at zero, no scale at one and no buffer at 0 or 1: there an error in a gradient may not show. */
function randomParameters(network: Network, random: Random): NetworkParameters {
  const parameters = network.initialize(random, { dtype: 'float64' });
  for (const { path, length } of network.parameterEntries) {
    const { data } = parameters.get(path);
    const constant = data[0];
    if (data.every((value) => value === constant)) {
      data.set(uniformNumbers(length, random.fork(path)).map((value) => constant + value / 2));
    }
  }
  for (const { path, initial } of network.bufferEntries) {
    const stream = random.fork(path);
    // Not below the initial value: a variance has to stay above zero.
    parameters.get(path).data.forEach((_, index, data) => {
      data[index] = initial + stream.uniform(0, 0.5);
    });
  }
  return parameters;
}

function inFloat64(network: Network, parameters: NetworkParameters): NetworkParameters {
  if (parameters.values.length !== network.parameterCount) {
    throw new Error(`gradient check: expected ${network.parameterCount} parameters, got ${parameters.values.length}`);
  }
  return new NetworkParameters(network, Float64Array.from(parameters.values), Float64Array.from(parameters.buffers));
}

/** At most `most` indices, each once; all of them, if there are no more. */
function sampled(length: number, most: number, random: Random): number[] {
  if (length <= most) return [...Array(length).keys()];
  const drawn = new Set<number>();
  while (drawn.size < most) drawn.add(Math.floor(random.uniform(0, length)));
  return [...drawn];
}

function messageOf(
  passed: boolean,
  worst: CheckedEntry | undefined,
  checked: number,
  kinks: number,
  tolerance: number,
): string {
  const leftOut = kinks > 0 ? `, ${kinks} left out at kinks` : '';
  if (worst === undefined) return `gradient check: nothing to compare${leftOut}; use an input away from ties`;
  const { array, index, analytic, numerical, relativeError } = worst;
  return (
    `gradient check ${passed ? 'passed' : 'FAILED'}: ${checked} entries${leftOut}; worst ${array}${formatShape([index])}: ` +
    `analytic ${analytic}, numerical ${numerical}, relative error ${relativeError.toExponential(1)}, allowed ${tolerance}`
  );
}
