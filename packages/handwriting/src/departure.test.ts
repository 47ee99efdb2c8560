import { expect, test } from 'vitest';
import { departureOf, isDarkOnLight } from './departure';

const image = (...pixels: number[]) => ({ width: pixels.length, height: 1, pixels: Uint8Array.from(pixels) });

test('a few pixels of strong ink outweigh many that are a little off', () => {
  const ground = image(100, 100, 100, 100, 100, 100);
  expect(isDarkOnLight(image(110, 110, 110, 110, 110, 60), ground)).toBe(true);
  expect(isDarkOnLight(image(90, 90, 90, 90, 90, 140), ground)).toBe(false);
});

test('ink is a part of the way to black, whatever the light', () => {
  const { ink, contrary } = departureOf(image(100, 50, 220, 0), image(200, 100, 200, 60), true);
  expect(ink.pixels).toEqual(Uint8Array.of(128, 128, 0, 255));
  expect(contrary.pixels).toEqual(Uint8Array.of(0, 0, 26, 0));
});

test('or of the way to white', () => {
  const { ink, contrary } = departureOf(image(155, 45, 100), image(55, 55, 45), false);
  expect(ink.pixels).toEqual(Uint8Array.of(128, 0, 67));
  expect(contrary.pixels).toEqual(Uint8Array.of(0, 13, 0));
});

test('a dark ground makes no ink of noise', () => {
  expect(departureOf(image(2), image(6), true).ink.pixels[0]).toBeLessThan(30);
});
