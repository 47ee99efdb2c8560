/** The properties of the terminal behind a stream, if there is one. */

/** The part of a Node stream that is used here; a page may give an object like it. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
}

/**
 * The columns of a terminal: 80 where a stream reports none, as some terminals do.
 *
 * @example columnsOf(process.stdout)
 */
export function columnsOf({ columns = 0 }: TerminalStream): number {
  return columns > 0 ? columns : 80;
}

/**
 * Whether a stream can redraw a line and takes escapes: a terminal that does not call itself dumb.
 *
 * @example isLive(process.stderr, process.env)
 */
export function isLive({ isTTY }: TerminalStream, { TERM }: Environment): boolean {
  return isTTY === true && TERM !== 'dumb';
}

/**
 * Whether a stream takes color. `NO_COLOR` says no, whatever the terminal can do; else `FORCE_COLOR` says yes, to a file too
 * (and no, if it is 0 or false).
 *
 * @example styles({ color: wantsColor(process.stdout, process.env) })
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
 * @example terminalCurves({ …, ascii: !takesUnicode(process.env) })
 */
export function takesUnicode({ TERM, TERM_PROGRAM, WT_SESSION, OS, LC_ALL, LC_CTYPE, LANG }: Environment): boolean {
  if (TERM === 'linux') return false;
  if (OS === 'Windows_NT') return Boolean(WT_SESSION || TERM_PROGRAM || TERM);
  const locale = LC_ALL || LC_CTYPE || LANG;
  return !locale || /utf-?8/i.test(locale);
}

/** The environment's variables. */
type Environment = Readonly<Record<string, string | undefined>>;
