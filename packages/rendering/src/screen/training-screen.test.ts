import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visibleWidth } from '../text-width';
import { type TrainingScreenState, trainingScreen } from './training-screen';

/** An L of ink. */
const pixels = Uint8Array.from({ length: 100 }, (_, at) => (at % 10 === 2 || at >= 90 ? 255 : 0));
const state: TrainingScreenState = {
  title: 'lenet-documented on MNIST · 2 threads',
  progress: {
    epoch: 2,
    epochs: 3,
    step: 469,
    steps: 938,
    loss: 0.0642,
    accuracy: 0.9807,
    imagesPerSecond: 28412,
    secondsLeft: 42,
    learningRate: 0.00213,
  },
  curves: {
    epochs: 3,
    loss: [0.1, 0.5, 1, 1.5].map((at) => [at, 0.2 / at]),
    accuracy: [0.1, 0.5, 1, 1.5].map((at) => [at, 1 - 0.05 / at]),
    validationLoss: [[1, 0.15]],
    validationAccuracy: [[1, 0.962]],
  },
  epochs: [
    { epoch: 1, loss: 0.31, accuracy: 0.91, validation: { loss: 0.15, accuracy: 0.962, best: true }, seconds: 14.2 },
  ],
  misclassified: Array.from({ length: 30 }, (_, at) => ({
    pixels,
    height: 10,
    width: 10,
    trueClass: '1',
    predictedClass: String(at % 10),
    probability: 0.9,
  })),
};
const plain = { color: false, unicode: true };

describe('the screen', () => {
  test('of 80 × 24 shows everything', () => {
    const screen = trainingScreen(state, { ...plain, columns: 80, rows: 24 });
    expect(screen).toHaveLength(23);
    const text = screen.join('\n');
    for (const part of [
      'lenet-documented on MNIST · 2 threads',
      /epoch 2\/3 .* 50 %|epoch 2\/3 {2}█/,
      '28,400 images/s',
      '42 s left',
      /loss {2}⠒⠒⠒ training {2}⠂⠐⠂ validation .*accuracy {2}⠒⠒⠒ training/,
      /epoch +loss +accuracy +validation +time {4}misclassified/,
      /1 +0\.3100 +91\.00 % +best 96\.20 % +14 s/,
      '1 → 0       1 → 1',
    ]) {
      expect(text).toMatch(part);
    }
  });

  test('of 20 × 6 is the heading and the line of progress, of 3 lines only that', () => {
    const small = { ...plain, columns: 20 };
    expect(trainingScreen(state, { ...small, rows: 6 })).toEqual(['lenet-documented on…', 'epoch 2/3   50 %']);
    expect(trainingScreen(state, { ...small, rows: 3 })).toEqual(['epoch 2/3   50 %']);
    expect(trainingScreen(state, { ...small, rows: 1 })).toHaveLength(1);
  });

  test('of 50 × 16 goes without the second curves and the pictures', () => {
    const text = trainingScreen(state, { ...plain, columns: 50, rows: 16 }).join('\n');
    expect(text).toContain('validation');
    expect(text).not.toMatch(/accuracy {2}⠒|misclassified/);
  });

  test('tells what is done instead of training', () => {
    const screen = trainingScreen({ ...state, working: 'testing …' }, { ...plain, columns: 80, rows: 24 });
    expect(screen[1]).toBe('testing …');
  });

  test('in ASCII has nothing else', () => {
    const ascii = trainingScreen(state, { columns: 120, rows: 40, color: false, unicode: false }).join('\n');
    expect(ascii).toMatch(/^[ -~\n]+$/);
    expect(ascii).toContain('1 > 0');
  });
});

test('no line is wider than the screen, and none is too many, whatever there is to show', () => {
  const number = fc.double();
  const part = fc.double({ min: 0, max: 1 });
  const points = fc.array(fc.tuple(number, number), { maxLength: 12 });
  const epoch = fc.record({ epoch: fc.nat(), loss: number, accuracy: part, seconds: number });
  const name = fc.string({ unit: 'grapheme', maxLength: 30 });
  const states = fc.record({
    title: name,
    progress: fc.option(
      fc.record({
        epoch: fc.nat(),
        epochs: fc.nat(),
        step: fc.nat(),
        steps: fc.nat(),
        loss: number,
        accuracy: part,
        imagesPerSecond: number,
        secondsLeft: number,
        learningRate: number,
      }),
    ),
    curves: fc.record({
      epochs: fc.nat(),
      loss: points,
      accuracy: points,
      validationLoss: points,
      validationAccuracy: points,
    }),
    epochs: fc.array(fc.tuple(epoch, fc.option(fc.record({ loss: number, accuracy: part, best: fc.boolean() }))), {
      maxLength: 30,
    }),
    misclassified: fc.array(fc.tuple(name, name), { maxLength: 12 }),
    working: fc.option(name),
  });
  fc.assert(
    fc.property(
      states,
      fc.tuple(fc.integer({ min: 1, max: 220 }), fc.integer({ min: 1, max: 60 })),
      fc.tuple(fc.boolean(), fc.boolean()),
      (some, [columns, rows], [color, unicode]) => {
        const { progress, working, ...rest } = some;
        const screen = trainingScreen(
          {
            ...rest,
            ...(progress === null ? {} : { progress }),
            ...(working === null ? {} : { working }),
            epochs: some.epochs.map(([row, validation]) => (validation === null ? row : { ...row, validation })),
            misclassified: some.misclassified.map(([trueClass, predictedClass]) => ({
              pixels,
              height: 10,
              width: 10,
              trueClass,
              predictedClass,
              probability: 0.5,
            })),
          },
          { columns, rows, color, unicode },
        );
        expect(screen.length).toBeLessThanOrEqual(Math.max(rows - 1, 1));
        expect(Math.max(...screen.map(visibleWidth))).toBeLessThanOrEqual(columns);
        expect(screen.join('')).not.toContain('\n');
      },
    ),
    { seed: 1, numRuns: 400 },
  );
});
