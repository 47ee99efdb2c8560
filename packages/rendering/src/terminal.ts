/** What a stream says of the terminal behind it, if there is one. */

/** As much of a Node stream as this is about; a page may give an object like it. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
}

/**
 * How many columns there are: 80 where a stream does not tell. Some terminals report none.
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
 * Whether a stream takes colour. `NO_COLOR` says no, whatever the terminal can do.
 *
 * @example styles({ color: wantsColor(process.stdout, process.env) })
 */
export function wantsColor(stream: TerminalStream, environment: Environment): boolean {
  return isLive(stream, environment) && !environment.NO_COLOR && (stream.hasColors?.() ?? true);
}

/** The environment's variables. */
type Environment = Readonly<Record<string, string | undefined>>;
