import { referenceKernels, simdKernels } from '@longhand/kernels';
import { OptionError, seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { silu } from './activations';
import { dense } from './dense';
import { distillation } from './distillation';
import { checkGradients } from './gradient-check';
import type { Network } from './network';
import { sequential } from './sequential';

/** A network whose output is its input. */
const identityOf = (features: number): Network =>
  sequential({ input: [features], layers: { fc: dense({ outFeatures: features, bias: false }) } });

const logits = [2, -1, 0.5, -0.3, 0.8, 1.7];
const teacherLogits = [3, 0.2, -1, -2, 0.1, 2.5];
const temperature = 3;
const weight = 0.7;

/** `[feature, image]` of two images with three logits each. */
const sideBySide = (rows: readonly number[]): number[] => [0, 1, 2].flatMap((k) => [rows[k], rows[3 + k]]);

function softmax(numbers: readonly number[]): number[] {
  const powers = numbers.map((value) => Math.E ** value);
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

test('has the loss and the gradient of its formula', () => {
  const network = identityOf(3);
  const parameters = network.zeros({ dtype: 'float64' });
  parameters.get('fc.weight').data.set([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 2, inputGradient: true });
  const loss = distillation({ temperature, weight }).prepare(pass);
  pass.input.set(sideBySide(logits));
  loss.imageWeight.fill(1 / 2);
  loss.target.set(sideBySide([1, 0, 0, 0, 0, 1]));
  const soft = [0, 3].flatMap((at) => softmax(teacherLogits.slice(at, at + 3).map((value) => value / temperature)));
  loss.teacher?.set(sideBySide(soft));
  pass.forward();
  loss.forward();
  loss.inputGradient();
  // PyTorch: 0.3 · cross_entropy(x, t) + 0.7 · 9 · kl_div(log_softmax(x / 3), softmax(teacher / 3)), of each image, and its gradient.
  const expectedLoss = [0.4415815585286281, 0.4638386215460468];
  const expectedGradient = [
    -0.13409336360224244, -0.04770452887648774, 0.18179789247873013, 0.11222508022318722, 0.10252081630283591,
    -0.2147458965260231,
  ];
  Array.from(loss.loss).forEach((value, n) => {
    expect(value).toBeCloseTo(expectedLoss[n], 12);
  });
  sideBySide(expectedGradient).forEach((value, at) => {
    expect(pass.dOutput[at]).toBeCloseTo(value, 12);
  });
  expect(loss.prediction[0]).toBeCloseTo(softmax(logits.slice(0, 3))[0], 14);
});

test.each([
  [1, 0.5],
  [4, 1],
  [0.5, 0.2],
])('its gradients are central differences at the temperature %d with the weight %d', (T, w) => {
  const network = sequential({
    input: [4],
    layers: { fc1: dense({ outFeatures: 5 }), silu: silu(), fc2: dense({ outFeatures: 3 }) },
  });
  const loss = distillation({ temperature: T, weight: w });
  const report = checkGradients(network, { loss });
  expect(report.message).toMatch('passed');
});

test('a teacher of the same opinion costs nothing, whatever the label', () => {
  const network = identityOf(3);
  const kernels = simdKernels('strict');
  const pass = network.prepare({ kernels, parameters: network.zeros({ kernels }), capacity: 16 });
  const loss = distillation({ weight: 1 }).prepare(pass);
  // The output is zero: all classes are alike.
  loss.teacher?.fill(1 / 3);
  loss.target.fill(1, 0, 16);
  loss.imageWeight.fill(1 / 16);
  pass.forward();
  loss.forward();
  loss.inputGradient();
  for (const value of loss.loss) expect(value).toBeCloseTo(0, 5);
  for (const value of pass.dOutput) expect(value).toBeCloseTo(0, 7);
});

test('refuses an image that no teacher has seen', () => {
  const network = identityOf(3);
  const parameters = network.initialize(seededRandom(1));
  const loss = distillation().prepare(network.prepare({ kernels: referenceKernels, parameters, capacity: 2 }));
  loss.imageWeight.fill(1 / 2);
  loss.target.fill(1, 0, 2);
  loss.teacher?.set([1], 0);
  expect(() => loss.inputGradient()).toThrow(
    new OptionError(
      "distillation: expected a teacher's probabilities for each image, got zeros alone for image 1; fill teacher",
    ),
  );
});

test.each<[object, string]>([
  [{ temperature: 0 }, 'distillation: expected a number above 0 as temperature, got 0'],
  [{ temperature: Number.POSITIVE_INFINITY }, 'distillation: expected a number above 0 as temperature, got Infinity'],
  [{ weight: 1.5 }, 'distillation: expected a number from 0 to 1 as weight, got 1.5'],
  [{ temperature: Number.NaN }, 'distillation: expected a number as temperature, got NaN'],
  [{ alpha: 1 }, "distillation: expected one of the options temperature, weight, got 'alpha'"],
])('%j is refused', (options, message) => {
  expect(() => distillation(options)).toThrow(new OptionError(message));
});
