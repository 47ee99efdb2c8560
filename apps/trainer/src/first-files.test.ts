/** What every command line reads before it knows what to do: help and refusals do without the engine and the exported page. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../testing/built-command';

/** A file and all that it imports when it is loaded. */
function loadedWith(file: string, files = new Map<string, string>()): ReadonlyMap<string, string> {
  if (files.has(file)) return files;
  const text = readFileSync(file, 'utf8');
  files.set(file, text);
  for (const [, path] of text.matchAll(/^(?:import|} from) "(\.\/[^"]+)";$/gm)) {
    loadedWith(join(dirname(file), path), files);
  }
  return files;
}

test('the code of workers and of pages is loaded by the commands that need it', () => {
  const texts = [...loadedWith(command).values()];
  expect(texts.length).toBeGreaterThan(5);
  for (const name of ['workerCode', 'pageScript']) {
    expect(
      texts.some((text) => text.includes(`var ${name} =`)),
      name,
    ).toBe(false);
  }
});
