/**
 * JSON as text, before it is parsed: how deep it is nested, how many keys it has, whether an object has one twice. After parsing,
 * nobody could see that any more, and what walks a deeply nested value needs a stack as deep.
 */
import { type Budget, checkBudget, limitOf } from './budget';
import { shown } from './shown';

/** What a text may hold. */
export interface JsonTextRules {
  /** What messages begin with: a file's name. */
  readonly where: string;
  /** Makes the error of the line that says what is wrong. */
  readonly error: (message: string) => Error;
  /** The limits of what is read. Default: {@link defaultBudget}. */
  readonly budget?: Partial<Budget> | undefined;
  /** Whether a key twice in one object is refused; of two equal keys `JSON.parse` keeps the last. Default: false. */
  readonly distinctKeys?: boolean;
}

/**
 * Walks braces, brackets and keys once. Text that is not JSON may pass, since the parser finds it.
 *
 * @throws what `error` makes of a line that says where in the text
 * @example
 * const rules = { where: 'a.json', error: (message: string) => new Error(message), distinctKeys: true };
 * checkJsonText('{ "x": 1, "x": 2 }', rules); // throws: a.json: …
 */
export function checkJsonText(text: string, { where, error, budget, distinctKeys = false }: JsonTextRules): void {
  checkBudget({ textBytes: text.length }, budget, { where, of: 'characters of JSON', error });
  const [deepest, mostNames] = [limitOf('nesting', budget), limitOf('names', budget)];
  // One entry for each open brace or bracket; lists have no keys.
  const open: (Set<string> | undefined)[] = [];
  let names = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case openBrace:
      case openBracket:
        if (open.push(text.charCodeAt(at) === openBrace ? new Set() : undefined) > deepest) {
          const of = `levels of lists and objects in ${positionText(text, at)}`;
          checkBudget({ nesting: open.length }, budget, { where, of, error });
        }
        break;
      case closeBrace:
      case closeBracket:
        open.pop();
        break;
      case quote: {
        const end = endOfString(text, at);
        if (isKey(text, end)) {
          if (++names > mostNames) {
            checkBudget({ names }, budget, { where, of: `names in ${positionText(text, at)}`, error });
          }
          const keys = open.at(-1);
          if (distinctKeys && keys !== undefined) addOnce(keys, text.slice(at, end), { where, error });
        }
        at = end - 1;
      }
    }
  }
}

const [openBrace, closeBrace, openBracket, closeBracket, quote, backslash] = [0x7b, 0x7d, 0x5b, 0x5d, 0x22, 0x5c];

function addOnce(keys: Set<string>, written: string, { where, error }: Pick<JsonTextRules, 'where' | 'error'>): void {
  const key = JSON.parse(written) as string;
  if (keys.has(key)) {
    throw error(`${where}: expected every name once in the header, got ${shown(key)} twice; rename one`);
  }
  keys.add(key);
}

/** The index after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at + 1;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && ' \t\n\r'.includes(text[at])) at++;
  return text[at] === ':';
}

/** Line and column of a position, as editors count them. */
export function positionText(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  let line = 1;
  for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', end + 1)) line++;
  return `line ${line}, column ${at - start + 1}`;
}
