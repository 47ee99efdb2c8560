/** The help names the command as it is called where the help is read. */
import { afterEach, expect, test, vi } from 'vitest';
import { programFor } from './program';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function helpOf(...words: string[]): Promise<string> {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  await expect(programFor(words).parseAsync(words, { from: 'user' })).rejects.toThrow();
  return written.join('');
}

test.each([['--help'], ['train', '--help'], ['predict', '--help']])('%s %s', async (...words) => {
  vi.stubEnv('LONGHAND_COMMAND', 'npm start --');
  const inRepository = await helpOf(...words);
  expect(inRepository).toMatch(/^Usage: npm start -- /);
  expect(inRepository).toMatch(/^ {2}npm start -- (train|predict) /m);
  expect(inRepository).not.toMatch(/^(Usage: |\s+)longhand /m);
  vi.stubEnv('LONGHAND_COMMAND', 'longhand');
  expect(await helpOf(...words)).toMatch(/^Usage: longhand /);
});
