/**
 * The JSON of an untrusted header. `JSON.parse` runs no code, but of two equal keys it keeps the last one, and it builds
 * objects of any depth. Both are refused here, on the text: after parsing, a schema could no longer see them.
 */
import { FormatError, shown } from './format-error';

/** A header is three levels deep: the object, a tensor's entry, its shape. */
const MAX_DEPTH = 8;

/**
 * The value of a JSON text.
 *
 * @throws FormatError for text that is not JSON, a key written twice in one object, or absurd nesting
 */
export function parseHeaderJson(text: string, where: string): unknown {
  try {
    checkStructure(text, where);
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormatError(`${where}: expected JSON as the header, got other text; export the file again`);
  }
}

/** Walks braces, brackets and keys. Text that is not JSON may pass, since the parser finds it. */
function checkStructure(text: string, where: string): void {
  // One entry for each open brace or bracket; lists have no keys.
  const keysOfOpen: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      if (keysOfOpen.push(character === '{' ? new Set() : undefined) > MAX_DEPTH) {
        throw new FormatError(
          `${where}: expected a header at most ${MAX_DEPTH} deep, got a deeper one; export it again`,
        );
      }
    } else if (character === '}' || character === ']') {
      keysOfOpen.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) {
        const key = JSON.parse(text.slice(at, end)) as string;
        const keys = keysOfOpen.at(-1);
        if (keys?.has(key)) {
          throw new FormatError(
            `${where}: expected every name once in the header, got ${shown(key)} twice; rename one`,
          );
        }
        keys?.add(key);
      }
      at = end - 1;
    }
  }
}

/** The index after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && ' \t\n\r'.includes(text[at])) at++;
  return text[at] === ':';
}
