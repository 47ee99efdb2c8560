/** The properties of the terminal behind a stream, if there is one. */

/** The part of a Node stream that is used here; a page may give an object like it. */
export interface TerminalStream {
  /** Whether a terminal is behind it. Absent: none. */
  readonly isTTY?: boolean;
  /** The columns of that terminal. Absent where they are not known. */
  readonly columns?: number;
  /** Whether that terminal shows colors. */
  hasColors?(): boolean;
}

/**
 * The columns of a terminal: 80 where a stream reports none, as some terminals do.
 *
 * @example columnsOf({ isTTY: true, columns: 120 }); // 120
 */
export function columnsOf({ columns = 0 }: TerminalStream): number {
  return columns > 0 ? columns : 80;
}

/**
 * Whether a stream can redraw a line and takes escapes: a terminal that does not call itself dumb.
 *
 * @example isLive({ isTTY: false }, {}); // false
 */
export function isLive({ isTTY }: TerminalStream, { TERM }: Environment): boolean {
  return isTTY === true && TERM !== 'dumb';
}

/**
 * Whether a stream takes color. `NO_COLOR` says no, whatever the terminal can do; else `FORCE_COLOR` says yes, to a file too
 * (and no, if it is 0 or false).
 *
 * @example wantsColor({ isTTY: true, hasColors: () => true }, { NO_COLOR: '1' }); // false
 */
export function wantsColor(stream: TerminalStream, environment: Environment): boolean {
  const { NO_COLOR, FORCE_COLOR } = environment;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return !['0', 'false'].includes(FORCE_COLOR);
  return isLive(stream, environment) && (stream.hasColors?.() ?? true);
}

/**
 * Whether braille and block characters can be expected of a terminal: not of the Linux console, nor of a Windows one that
 * names no terminal program, nor where the locale has another alphabet.
 *
 * @example takesUnicode({ LANG: 'C' }); // false
 */
export function takesUnicode({ TERM, TERM_PROGRAM, WT_SESSION, OS, LC_ALL, LC_CTYPE, LANG }: Environment): boolean {
  if (TERM === 'linux') return false;
  if (OS === 'Windows_NT') return Boolean(WT_SESSION || TERM_PROGRAM || TERM);
  const locale = LC_ALL || LC_CTYPE || LANG;
  return !locale || /utf-?8/i.test(locale);
}

/** The environment's variables. */
type Environment = Readonly<Record<string, string | undefined>>;
