import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { styles } from './styles';
import { flow, padEnd, padStart, truncate, visibleWidth } from './text-width';

const { bold, red } = styles({ color: true });

describe('visibleWidth', () => {
  test.each([
    ['', 0],
    ['98.97 %', 7],
    ['σ′', 2],
    ['線性', 4],
    ['𠀀', 2],
    ['한글', 4],
    ['e\u0301', 1],
    ['🙂', 2],
    ['👩‍👩‍👧', 2],
    ['🇨🇭', 2],
    ['❤\ufe0f', 2],
    ['a\u200bb', 2],
    ['█▏│·', 4],
    [bold(red('7')), 1],
    ['\u001b[38;5;240mx\u001b[0m', 1],
  ])('of %j', (text, width) => expect(visibleWidth(text)).toBe(width));
});

describe('padding', () => {
  test('counts columns, and leaves longer text as it is', () => {
    expect([padStart('7', 3), padEnd('7', 3)]).toEqual(['  7', '7  ']);
    expect([padStart('線', 4), padEnd('線', 4)]).toEqual(['  線', '線  ']);
    expect([padStart('too long', 3), padEnd('too long', 3)]).toEqual(['too long', 'too long']);
    expect([padStart(red('7'), 3), padEnd(red('7'), 3)]).toEqual([`  ${red('7')}`, `${red('7')}  `]);
  });
});

describe('truncate', () => {
  test.each([
    ['ankle boot', 10, 'ankle boot'],
    ['ankle boot', 9, 'ankle bo…'],
    ['ankle boot', 1, '…'],
    ['ankle boot', 0, ''],
    ['線性代數', 4, '線…'],
    ['👩‍👩‍👧 family', 4, '👩‍👩‍👧 …'],
    [red('ankle boot'), 6, red('ankle…')],
    [`${red('ankle')} boot`, 4, red('ank…')],
  ])('%j to %i columns', (text, width, cut) => expect(truncate(text, width)).toBe(cut));

  test('never too wide, and every style that begins also ends', () => {
    const part = fc
      .tuple(fc.string({ unit: 'grapheme' }), fc.boolean())
      .map(([text, styled]) => (styled ? red(text) : text));
    fc.assert(
      fc.property(fc.array(part), fc.integer({ min: 0, max: 30 }), (parts, width) => {
        const cut = truncate(parts.join(''), width);
        expect(visibleWidth(cut)).toBeLessThanOrEqual(width);
        expect(cut.split('\u001b[31m').length).toBe(cut.split('\u001b[39m').length);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('flow', () => {
  const parts = ['epoch 1/3', 'loss 0.2150', 'accuracy 93.39 %', '1 min 02 s'];

  test.each([
    [52, 'epoch 1/3  loss 0.2150  accuracy 93.39 %  1 min 02 s'],
    [51, 'epoch 1/3  loss 0.2150  accuracy 93.39 %\n  1 min 02 s'],
    [39, 'epoch 1/3  loss 0.2150\n  accuracy 93.39 %  1 min 02 s'],
    [5, 'epoch 1/3\n  loss 0.2150\n  accuracy 93.39 %\n  1 min 02 s'],
  ])('in %i columns', (width, text) => expect(flow(parts, width)).toBe(text));

  test('goes on under what it began with, where that is told', () => {
    expect(flow(['name  one', 'two', 'three'], 14, 6)).toBe('name  one  two\n      three');
  });

  test('escapes take no room, and nothing flows to nothing', () => {
    expect(flow(['\u001b[1mab\u001b[22m', 'cd'], 6)).toBe('\u001b[1mab\u001b[22m  cd');
    expect(flow([], 6)).toBe('');
  });
});
