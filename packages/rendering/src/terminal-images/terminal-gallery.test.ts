import { describe, expect, test } from 'vitest';
import { visibleWidth } from '../text-width';
import { terminalGallery } from './terminal-gallery';

/** A point of ink in an image of 6 × 8. */
const dot = (row: number, column: number): number[] =>
  Array.from({ length: 48 }, (_, at) => (at === row * 8 + column ? 255 : 0));

describe('a gallery', () => {
  test('leaves out edges that are empty in all images, and no more', () => {
    const entries = [
      { pixels: dot(2, 3), captions: ['first'] },
      { pixels: dot(3, 5), captions: ['second', 'and more'] },
    ];
    expect(terminalGallery({ entries, height: 6, width: 8, color: false })).toBe(
      ['▀            ▄', 'first      second', '           and more'].join('\n'),
    );
  });

  test('of images in color leaves out what is black in all channels', () => {
    const pixels = new Uint8Array(4 * 4 * 3);
    // The green of row 1, column 2.
    pixels[(4 + 2) * 3 + 1] = 255;
    const entries = [{ pixels, captions: ['green'] }];
    expect(terminalGallery({ entries, height: 4, width: 4, channels: 3, color: true })).toBe(
      '\u001b[38;5;46;48;5;16m▀\u001b[39;49m\ngreen',
    );
    expect(() => terminalGallery({ entries, height: 4, width: 4, color: true })).toThrow(
      'terminalGallery: expected 4×4 = 16 pixels, got 48',
    );
  });

  test('keeps images without ink as they are', () => {
    const entries = [{ pixels: new Uint8Array(48), captions: ['empty'] }];
    expect(terminalGallery({ entries, height: 6, width: 8, color: false }).split('\n')).toHaveLength(4);
  });

  test.each([200, 80, 40, 20, 10])('in %i columns is no wider', (columns) => {
    const captions = ['a caption that goes on and on and on'];
    const entries = Array.from({ length: 9 }, () => ({ pixels: dot(0, 0).with(47, 200), captions }));
    for (const color of [true, false]) {
      const lines = terminalGallery({ entries, height: 6, width: 8, columns, color }).split('\n');
      expect(Math.max(...lines.map(visibleWidth))).toBeLessThanOrEqual(columns);
      expect(lines.join('\n').match(/a captio…|a caption that …|a caption…/g)).toHaveLength(9);
    }
  });

  test('images of another size are refused', () => {
    const entries = [{ pixels: [0, 1, 2], captions: [] }];
    expect(() => terminalGallery({ entries, height: 2, width: 2, color: false })).toThrow(
      'terminalGallery: expected 2×2 = 4 pixels, got 3',
    );
  });
});
