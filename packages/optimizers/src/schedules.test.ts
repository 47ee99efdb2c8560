/** Schedules at the steps that matter; `@longhand/training` tests them against PyTorch. */
import { isBuiltIn } from '@longhand/schema';
import { OptionError } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  constant,
  cosine,
  oneCycle,
  type PlainScheduleName,
  plainScheduleKinds,
  type Schedule,
  scheduleFrom,
  scheduleKinds,
  step,
  warmUp,
} from './schedules';
import { weightAverage } from './weight-average';

const factors = (schedule: Schedule, totalSteps: number, stepsPerEpoch = 10): number[] =>
  Array.from({ length: totalSteps }, (_, at) => schedule.factor({ step: at, totalSteps, stepsPerEpoch }));

test('constant', () => expect(new Set(factors(constant(), 30))).toEqual(new Set([1])));

test('step: a tenth after every second epoch', () => {
  const got = factors(step({ epochs: 2 }), 50);
  expect([got[0], got[19], got[20], got[39]]).toEqual([1, 1, 0.1, 0.1]);
  expect(got[40]).toBeCloseTo(0.01, 15);
});

test('cosine: from 1 through the middle toward the end, which the step after the last would have', () => {
  const schedule = cosine({ end: 0.2 });
  const got = factors(schedule, 100);
  expect(got[99]).toBeGreaterThan(0.2);
  expect(schedule.factor({ step: 100, totalSteps: 100, stepsPerEpoch: 10 })).toBe(0.2);
  expect(got[0]).toBe(1);
  expect(got[50]).toBeCloseTo(0.6, 12);
  expect(got[99]).toBeCloseTo(0.2, 3);
});

describe('one cycle', () => {
  test('starts low, is at the top after the rise, ends at almost nothing', () => {
    const got = factors(oneCycle({ rise: 0.2 }), 100);
    expect(got[0]).toBeCloseTo(1 / 25, 12);
    expect(got[19]).toBe(1);
    expect(got[99]).toBeCloseTo(1 / 250_000, 12);
  });

  test('runs of any length stay between its ends and the top', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.95, noNaN: true }),
        (totalSteps, rise) => {
          for (const factor of factors(oneCycle({ rise }), totalSteps)) {
            expect(factor).toBeGreaterThanOrEqual(1 / 250_000 - 1e-15);
            expect(factor).toBeLessThanOrEqual(1);
          }
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });
});

test('warm-up rises in a line, then the other schedule has the remaining steps', () => {
  const got = factors(warmUp(cosine(), { steps: 4 }), 24);
  expect(got.slice(0, 5)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  expect(got.slice(4)).toEqual(factors(cosine(), 20));
});

test('warm-up before one cycle rises to where that begins, and leaves the rest of the rise to it', () => {
  const got = factors(warmUp(oneCycle(), { steps: 4 }), 24);
  for (const [at, factor] of [0.2, 0.4, 0.6, 0.8, 1].entries()) expect(got[at]).toBeCloseTo(factor / 25, 15);
  expect(got.slice(4)).toEqual(factors(oneCycle(), 20));
});

test('a schedule out of range is refused', () => {
  expect(() => oneCycle({ rise: 1 })).toThrow('one-cycle schedule: expected a number from 0 to below 1 as rise, got 1');
  expect(() => step({ epochs: 0 })).toThrow('step schedule: expected a number above 0 as epochs, got 0');
});

describe('from descriptions', () => {
  const plain: Schedule[] = (Object.keys(plainScheduleKinds) as PlainScheduleName[]).map((name) =>
    plainScheduleKinds[name].make({}),
  );

  test.each([...plain, warmUp(warmUp(step({ epochs: 2 }), { steps: 3 }), { steps: 4 })])(
    '$description.kind is made again from its description, and goes by its name',
    (schedule) => {
      const again = scheduleFrom(JSON.parse(JSON.stringify(schedule.description)));
      expect(again.description).toEqual(schedule.description);
      expect(isBuiltIn(schedule)).toBe(true);
      expect(factors(again, 40)).toEqual(factors(schedule, 40));
      expect(Object.entries(scheduleKinds).find(([name]) => name === schedule.description.kind)?.[1].name).toBe(
        schedule.description.kind,
      );
    },
  );

  test.each<[unknown, string]>([
    [{ kind: 'line' }, 'schedule: expected one of one-cycle, cosine, step, constant, warm-up as kind, got line'],
    [{ kind: 'cosine', end: -1 }, 'cosine: expected a number of at least 0 as end, got -1'],
    [{ kind: 'warm-up', steps: 1 }, 'warm-up: expected the description of a schedule as before, got none'],
    [
      { kind: 'warm-up', steps: 1, before: { kind: 'line' } },
      'schedule: expected one of one-cycle, cosine, step, constant, warm-up as kind, got line',
    ],
    [{ kind: 'constant', factor: 1 }, "constant: expected no keys, got 'factor'"],
  ])('%j is refused', (description, message) => {
    expect(() => scheduleFrom(description as Schedule['description'])).toThrow(new OptionError(message));
  });
});

test('unknown options of a warm-up and of an average are refused', () => {
  expect(() => warmUp(cosine(), { step: 3 } as never)).toThrow("got 'step'; did you mean 'steps'?");
  expect(() => weightAverage({ Decay: 0.9 } as never)).toThrow(
    "weight average: expected one of the options decay, got 'Decay'; did you mean 'decay'?",
  );
});
