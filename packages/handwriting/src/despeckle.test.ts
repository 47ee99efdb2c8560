import { expect, test } from 'vitest';
import { drawn } from '../fixtures/digit-pictures';
import { despeckled } from './despeckle';
import { smooth } from './smooth';

test('single wrong pixels go, lines of a single pixel stay', () => {
  const salted = drawn('.....#', '.#..#.', '......', '...#..', '####..', '#....#');
  const mended = drawn('.....#', '....#.', '......', '...#..', '####..', '#.....');
  // The pixel by itself inside, and the one in the corner.
  expect(despeckled(salted)).toEqual({ ...mended, pixels: mended.pixels });
  expect(despeckled({ ...salted, pixels: salted.pixels.map((value) => 255 - value) }).pixels).toEqual(
    mended.pixels.map((value) => 255 - value),
  );
});

test('smoothing weighs 1 2 1 in both directions', () => {
  expect(smooth(drawn('...', '.#.', '...')).pixels).toEqual(Uint8Array.of(16, 32, 16, 32, 64, 32, 16, 32, 16));
  const flat = { width: 3, height: 2, pixels: new Uint8Array(6).fill(255) };
  expect(smooth(flat)).toEqual(flat);
});
