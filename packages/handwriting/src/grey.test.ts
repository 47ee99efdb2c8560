import { expect, test } from 'vitest';
import { greyOf } from './grey';

test('colours become as bright as they look', () => {
  const pixels = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 9, 9, 9);
  expect(greyOf({ width: 5, height: 1, channels: 3, pixels }).pixels).toEqual(Uint8Array.of(76, 150, 29, 255, 9));
});

test('strokes on transparency lie on white, light ones on black', () => {
  const strokes = (grey: number): Uint8Array =>
    greyOf({ width: 4, height: 1, channels: 2, pixels: Uint8Array.of(0, 0, grey, 255, grey, 51, 0, 0) }).pixels;
  expect(strokes(0)).toEqual(Uint8Array.of(255, 0, 204, 255));
  expect(strokes(250)).toEqual(Uint8Array.of(0, 250, 50, 0));
});

test('gaps in an opaque picture take its mean grey', () => {
  const pixels = Uint8Array.of(200, 200, 200, 255, 100, 100, 100, 255, 9, 9, 9, 0);
  expect(greyOf({ width: 3, height: 1, channels: 4, pixels }).pixels).toEqual(Uint8Array.of(200, 100, 150));
});
