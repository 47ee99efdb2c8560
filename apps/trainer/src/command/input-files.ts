/** JSON that a person wrote: where it breaks off is said by line and column. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CommandError, exitCodes } from './failure';

/**
 * What a JSON file holds.
 *
 * @param expected what the file should be, for messages: `a network as JSON`
 * @throws CommandError when there is no such file, or no JSON in it
 */
export function readJsonFile(file: string, expected: string): unknown {
  const text = readText(file, expected);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refusal(`${file}: expected ${expected}, got something else: ${faultOf(text, (error as Error).message)}`);
  }
}

function readText(file: string, expected: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw refusal(`${file}: expected ${expected}, but ${reason}`);
  }
  try {
    // Takes away the mark that some editors put before the text.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusal(`${file}: expected ${expected}, got a file that is no text`);
  }
}

/** The engine's message in one line, with the place counted as editors count it. Not every message tells a place. */
function faultOf(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  const fault = message.replace(/ in JSON at position.*| is not valid JSON$/s, '').replace(/\s+/g, ' ');
  if (position === undefined) return fault;
  const before = text.slice(0, Number(position)).split('\n');
  return `${fault} in line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

function refusal(message: string): CommandError {
  return new CommandError(exitCodes.data, message);
}

/** What a network is called by its file. */
export function nameOf(file: string): string {
  return basename(file).replace(/\.json$/i, '');
}
