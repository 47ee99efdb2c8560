/** Which epoch is the best, and when to stop early. */
import { describe, expect, test } from 'vitest';
import { type BestEpoch, checkSelection, judgeEpoch } from './selection';

const before: BestEpoch = { epoch: 4, accuracy: 0.9, loss: 0.5 };

describe('the best epoch', () => {
  test.each<[string, number, number, boolean]>([
    ['has a higher accuracy', 0.91, 0.9, true],
    ['has an equal accuracy and a lower loss', 0.9, 0.4, true],
    ['is equal: the earlier one stays', 0.9, 0.5, false],
    ['has a lower accuracy', 0.89, 0.1, false],
  ])('%s', (_, accuracy, loss, better) => {
    const epoch = { epoch: 5, accuracy, loss };
    expect(judgeEpoch(epoch, before)).toEqual({ best: better ? epoch : before });
  });

  test('is the first one at the beginning', () => {
    expect(judgeEpoch({ ...before, epoch: 1 }, undefined)).toEqual({ best: { ...before, epoch: 1 } });
  });
});

describe('when to stop', () => {
  const worse = { accuracy: 0.8, loss: 1 };

  test('after `patience` epochs without a better one', () => {
    const rules = { patience: 3 };
    expect(judgeEpoch({ epoch: 6, ...worse }, before, rules)).toEqual({ best: before });
    expect(judgeEpoch({ epoch: 7, ...worse }, before, rules)).toEqual({ best: before, stop: 'patience' });
  });

  test('as soon as the target is reached, and not before', () => {
    const rules = { patience: 3, targetAccuracy: 0.95 };
    const reached = { epoch: 9, accuracy: 0.95, loss: 1 };
    expect(judgeEpoch({ epoch: 5, accuracy: 0.9499, loss: 1 }, before, rules)).not.toHaveProperty('stop');
    expect(judgeEpoch(reached, before, rules)).toEqual({ best: reached, stop: 'target' });
  });

  test.each([{ patience: 0 }, { patience: 1.5 }, { targetAccuracy: 0 }, { targetAccuracy: 99 }])(
    '%o is refused',
    (rules) => {
      expect(() => checkSelection(rules)).toThrow(/^selection: expected .*, got [\d.]+$/);
    },
  );
});
