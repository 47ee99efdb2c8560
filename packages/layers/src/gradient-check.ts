/**
 * The gradient check: every analytic derivative of a network against the same derivative found by trying.
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
  /** Entries left out because a kink (ReLU at zero, a tie of a maximum) lies within the step of the numerical derivative. */
  readonly kinks: number;
  /** The report in one line. */
  readonly message: string;
}

/** The step of the numerical derivative. */
const step = 1e-3;

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
    return objective.value();
  };
  // The objective carries a few roundings; divided by the step they bound what a difference quotient can tell.
  const resolution = (8 * Number.EPSILON * Math.abs(evaluate())) / step;
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
      const numerical = numericalDerivative(evaluate, values as Float64Array, index, step);
      // Near a kink the step's halves disagree; that is judged without looking at the analytic value.
      const size = Math.max(Math.abs(numerical.value), scale * 1e-3, resolution / tolerance, Number.MIN_VALUE);
      if (numerical.disagreement > 1e-3 * size) {
        kinks++;
        continue;
      }
      checked++;
      const relativeError = Math.abs(analytic - numerical.value) / Math.max(size, Math.abs(analytic));
      if (worst === undefined || !(relativeError <= worst.relativeError)) {
        worst = { array, index, analytic, numerical: numerical.value, relativeError };
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

function projection(pass: ReturnType<Network['prepare']>, random: Random): { value(): number; writeGradient(): void } {
  const direction = uniformNumbers(pass.output.length, random.fork('direction'));
  return {
    value: () => direction.reduce((sum, weight, index) => sum + weight * pass.output[index], 0),
    writeGradient: () => pass.dOutput?.set(direction),
  };
}

function lossObjective(
  loss: ReturnType<Loss['prepare']>,
  random: Random,
  batch: number,
): { value(): number; writeGradient(): void } {
  // Numbers from 0 to 1 suit every loss: they are probabilities, and as good as any others as values to reach.
  loss.target.set(uniformNumbers(loss.target.length, random.fork('target')).map((value) => (value + 1) / 2));
  loss.imageWeight.fill(1 / batch);
  return {
    value() {
      loss.forward();
      let sum = 0;
      for (let n = 0; n < batch; n++) sum += loss.loss[n] / batch;
      return sum;
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
