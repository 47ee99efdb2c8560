/**
 * The gradient check: every analytic derivative of a network against the same derivative found by trying.
 *
 * Each derivative is tried at two steps. Where a kink (ReLU at zero, a tie of a maximum) lies within one of them they
 * disagree, and the entry is left out: a smooth function's agree to far less than what is tolerated.
 *
 * The output is projected onto a random direction, or goes into a loss. (The plain sum of the outputs would not do: a
 * softmax adds up to one whatever its input, so any gradient would pass.)
 */
import { referenceKernels } from '@longhand/kernels';
import { formatShape, numericalDerivative, type Random, type Shape, seededRandom } from '@longhand/tensor';
import type { Layer } from './layer';
import type { Loss } from './losses';
import { Parameters } from './parameters';
import { type Network, sequential } from './sequential';

export interface GradientCheckOptions {
  /** How many images are run side by side; 2 unless said. */
  readonly batch?: number;
  /** Where the numbers come from; a fixed seed unless said. */
  readonly random?: Random;
  /** The parameters to check at; random ones, biases too, unless given. */
  readonly parameters?: Parameters;
  /** The input, `[...inputShape, batch]`; random numbers from −1 to 1 unless given. */
  readonly input?: ArrayLike<number>;
  /** A loss to end the network with; a random projection of the output unless given. */
  readonly loss?: Loss;
  /** How many entries of each array are tried; all unless said. */
  readonly samplesPerArray?: number;
  /** The largest relative error that passes; 10⁻⁷ unless said. */
  readonly tolerance?: number;
}

/** One derivative, both ways. */
export interface CheckedEntry {
  /** `input`, or the path of a parameter. */
  readonly array: string;
  readonly index: number;
  readonly analytic: number;
  readonly numerical: number;
  /**
   * |analytic − numerical| over the larger of both; over a thousandth of the array's largest where both are smaller,
   * and never over less than what rounding in the objective lets the numerical derivative resolve.
   */
  readonly relativeError: number;
}

/** What a gradient check found. */
export interface GradientCheckReport {
  readonly passed: boolean;
  readonly worst: CheckedEntry | undefined;
  /** How many entries were held against each other. */
  readonly checked: number;
  /** How many more were left out because a kink (ReLU at zero, a tie of a maximum) lies within the step. */
  readonly kinks: number;
  /** The report in one line. */
  readonly message: string;
}

/** The step of the numerical derivative: small, so that few kinks lie within it, but not lost in rounding. */
const step = 1e-4;

/**
 * Checks all gradients of a network, those of its input included, in float64.
 *
 * @throws ShapeError when the input given does not fit
 * @example checkGradients(lenet5(), { samplesPerArray: 20 }).passed // true
 */
export function checkGradients(network: Network, options: GradientCheckOptions = {}): GradientCheckReport {
  const { batch = 2, random = seededRandom('gradient check'), loss, tolerance = 1e-7 } = options;
  const { samplesPerArray = Number.POSITIVE_INFINITY } = options;
  const parameters = inFloat64(network, options.parameters ?? randomParameters(network, random));
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: batch, inputGradient: true });
  pass.input.set(options.input ?? uniformNumbers(pass.input.length, random.fork('input')));
  const objective = loss ? lossObjective(loss.prepare(pass), random, batch) : projection(pass, random);
  const evaluate = (): number => {
    pass.forward();
    return objective.terms().reduce((sum, term) => sum + term, 0);
  };
  evaluate();
  // The terms carry a few roundings; divided by the step, or by half of it, they bound what can be told.
  const magnitude = objective.terms().reduce((sum, term) => sum + Math.abs(term), 0);
  const resolution = (16 * Number.EPSILON * magnitude) / step;
  objective.writeGradient();
  pass.backward();

  const arrays = [
    { array: 'input', values: pass.input, gradient: pass.dInput },
    ...network.parameterEntries.map(({ path }) => ({
      array: path,
      values: parameters.get(path).data,
      gradient: pass.gradients?.get(path).data,
    })),
  ].map(({ gradient, ...rest }) => ({ ...rest, gradient: Float64Array.from(gradient ?? []) }));

  let worst: CheckedEntry | undefined;
  let checked = 0;
  let kinks = 0;
  for (const { array, values, gradient } of arrays) {
    const scale = gradient.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    for (const index of sampled(values.length, samplesPerArray, random.fork(array))) {
      const analytic = gradient[index];
      const [numerical, nearer] = [step, step / 2].map(
        (distance) => numericalDerivative(evaluate, values as Float64Array, index, distance).value,
      );
      const size = Math.max(Math.abs(numerical), scale * 1e-3, resolution / tolerance, Number.MIN_VALUE);
      // A kink shifts each by another part of its height: judged without looking at the analytic value.
      if (Math.abs(numerical - nearer) > (tolerance / 2) * size) {
        kinks++;
        continue;
      }
      checked++;
      const relativeError = Math.abs(analytic - numerical) / Math.max(size, Math.abs(analytic));
      if (worst === undefined || !(relativeError <= worst.relativeError)) {
        worst = { array, index, analytic, numerical, relativeError };
      }
    }
  }
  const passed = checked > 0 && worst !== undefined && worst.relativeError <= tolerance;
  return { passed, worst, checked, kinks, message: messageOf(passed, worst, checked, kinks, tolerance) };
}

/**
 * Checks all gradients of one layer on an input of the shape.
 *
 * @example checkLayerGradients(conv2d({ outChannels: 5, kernel: 3, stride: 2 }), [7, 7, 3]).worst
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

function lossObjective(loss: ReturnType<Loss['prepare']>, random: Random, batch: number): Objective {
  // Numbers from 0 to 1 suit every loss: they are probabilities, and as good as any others as values to reach.
  loss.target.set(uniformNumbers(loss.target.length, random.fork('target')).map((value) => (value + 1) / 2));
  loss.imageWeight.fill(1 / batch);
  return {
    terms() {
      loss.forward();
      return Array.from(loss.loss, (value) => value / batch);
    },
    writeGradient: () => loss.inputGradient(),
  };
}

function uniformNumbers(length: number, random: Random): number[] {
  return Array.from({ length }, () => random.uniform(-1, 1));
}

/** Initial parameters, but with no bias left at zero: there an error in its gradient may not show. */
function randomParameters(network: Network, random: Random): Parameters {
  const parameters = network.initialize(random, { dtype: 'float64' });
  for (const { path, length } of network.parameterEntries) {
    const { data } = parameters.get(path);
    if (data.every((value) => value === 0))
      data.set(uniformNumbers(length, random.fork(path)).map((value) => value / 2));
  }
  return parameters;
}

function inFloat64(network: Network, parameters: Parameters): Parameters {
  if (parameters.values.length !== network.parameterCount) {
    throw new Error(`gradient check: expected ${network.parameterCount} parameters, got ${parameters.values.length}`);
  }
  return new Parameters(network.parameterEntries, Float64Array.from(parameters.values));
}

function sampled(length: number, most: number, random: Random): number[] {
  const all = [...Array(length).keys()];
  return length <= most ? all : random.shuffle(all).slice(0, most);
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
