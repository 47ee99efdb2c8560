import { describe, expect, test } from 'vitest';
import { columnsOf, isLive, takesUnicode, wantsColor } from './terminal';

test.each([
  [{ columns: 132 }, 132],
  [{ columns: 1 }, 1],
  [{ columns: 0 }, 80],
  [{ isTTY: true, columns: 0 }, 80],
  [{ columns: Number.NaN }, 80],
  [{}, 80],
])('columns of %o', (stream, columns) => expect(columnsOf(stream)).toBe(columns));

describe('color', () => {
  const terminal = { isTTY: true, hasColors: (): boolean => true };
  test.each([
    [terminal, {}, true],
    [terminal, { NO_COLOR: '' }, true],
    [terminal, { NO_COLOR: '1' }, false],
    [terminal, { TERM: 'dumb' }, false],
    [terminal, { TERM: 'xterm' }, true],
    [{ isTTY: true, hasColors: (): boolean => false }, {}, false],
    [{ isTTY: true }, {}, true],
    [{ hasColors: (): boolean => true }, {}, false],
    [{}, {}, false],
    [{}, { FORCE_COLOR: '1' }, true],
    [terminal, { FORCE_COLOR: '1', TERM: 'dumb' }, true],
    [terminal, { FORCE_COLOR: '0' }, false],
    [terminal, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('on %o with %o: %o', (stream, environment, color) => {
    expect(wantsColor(stream, environment)).toBe(color);
  });

  test('a terminal without color can still redraw its line', () => {
    expect(isLive(terminal, { NO_COLOR: '1' })).toBe(true);
    expect(isLive(terminal, { TERM: 'dumb' })).toBe(false);
    expect(isLive({}, {})).toBe(false);
  });
});

test.each([
  [{}, true],
  [{ LANG: 'en_GB.UTF-8' }, true],
  [{ LANG: 'C' }, false],
  [{ LANG: 'en_GB.UTF-8', LC_ALL: 'POSIX' }, false],
  [{ TERM: 'linux', LANG: 'en_GB.UTF-8' }, false],
  [{ OS: 'Windows_NT' }, false],
  [{ OS: 'Windows_NT', WT_SESSION: 'a-b-c' }, true],
])('braille with %o: %o', (environment, unicode) => expect(takesUnicode(environment)).toBe(unicode));
