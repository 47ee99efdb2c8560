/**
 * Untrusted JSON made into typed values, or an error of one line: where, what was expected, what came, what to do.
 */
import { type BaseIssue, type GenericSchema, type InferOutput, type IssuePathItem, safeParse } from 'valibot';
import type { BudgetOptions } from './budget';
import { checkJsonText, positionText } from './json-text';
import { didYouMean, nearestName } from './nearest';
import { printable, shown } from './shown';

/** What is wrong with a value: the first thing that a schema found. */
export interface JsonFault {
  /** `value`: not what was expected. `missing`: a key is absent. `unknown`: there is a key too many. */
  readonly kind: 'value' | 'missing' | 'unknown';
  /** Where in the JSON: `layers[2].kernel`. For an unknown key, the object that has it. Empty for the whole. */
  readonly path: string;
  /** In words: `a number of at least 0`. */
  readonly expected: string;
  /** What came, as JSON on one line; `none` for nothing. */
  readonly got: string;
  /** The known key that is nearest to an unknown one, if one is near. */
  readonly nearest?: string;
}

/** What messages say besides the fault, and the error that carries them. */
export interface ParseOptions {
  /** Where the JSON comes from, as messages begin: a file's name. */
  readonly where: string;
  /** The error to throw. The fault is for callers that word it themselves. */
  readonly error: (message: string, fault: JsonFault) => Error;
  /** What to do about it, as messages end: `begin a new run`. Default: nothing is added. */
  readonly hint?: string;
}

/** What messages say of a text besides. */
export interface TextOptions extends Omit<ParseOptions, 'error'>, BudgetOptions {
  /** What the text should hold: `a network as JSON`. */
  readonly expected: string;
  /** The error to throw. Without a fault, the text is not JSON. */
  readonly error: (message: string, fault?: JsonFault) => Error;
}

/**
 * A value as a schema lets it through.
 *
 * @throws what `error` makes of the first fault
 * @example
 * const point = object({ x: number, y: number });
 * const error = (message: string) => new Error(message);
 * parseJson(point, { x: 1, y: 'two' }, { where: 'a.json', error }); // throws: a.json: expected a number as 'y', got "two"
 */
export function parseJson<S extends GenericSchema>(schema: S, value: unknown, options: ParseOptions): InferOutput<S> {
  const result = safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  throw errorOf(result.issues[0], options);
}

/** The error of an issue: one line, and its parts. */
function errorOf(issue: BaseIssue<unknown>, { where, error, hint }: ParseOptions): Error {
  const path = issue.path ?? [];
  const last = path.at(-1);
  const kind = last?.origin !== 'key' ? 'value' : issue.expected === 'never' ? 'unknown' : 'missing';
  const position = formatPath(kind === 'unknown' ? path.slice(0, -1) : path);
  const got = kind === 'unknown' ? `'${printable(String(last?.key))}'` : shown(issue.input);
  const at = position === '' ? '' : ` ${kind === 'unknown' ? 'in' : 'as'} '${position}'`;
  const nearest = kind === 'unknown' ? nearestName(String(last?.key), last?.value as readonly string[]) : undefined;
  const remark = `${didYouMean(nearest)}${hint === undefined ? '' : `; ${hint}`}`;
  const fault: JsonFault = {
    kind,
    path: position,
    expected: issue.message,
    got,
    ...(nearest === undefined ? {} : { nearest }),
  };
  return error(`${where}: expected ${issue.message}${at}, got ${got}${remark}`, fault);
}

/**
 * The value of a JSON text, as a schema lets it through. Where the text is not JSON the message says `hint`, or without
 * one the line and column where it breaks off.
 *
 * @throws what `error` makes of the first fault, or of a text beyond the budget
 * @example
 * const error = (message: string) => new Error(message);
 * parseJsonText(object({ x: number }), '{ "x": 1 }', { where: 'a.json', expected: 'a point', error }); // { x: 1 }
 */
export function parseJsonText<S extends GenericSchema>(schema: S, text: string, options: TextOptions): InferOutput<S> {
  const { where, expected, hint, error, budget } = options;
  checkJsonText(text, { where, error, budget });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (failure) {
    const isEmpty = text.trim() === '';
    if (isEmpty)
      throw error(`${where}: expected ${expected}, got an empty text${hint === undefined ? '' : `; ${hint}`}`);
    const remark = hint === undefined ? `: ${syntaxFault(text, (failure as Error).message)}` : `; ${hint}`;
    throw error(`${where}: expected ${expected}, got something else${remark}`);
  }
  return parseJson(schema, value, options);
}

function formatPath(path: readonly IssuePathItem[]): string {
  return path
    .map(({ key }, index) =>
      typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${printable(String(key))}`,
    )
    .join('');
}

/** The engine's message on one line, with line and column as editors count them. Not every message has a position. */
function syntaxFault(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  const fault = printable(message.replace(/ in JSON at position.*| is not valid JSON$/s, '').replace(/\s+/g, ' '));
  return position === undefined ? fault : `${fault} in ${positionText(text, Number(position))}`;
}
