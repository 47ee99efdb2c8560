/** Bytes as text, in Node and in pages. */

/** Arguments of a call are limited in number. */
const chunk = 32_768;

/** @example base64(Uint8Array.of(255)) // '/w==' */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += chunk) text += String.fromCharCode(...bytes.subarray(at, at + chunk));
  return btoa(text);
}
