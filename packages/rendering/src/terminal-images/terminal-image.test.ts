import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visibleWidth } from '../text-width';
import { terminalImage } from './terminal-image';

// A seven.
const seven = {
  pixels: Uint8Array.from(
    [
      [0, 0, 0, 0, 0, 0],
      [0, 255, 255, 255, 255, 0],
      [0, 60, 70, 128, 255, 0],
      [0, 0, 0, 140, 200, 0],
      [0, 0, 0, 255, 60, 0],
      [0, 0, 64, 255, 0, 0],
      [0, 0, 255, 0, 0, 0],
    ].flat(),
  ),
  height: 7,
  width: 6,
};

describe('digit picture', () => {
  test('in blocks, the last odd row above an empty one', () => {
    expect(terminalImage({ ...seven, color: false }).split('\n')).toEqual([
      ' ▄▄▄▄ ', //
      '  ░▒█ ',
      '  ░█  ',
      '  ▀   ',
    ]);
  });

  test('in ASCII', () => {
    expect(terminalImage({ ...seven, ascii: true, color: true }).split('\n')).toEqual([
      ' ____ ', //
      " ''o@ ",
      "  .@' ",
      '  "   ',
    ]);
  });

  test('in exact grays, said once for neighbors that are alike', () => {
    const pixels = [0, 0, 128, 255, 255, 250];
    expect(terminalImage({ pixels, height: 2, width: 3, color: true })).toBe(
      '\u001b[38;5;16;48;5;231m▀▀\u001b[38;5;244;48;5;231m▀\u001b[39;49m',
    );
  });

  test('in the nearest of 256 colors: of the cube, or a gray', () => {
    // Red and blue, an olive between two levels, a gray that only the grays have.
    const pixels = [255, 0, 0, 0, 0, 255, 130, 140, 5, 118, 118, 119];
    expect(terminalImage({ pixels, height: 2, width: 2, channels: 3, color: true })).toBe(
      '\u001b[38;5;196;48;5;100m▀\u001b[38;5;21;48;5;243m▀\u001b[39;49m',
    );
  });

  test('of colors without color by their lightness, of other channels by their mean', () => {
    const colors = [255, 255, 255, 0, 0, 255];
    expect(terminalImage({ pixels: colors, height: 1, width: 2, channels: 3, color: false })).toBe('▀ ');
    expect(terminalImage({ pixels: [0, 255, 128, 128], height: 1, width: 2, channels: 2, color: true })).toBe(
      '\u001b[38;5;244;48;5;16m▀▀\u001b[39;49m',
    );
  });

  test('⌈height / 2⌉ lines of the width', () => {
    const extent = fc.integer({ min: 1, max: 9 });
    const picture = fc.tuple(extent, extent, fc.integer({ min: 1, max: 4 })).chain(([height, width, channels]) =>
      fc.record({
        height: fc.constant(height),
        width: fc.constant(width),
        channels: fc.constant(channels),
        pixels: fc.uint8Array({ minLength: height * width * channels, maxLength: height * width * channels }),
        ascii: fc.boolean(),
        color: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(picture, (options) => {
        const lines = terminalImage(options).split('\n');
        expect(lines).toHaveLength(Math.ceil(options.height / 2));
        for (const line of lines) expect(visibleWidth(line)).toBe(options.width);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('pixels that are missing are told', () => {
    expect(() => terminalImage({ pixels: [0, 1, 2], height: 2, width: 2, color: false })).toThrow(
      'terminalImage: expected 2×2 = 4 pixels, got 3',
    );
  });
});
