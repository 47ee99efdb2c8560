/** The layout of MNIST, and of sets made of it that lie in their frames as others do. */
import {
  framedImage,
  type ImageDataset,
  imageAt,
  imageInLayout,
  measureLayout,
  mnistLayout,
  subset,
} from '@longhand/datasets';
import { expect, test } from 'vitest';
import { loadMnist } from './load-mnist';

const testing = loadMnist({ split: 'test' });
const some = subset(testing, { from: 0, to: 500 });
const size = { height: 28, width: 28, channels: 1 };

/** The digits with another image for each. */
function madeOf(change: (image: Uint8Array) => Uint8Array): ImageDataset {
  const images = new Uint8Array(some.images.length);
  for (let index = 0; index < some.count; index++) images.set(change(imageAt(some, index)), index * 784);
  return { ...some, images };
}

const framedAs = (framing: (typeof mnistLayout)['framing']) =>
  madeOf((pixels) => imageInLayout({ pixels, height: 28, width: 28 }, size, { ...mnistLayout, framing }));
const transposed = (image: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: 784 }, (_, at) => image[(at % 28) * 28 + Math.floor(at / 28)]);

test('MNIST: light on dark, 20 of 28 pixels, centered by mass, taller than wide', () => {
  const { background, framing, aspect = 0 } = measureLayout(testing);
  expect({ background, framing }).toEqual({ background: mnistLayout.background, framing: mnistLayout.framing });
  expect(aspect).toBeCloseTo(0.78, 2);
});

test('what is made of it', () => {
  expect(measureLayout(madeOf((image) => image.map((value) => 255 - value)))).toMatchObject({
    background: 'light',
    framing: mnistLayout.framing,
  });
  expect(measureLayout(framedAs({ kind: 'stretched' })).framing).toEqual({ kind: 'stretched' });
  const larger = measureLayout(framedAs({ kind: 'box', extent: 24 / 28 })).framing;
  expect(larger.kind).toBe('box');
  expect('extent' in larger && larger.extent * 28).toBeGreaterThanOrEqual(23);
  // Written sideways, digits are wider than tall.
  expect(measureLayout(madeOf(transposed)).aspect).toBeGreaterThan(1.2);
});

test('all 10,000 test digits are known as prepared', () => {
  const others: number[] = [];
  for (let index = 0; index < testing.count; index++) {
    const pixels = imageAt(testing, index);
    const framed = framedImage({ width: 28, height: 28, channels: 1, pixels }, size, mnistLayout);
    if (framed === undefined || Buffer.compare(framed, pixels) !== 0) others.push(index);
  }
  expect(others).toEqual([]);
});

test('another size, another background and a digit in a corner are still to be prepared', () => {
  const pixels = imageAt(testing, 0);
  const corner = new Uint8Array(784);
  for (let y = 0; y < 20; y++) corner.set(pixels.subarray((y + 4) * 28 + 4, (y + 4) * 28 + 24), y * 28);
  const asked = (image: Uint8Array) =>
    framedImage({ width: 28, height: 28, channels: 1, pixels: image }, size, mnistLayout);
  expect(asked(pixels)).toEqual(pixels);
  expect(asked(pixels.map((value) => 255 - value))).toBeUndefined();
  expect(asked(corner)).toBeUndefined();
  expect(asked(new Uint8Array(784))).toBeUndefined();
  expect(framedImage({ width: 14, height: 56, channels: 1, pixels }, size, mnistLayout)).toBeUndefined();
});

test('colors of one lightness, as JPEG has gray, are the same image', () => {
  const pixels = imageAt(testing, 3);
  const colors = Uint8Array.from({ length: 3 * 784 }, (_, at) => pixels[Math.floor(at / 3)]);
  expect(framedImage({ width: 28, height: 28, channels: 3, pixels: colors }, size, mnistLayout)).toEqual(pixels);
});
