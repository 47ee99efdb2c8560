import { expect, test } from 'vitest';
import { toGray } from './gray-image';

test('colors become their luma', () => {
  const pixels = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 9, 9, 9);
  expect(toGray({ width: 5, height: 1, channels: 3, pixels }).pixels).toEqual(Uint8Array.of(76, 150, 29, 255, 9));
});

test('strokes on a transparent canvas are composited with white, light ones with black', () => {
  const strokes = (gray: number): Uint8Array =>
    toGray({ width: 4, height: 1, channels: 2, pixels: Uint8Array.of(0, 0, gray, 255, gray, 51, 0, 0) }).pixels;
  expect(strokes(0)).toEqual(Uint8Array.of(255, 0, 204, 255));
  expect(strokes(250)).toEqual(Uint8Array.of(0, 250, 50, 0));
});

test('gaps in an opaque image take its mean gray', () => {
  const pixels = Uint8Array.of(200, 200, 200, 255, 100, 100, 100, 255, 9, 9, 9, 0);
  expect(toGray({ width: 3, height: 1, channels: 4, pixels }).pixels).toEqual(Uint8Array.of(200, 100, 150));
});
