import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { progressLine } from './progress-line';
import { visibleWidth } from './text-width';

const state = {
  epoch: 1,
  epochs: 3,
  step: 469,
  steps: 938,
  loss: 0.04213,
  accuracy: 0.9777,
  imagesPerSecond: 28412,
  secondsLeft: 165,
  color: false,
};

describe('progress line', () => {
  test.each([
    [100, 'epoch 1/3  ████████████▌               50 %  loss 0.04213  97.77 %  28,400 images/s  2 min 45 s left'],
    [79, 'epoch 1/3  █████▌       loss 0.04213  97.77 %  28,400 images/s  2 min 45 s left'],
    [60, 'epoch 1/3  ████▌      loss 0.04213  97.77 %  2 min 45 s left'],
    [50, 'epoch 1/3  ████      loss 0.04213  2 min 45 s left'],
    [40, 'epoch 1/3  ███████▌         loss 0.04213'],
    [30, 'epoch 1/3   50 %  loss 0.04213'],
    [29, 'epoch 1/3   50 %'],
    [20, 'epoch 1/3   50 %'],
    [10, 'epoch 1/3'],
    [6, 'epoch…'],
  ])('%i columns', (width, line) => expect(progressLine({ ...state, width })).toBe(line));

  test('the bar is colored, its ground too', () => {
    expect(progressLine({ ...state, width: 40, color: true })).toContain(
      '\u001b[36m\u001b[100m███████▌       \u001b[49m\u001b[39m',
    );
  });

  test('everything keeps its place while numbers change', () => {
    const places = [2.31, 0.04213, 1.2e-5].flatMap((loss) =>
      [3.2, 45, 165].map((secondsLeft) => {
        const accuracy = secondsLeft < 60 ? 0.0977 : 0.9777;
        const line = progressLine({ ...state, loss, accuracy, secondsLeft, width: 79 });
        return ['loss', ' %', 'images/s'].map((word) => line.indexOf(word)).join();
      }),
    );
    expect(new Set(places).size).toBe(1);
  });

  test('before the first step nothing is known, and nothing breaks', () => {
    const unknown = { step: 0, steps: 0, loss: Number.NaN, imagesPerSecond: Number.NaN, secondsLeft: Number.NaN };
    expect(progressLine({ ...state, ...unknown, width: 79 })).toBe(
      'epoch 1/3               loss NaN      97.77 %  – images/s       – left',
    );
    expect(progressLine({ ...state, ...unknown, width: 20 })).toBe('epoch 1/3    0 %');
  });

  test('never wider than it may be', () => {
    const count = fc.integer({ min: 1, max: 99999 });
    const number = fc.double({ min: 0 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200 }),
        fc.tuple(count, count, count, count),
        fc.tuple(number, number, number),
        fc.boolean(),
        (width, [epoch, epochs, step, steps], [loss, imagesPerSecond, secondsLeft], color) => {
          const counts = { epoch, epochs, step, steps };
          const line = progressLine({ ...counts, loss, imagesPerSecond, secondsLeft, accuracy: 1, width, color });
          expect(visibleWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
      { seed: 1, numRuns: 1000 },
    );
  });
});
