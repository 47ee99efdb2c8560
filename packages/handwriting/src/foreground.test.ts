import { expect, test } from 'vitest';
import { isDarkOnLight, residualOf } from './foreground';
import type { GrayImage } from './gray-image';

const image = (...pixels: number[]): GrayImage => ({
  width: pixels.length,
  height: 1,
  channels: 1,
  pixels: Uint8Array.from(pixels),
});

test('a few pixels of strong ink outweigh many that are a little off', () => {
  const background = image(100, 100, 100, 100, 100, 100);
  expect(isDarkOnLight(image(110, 110, 110, 110, 110, 60), background)).toBe(true);
  expect(isDarkOnLight(image(90, 90, 90, 90, 90, 140), background)).toBe(false);
});

test('the residual is a fraction of the range to black, whatever the light', () => {
  const { foreground, inverted } = residualOf(image(100, 50, 220, 0), image(200, 100, 200, 60), true);
  expect(foreground.pixels).toEqual(Uint8Array.of(128, 128, 0, 255));
  expect(inverted.pixels).toEqual(Uint8Array.of(0, 0, 26, 0));
});

test('or of the range to white', () => {
  const { foreground, inverted } = residualOf(image(155, 45, 100), image(55, 55, 45), false);
  expect(foreground.pixels).toEqual(Uint8Array.of(128, 0, 67));
  expect(inverted.pixels).toEqual(Uint8Array.of(0, 13, 0));
});

test('a dark background does not amplify noise', () => {
  expect(residualOf(image(2), image(6), true).foreground.pixels[0]).toBeLessThan(30);
});
