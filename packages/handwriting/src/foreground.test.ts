import { expect, test } from 'vitest';
import { hysteresisThresholds, isDarkOnLight, residualOf } from './foreground';
import type { GrayImage } from './gray-image';

const image = (...pixels: number[]): GrayImage => ({
  width: pixels.length,
  height: 1,
  channels: 1,
  pixels: Uint8Array.from(pixels),
});
const sheet = (count: number): Uint8Array => new Uint8Array(count).fill(1);

test('a few pixels of strong ink outweigh many that are a little off', () => {
  const background = image(100, 100, 100, 100, 100, 100);
  expect(isDarkOnLight(image(110, 110, 110, 110, 110, 60), background)).toBe(true);
  expect(isDarkOnLight(image(90, 90, 90, 90, 90, 140), background)).toBe(false);
});

test('the residual is a fraction of the range to black, whatever the light', () => {
  const gray = image(100, 50, 200, 0, 200, 60, 200, 100);
  const { foreground, noise } = residualOf(gray, image(200, 100, 200, 60, 200, 60, 200, 100), sheet(8));
  const expected = [128, 128, 0, 255, 0, 0, 0, 0];
  for (const [k, level] of expected.entries()) expect(Math.abs(foreground.pixels[k] - level)).toBeLessThanOrEqual(1);
  expect(noise).toBeLessThan(1);
});

test('a dark background does not amplify noise', () => {
  expect(residualOf(image(2, 6, 6), image(6, 6, 6), sheet(3)).foreground.pixels[0]).toBeLessThan(30);
});

test('noise is measured on the sheet, and no ink is fainter', () => {
  const count = 2000;
  const noisy = (amplitude: number): GrayImage =>
    image(...Array.from({ length: count }, (_, k) => 200 - ((k * 7919) % amplitude)));
  const background = image(...new Array<number>(count).fill(200));
  const onSheet = sheet(count).fill(0, 0, 500);
  const { foreground, noise } = residualOf(noisy(30), background, onSheet);
  // Of values evenly spread over 30 levels, a third lies between the median and the level that five sixths exceed.
  expect(noise).toBeGreaterThan(10);
  expect(noise).toBeLessThan(16);
  foreground.pixels.fill(250, 1000, 1100);
  const { faintest, low, high, full } = hysteresisThresholds({ foreground, noise }, onSheet, 'a.png');
  expect(full).toBe(250);
  expect(faintest).toBeGreaterThanOrEqual(3 * noise);
  expect(low).toBeLessThan(high);
});
