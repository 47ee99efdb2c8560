import type { TrainingProgress } from '@longhand/training';
import { expect, test } from 'vitest';
import { Pace } from './training-display';

const extent = { totalImages: 6000, epochs: 3 };
const at = (epoch: number, images: number): TrainingProgress => ({ epoch, images }) as TrainingProgress;

test('is not known at the first step, and then the mean so far', () => {
  const pace = new Pace(extent);
  expect(pace.step(at(1, 100), 5000)).toEqual({ imagesPerSecond: Number.NaN, secondsLeft: Number.NaN });
  expect(pace.step(at(1, 600), 6000)).toEqual({ imagesPerSecond: 500, secondsLeft: 5400 / 500 });
  expect(pace.step(at(2, 100), 9000)).toEqual({ imagesPerSecond: 500, secondsLeft: 3900 / 500 });
});

test('pauses cost time, but do not slow training down', () => {
  const pace = new Pace(extent);
  pace.step(at(1, 0), 0);
  pace.step(at(1, 2000), 2000);
  pace.pause(2000);
  pace.pause(2500);
  expect(pace.step(at(2, 1000), 6000)).toEqual({ imagesPerSecond: 1500, secondsLeft: 3000 / 500 });
});

test('counts from where a run goes on', () => {
  const pace = new Pace(extent);
  pace.step(at(3, 1000), 0);
  expect(pace.step(at(3, 1500), 1000)).toEqual({ imagesPerSecond: 500, secondsLeft: 1 });
});
