/**
 * Text as files hold it: UTF-8, where half a character is an error and nothing is replaced in silence.
 */
import { FormatError, shown } from './format-error';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Refuses half a surrogate pair, which has no UTF-8: other readers would refuse the file.
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

/** The text of some bytes; undefined if they are none. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
