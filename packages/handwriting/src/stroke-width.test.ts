import { loadMnist } from '@longhand/mnist/node';
import { expect, test } from 'vitest';
import { drawn, imageOf } from '../fixtures/digit-images';
import { fitDigit } from './layout';
import { enlarged, mnistStrokeWidths, strokeWidthOf, withUsualStrokes } from './stroke-width';

test('a bar is as wide as it is drawn, in pixels of a digit that is 20 long', () => {
  const bar = (width: number): number => {
    const rows = Array.from({ length: 80 }, () => '#'.repeat(width));
    return strokeWidthOf(enlarged(drawn(...rows), { left: 0, top: 0, right: width, bottom: 80 }));
  };
  for (const width of [6, 10, 16]) expect(bar(width)).toBeCloseTo(width / 4, 0);
});

test('a hairline reaches full ink when it is reduced', () => {
  const side = 300;
  const pixels = Uint8Array.from({ length: side * side }, (_, k) =>
    Math.abs(Math.floor(k / side) - (k % side)) <= 1 || k % side < 2 ? 255 : 0,
  );
  const hairline = { width: side, height: side, channels: 1, pixels } as const;
  const box = { left: 0, top: 0, right: side, bottom: side };
  expect(Math.max(...fitDigit(hairline, box).pixels)).toBeLessThan(100);
  const usual = withUsualStrokes(hairline, box);
  expect(strokeWidthOf(usual)).toBeGreaterThan(mnistStrokeWidths.narrow);
  expect(strokeWidthOf(usual)).toBeLessThan(mnistStrokeWidths.usual * 1.2);
});

test('MNIST’s strokes lie within the limits', () => {
  const digits = loadMnist({ split: 'test' });
  const widths = Array.from({ length: 100 }, (_, index) => {
    const image = { width: 28, height: 28, channels: 1, pixels: imageOf(digits, index) } as const;
    return strokeWidthOf(enlarged(image, { left: 4, top: 4, right: 24, bottom: 24 }));
  }).sort((a, b) => a - b);
  expect(widths[50]).toBeCloseTo(mnistStrokeWidths.usual, 0);
  expect(widths[5]).toBeCloseTo(mnistStrokeWidths.narrow, 0);
});
