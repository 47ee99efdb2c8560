/** Bytes that a module of code carries as text. */
import { inflateSync } from 'fflate';

/** What Node, Bun and Deno have of their own. */
interface OwnModules {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

/**
 * The bytes of a text: Base64 of raw deflate. By Node itself where there is one: code in JavaScript that runs once is never compiled well,
 * and takes five times as long.
 */
export function unpacked(text: string): Uint8Array {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  const { process } = globalThis as OwnModules;
  const zlib = process?.getBuiltinModule?.('node:zlib') as typeof import('node:zlib') | undefined;
  return zlib === undefined ? inflateSync(bytes) : zlib.inflateRawSync(bytes);
}
