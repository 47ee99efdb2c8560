/** Calibration: formulas by hand, temperatures found again, and models that carry it. */
import { imageDataset } from '@longhand/datasets';
import { dense, flatten, sequential, softmax } from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calibrate, calibrationPart, classifierLoss, coverageOf, fitCalibration } from './calibrate';
import {
  type Calibration,
  calibratedProbabilities,
  centeredLogRatios,
  cosine,
  doubtOf,
  mostDirections,
  mostProbable,
} from './calibration';
import { classifier } from './classifier';

describe('calibrated probabilities', () => {
  test('are the square roots at temperature 2, made to sum to 1', () => {
    const [first, second] = calibratedProbabilities([0.9, 0.1], { temperature: 2 });
    expect(first).toBeCloseTo(0.75, 6);
    expect(second).toBeCloseTo(0.25, 6);
  });

  test('keep their order at any temperature, and at 1 their values', () => {
    const many = fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(many, fc.double({ min: 0.2, max: 8, noNaN: true }), (numbers, temperature) => {
        const sum = numbers.reduce((total, number) => total + number, 0);
        const given = numbers.map((number) => number / sum);
        const warmer = calibratedProbabilities(given, { temperature });
        expect(given[mostProbable(warmer)]).toBeCloseTo(Math.max(...given), 6);
        for (const [k, p] of calibratedProbabilities(given, { temperature: 1 }).entries()) {
          expect(p).toBeCloseTo(given[k], 6);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('are numbers where a probability has become 0', () => {
    expect([...calibratedProbabilities([1, 0, 0], { temperature: 1.5 })].every(Number.isFinite)).toBe(true);
  });
});

describe('doubts', () => {
  const calibration: Calibration = {
    version: 1,
    temperature: 1,
    threshold: 0.9,
    similarity: {
      least: 0.9,
      // Of class 0: class 1 is the second, class 2 is out of the question.
      directions: [centeredLogRatios([0.95, 0.04, 0.01]), [0, 1, 0], [0, 0, 1]],
    },
    images: 100,
    data: 'three classes',
  };

  test('are of the probability, then of what the output is like', () => {
    expect(doubtOf([0.89, 0.1, 0.01], calibration)).toBe('probability');
    expect(doubtOf([0.94, 0.05, 0.01], calibration)).toBeUndefined();
    expect(doubtOf([0.94, 0.001, 0.059], calibration)).toBe('similarity');
  });

  test('without a calibration begin below 80 %', () => {
    expect([doubtOf([0.8, 0.2]), doubtOf([0.79, 0.21])]).toEqual([undefined, 'probability']);
    expect(doubtOf([Number.NaN, Number.NaN])).toBe('probability');
  });

  test('of an output are the same at any temperature, as far as it is like others', () => {
    const given = [0.7, 0.2, 0.06, 0.04];
    const [cold, warm] = [0.5, 3].map((temperature) => [...calibratedProbabilities(given, { temperature })]);
    expect(cosine(centeredLogRatios(cold), centeredLogRatios(warm))).toBeCloseTo(1, 6);
  });
});

/** Labels drawn from softmax(z / truth), and the probabilities softmax(z) of a network that knows of no temperature. */
function drawn(truth: number, count: number, classes = 4) {
  const random = seededRandom(7);
  const probabilities = new Float32Array(count * classes);
  const labels = Uint8Array.from({ length: count }, (_, image) => {
    const logits = Array.from({ length: classes }, () => 4 * random.normal());
    const own = softmaxOf(logits);
    probabilities.set(own, image * classes);
    const honest = softmaxOf(logits.map((logit) => logit / truth));
    const at = random.uniform();
    const sums = honest.map((_, k) => honest.subarray(0, k + 1).reduce((sum, p) => sum + p, 0));
    return Math.max(
      0,
      sums.findIndex((sum) => sum > at),
    );
  });
  return { probabilities, labels, classes };
}

function softmaxOf(logits: readonly number[]): Float32Array {
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const sum = powers.reduce((total, power) => total + power, 0);
  return Float32Array.from(powers, (power) => power / sum);
}

describe('a fit', () => {
  test.each([0.7, 1, 2.5])('finds the temperature %d again', (truth) => {
    const { temperature } = fitCalibration(drawn(truth, 20_000), 'drawn') as Calibration;
    expect(temperature / truth).toBeGreaterThan(0.95);
    expect(temperature / truth).toBeLessThan(1.05);
  });

  test('leaves out a fortieth of the correct predictions by each condition', () => {
    const input = drawn(1, 4000);
    const found = fitCalibration(input, 'drawn') as Calibration;
    const { sureAndCorrect } = coverageOf(input, { ...found, threshold: 0 });
    const correct = coverageOf(input, { ...found, threshold: 0, similarity: undefined as never }).sureAndCorrect;
    expect(sureAndCorrect / correct).toBeCloseTo(0.975, 2);
    expect(found.threshold).toBeGreaterThanOrEqual(0.8);
    expect([found.images, found.data, found.version]).toEqual([4000, 'drawn', 1]);
  });

  test('without any error stays near the probabilities of the network', () => {
    const probabilities = Float32Array.from({ length: 200 }, (_, k) => (k % 2 === 0 ? 0.99 : 0.01));
    const found = fitCalibration({ probabilities, labels: new Uint8Array(100), classes: 2 }, 'all correct');
    expect(found?.temperature).toBeGreaterThan(0.2);
    expect(found?.similarity?.directions[1][1]).toBeCloseTo(Math.SQRT1_2, 4);
  });

  test('of too few correct predictions is none', () => {
    expect(fitCalibration(drawn(1, 30), 'few')).toBeUndefined();
  });

  test('of very many classes has no directions', () => {
    const classes = mostDirections + 1;
    const probabilities = Float32Array.from({ length: 50 * classes }, (_, k) => (k % classes === 0 ? 0.9 : 0.001));
    const found = fitCalibration({ probabilities, labels: new Uint8Array(50), classes }, 'many');
    expect(found).toBeDefined();
    expect(found).not.toHaveProperty('similarity');
  });
});

describe('a model', () => {
  const network = sequential({ input: [1, 1, 1], layers: { flatten: flatten(), fc: dense({ outFeatures: 2 }) } });
  const parameters = network.zeros();
  parameters.get('fc.weight').data.set([0, 4]);
  parameters.get('fc.bias').data.set([0, -2]);
  const normalization = { mean: 0, std: 1 };
  const images = Uint8Array.from({ length: 120 }, (_, k) => (k * 37) % 256);
  const labels = images.map((pixel) => (pixel > 127 ? 1 : 0));
  const dataset = imageDataset({ name: 'gray', images, labels, height: 1, width: 1 });

  test('is calibrated by a data set, the same for any number of threads, and classifies by it', async () => {
    const [one, two] = await Promise.all(
      [0, 2].map((threads) => calibrate({ network, parameters, normalization, dataset, threads })),
    );
    expect(one).toEqual(two);
    const calibration = one as Calibration;
    const model = { network, parameters, normalization };
    const pictures = [Uint8Array.of(200)];
    const [plain] = classifier(model).classify(pictures);
    const [calibrated] = classifier({ ...model, calibration }).classify(pictures);
    expect(calibrated).toEqual(calibratedProbabilities(plain, calibration));
    expect(calibrated[1]).not.toBeCloseTo(plain[1], 3);
  });

  test('that ends with a softmax is calibrated by its output', () => {
    const layers = { flatten: flatten(), fc: dense({ outFeatures: 2 }), softmax: softmax() };
    const closed = sequential({ input: [1, 1, 1], layers });
    expect(classifierLoss(closed).description.kind).toBe('mean-squared-error');
    expect(classifierLoss(network).description.kind).toBe('softmax-cross-entropy');
  });
});

test('where nothing is held out, every fifth test image is fitted on, 2,000 at most', () => {
  const of = (count: number) =>
    calibrationPart(
      imageDataset({
        name: 'test',
        images: Uint8Array.from({ length: count }, (_, k) => k % 251),
        labels: new Uint8Array(count),
        height: 1,
        width: 1,
      }),
    );
  expect([...(of(20)?.images ?? [])]).toEqual([0, 5, 10, 15]);
  expect(of(4)).toBeUndefined();
  const many = of(100_000);
  expect([many?.name, many?.count, many?.images.at(-1)]).toEqual(['test, a part', 2000, 99_950 % 251]);
});
