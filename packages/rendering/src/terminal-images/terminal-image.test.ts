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

  test('⌈height / 2⌉ lines of the width', () => {
    const picture = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([height, width]) =>
      fc.record({
        height: fc.constant(height),
        width: fc.constant(width),
        pixels: fc.uint8Array({ minLength: height * width, maxLength: height * width }),
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
