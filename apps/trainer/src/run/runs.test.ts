/** `longhand runs`: every run in a row, what differs between some of them, and folders that cannot be read. */
// cspell:ignore chosn
import { cpSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { at, quick } from '../../testing/test-folder';

test('without runs there is a hint', async () => {
  expect(await longhand(['runs'])).toEqual({
    code: 0,
    stdout: 'No runs in runs/ yet: longhand train makes the first.\n',
    stderr: '',
  });
});

test('a row for each, and what differs', async () => {
  await longhand(['train', ...quick, '--name', 'plain']);
  await longhand(['train', ...quick, '--name', 'chosen', '--validation', '20', '--seed', '7', '--patience', '1']);
  const { code, stdout } = await longhand(['runs']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^run +network +recipe +seed +epochs +time +validation +test +date +state *\n/);
  expect(stdout).toMatch(
    /\nchosen +lenet-documented +quick +7 +[12]\/2 +[\d.]+ s +[\d.]+ % +[\d.]+ % ± [\d.]+ +[\d-]+ [\d:]+ +\w+/,
  );
  expect(stdout).toMatch(
    /\nplain +lenet-documented +quick +1 +2\/2 +[\d.]+ s +[\d.]+ % ± [\d.]+ +[\d-]+ [\d:]+ +finished *\n/,
  );

  const compared = (await longhand(['runs', 'plain', 'runs/chosen'])).stdout;
  expect(compared).toMatch(/\nsetting +plain +chosen\n/);
  expect(compared).toMatch(/\nseed +1 +7\n/);
  expect(compared).toMatch(/\nvalidation +0 +20\n/);
  expect(compared).not.toContain('batchSize');
  expect((await longhand(['runs', 'plain', 'plain'])).stdout).toContain('All settings are the same.');

  const [first] = (await longhand(['runs', '--json'])).stdout.trim().split('\n');
  expect(JSON.parse(first)).toMatchObject({
    run: 'runs/chosen',
    config: { settings: { seed: 7 } },
    test: { images: 40 },
  });
});

test('the order, and when a run was last saved', async () => {
  // As if they had been trained at other times; one is interrupted, so it has no figures of a test.
  for (const [name, day] of [
    ['plain', '2026-03-01T12:00:00Z'],
    ['chosen', '2026-02-01T12:00:00Z'],
  ]) {
    utimesSync(at('runs', name, 'checkpoint.safetensors'), new Date(day), new Date(day));
  }
  cpSync(at('runs/plain/config.json'), at('runs/began/config.json'));
  utimesSync(at('runs/began/config.json'), new Date('2026-01-01T12:00:00Z'), new Date('2026-01-01T12:00:00Z'));
  const sorted = async (
    by: string,
  ): Promise<{ run: string; date: string; test?: { accuracy: number; loss: number } }[]> => {
    const { code, stdout } = await longhand(['runs', '--sort', by, '--json']);
    expect(code).toBe(0);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const names = async (by: string): Promise<string[]> => (await sorted(by)).map(({ run }) => run.replace('runs/', ''));
  expect(await names('name')).toEqual(['began', 'chosen', 'plain']);
  expect((await sorted('date')).map(({ run, date }) => [run, date])).toEqual([
    ['runs/plain', '2026-03-01T12:00:00.000Z'],
    ['runs/chosen', '2026-02-01T12:00:00.000Z'],
    ['runs/began', '2026-01-01T12:00:00.000Z'],
  ]);
  for (const by of ['accuracy', 'loss'] as const) {
    const runs = await sorted(by);
    expect(runs.at(-1)?.run).toBe('runs/began');
    const [first, second] = runs.map((run) => run.test?.[by] ?? Number.NaN);
    expect(by === 'accuracy' ? first >= second : first <= second).toBe(true);
  }
  expect(await longhand(['runs', '--sort', 'color'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Allowed choices are name, date, accuracy, loss, time.'),
  });
  rmSync(at('runs/began'), { recursive: true });
});

test('the curves of several runs are a page', async () => {
  const { code, stdout } = await longhand(['runs', 'plain', 'chosen', '--html', 'curves.html']);
  expect([code, stdout.endsWith('\nSaved curves.html\n')]).toEqual([0, true]);
  const page = readFileSync(at('curves.html'), 'utf8');
  expect(page).toContain('<h1>2 runs</h1>');
  expect(page).toMatch(/<b>Validation loss<\/b>(?:(?!<\/figcaption>).)*chosen/);
  expect(page).toContain('<tr><th scope="row">seed</th><td>1</td><td>7</td></tr>');
  expect(await longhand(['runs', '--html', 'curves.html'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--force'),
  });
  expect((await longhand(['runs', '--html', 'curves.html', '--force'])).code).toBe(0);
});

test('a damaged run is said and left out; one that is asked for and not there is refused', async () => {
  mkdirSync(at('runs', 'odd'), { recursive: true });
  writeFileSync(at('runs', 'odd', 'config.json'), '{');
  expect(await longhand(['runs'])).toMatchObject({
    code: 0,
    stderr: 'runs/odd/config.json: expected the settings of a run as JSON, got something else; begin a new run\n',
  });
  expect(await longhand(['runs', 'odd'])).toMatchObject({ code: 3, stdout: '' });
  expect(await longhand(['runs', 'chosn'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('is it runs/chosen?'),
  });
});

test('settings that somebody broke are said and left out, and no run goes on with them', async () => {
  const file = at('runs', 'odd', 'config.json');
  const config = JSON.parse(readFileSync(at('runs', 'plain', 'config.json'), 'utf8'));
  const broken = (settings: object): void =>
    writeFileSync(file, JSON.stringify({ ...config, settings: { ...config.settings, ...settings } }));
  broken({ recipe: undefined });
  const { code, stdout, stderr } = await longhand(['runs']);
  expect([code, stderr]).toEqual([
    0,
    "runs/odd/config.json: expected a text as 'settings.recipe', got none; begin a new run\n",
  ]);
  expect(stdout).toContain('plain');
  broken({ optimizer: 'newton' });
  expect(await longhand(['train', '--resume', 'odd'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^error: runs\/odd\/config\.json: 'optimizer': Allowed choices are sgd, .*, got "newton"\n$/,
    ),
  });
});

test('a run of an earlier version, whose config says deviation instead of std, is read', async () => {
  const config = JSON.parse(readFileSync(at('runs', 'plain', 'config.json'), 'utf8'));
  const { mean, std } = config.normalization;
  expect(std).toBeGreaterThan(0);
  mkdirSync(at('runs', 'earlier'), { recursive: true });
  const earlier = { ...config, normalization: { mean, deviation: std } };
  writeFileSync(at('runs', 'earlier', 'config.json'), JSON.stringify(earlier));
  const { code, stdout } = await longhand(['runs', 'earlier', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).config.normalization).toEqual({ mean, std });
  rmSync(at('runs', 'earlier'), { recursive: true });
});

beforeAll(() => rmSync(at('runs'), { recursive: true, force: true }));
