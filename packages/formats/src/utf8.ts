/**
 * Strings as files store them, in UTF-8. Half a character is an error; no character is silently replaced.
 */
import { FormatError, shown } from './format-error';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Refuses half a surrogate pair: it has no UTF-8, so other readers would refuse the file.
 *
 * @throws FormatError showing the text
 */
export function checkCharacters(text: string, where: string): void {
  if (/\p{Surrogate}/u.test(text)) {
    throw new FormatError(`${where}: expected whole characters, got ${shown(text)}, which ends or begins within one`);
  }
}

/** The bytes of a text, after {@link checkCharacters}. */
export function encodeUtf8(text: string, where: string): Uint8Array {
  checkCharacters(text, where);
  return encoder.encode(text);
}

/** The string of some bytes; undefined if they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
