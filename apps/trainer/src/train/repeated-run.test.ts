/** A run that is begun again from its config.json: to the same bytes, whatever became of its files meanwhile, and nothing unsaid. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { at, folder, model, testing, training, writeFolder } from '../../testing/test-folder';

const network = (outFeatures: number): string =>
  JSON.stringify({ layers: ['flatten', { kind: 'dense', outFeatures }, 'relu', { kind: 'dense', outFeatures: 10 }] });
const again = ['train', '--config', 'runs/first/config.json', '--force', '--name', 'again'];

beforeEach(async () => {
  writeFileSync(at('mine.json'), network(32));
  writeFolder('digits', training, testing);
  process.chdir(folder);
  await longhand(['train', '--data', 'digits', '--model', 'mine.json', '--epochs', '1', '--force', '--name', 'first']);
});

function bytesOf(run: string): Buffer {
  return readFileSync(at(model(run)));
}

test('the recorded network is trained, and a file that has another one now is named', async () => {
  expect((await longhand(again)).stderr).not.toContain('note:');
  expect(bytesOf('again')).toEqual(bytesOf('first'));

  writeFileSync(at('mine.json'), network(24));
  const { code, stderr } = await longhand(again);
  expect(code, stderr).toBe(0);
  expect(bytesOf('again')).toEqual(bytesOf('first'));
  expect(stderr).toMatch(
    /^note: this trains the network that runs\/first\/config\.json recorded; mine\.json has another one now, or cannot be read \(--model mine\.json takes it\)$/m,
  );

  rmSync(at('mine.json'));
  expect(await longhand(again)).toMatchObject({ code: 0 });
  expect(bytesOf('again')).toEqual(bytesOf('first'));
});

test('the network of the file is taken where it is typed', async () => {
  writeFileSync(at('mine.json'), network(24));
  const { code, stderr } = await longhand([...again, '--model', 'mine.json']);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('note:')]);
  expect(JSON.parse(readFileSync(at('runs/again/config.json'), 'utf8')).network.layers[1].outFeatures).toBe(24);
});

test('from another folder', async () => {
  mkdirSync(at('elsewhere'), { recursive: true });
  process.chdir(at('elsewhere'));
  const { code, stderr } = await longhand(['train', '--config', '../runs/first/config.json', '--force', '--name', 'x']);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('note:')]);
  expect(readFileSync(join('runs/x/last.safetensors'))).toEqual(bytesOf('first'));
});

test('other images are named, unless an option asks for them', async () => {
  const labels = Uint8Array.from(training.labels, (label) => 9 - label);
  writeFolder('digits', { ...training, labels }, testing);
  const line =
    'note: digits: these are not the images and labels that the run of runs/first/config.json was trained on, so its results will not come again\n';
  expect((await longhand(again)).stderr).toContain(line);
  expect((await longhand([...again, '--limit', '50'])).stderr).not.toContain('note:');
});

test('paths of a settings file that somebody wrote begin at its folder', async () => {
  mkdirSync(at('settings'), { recursive: true });
  writeFileSync(at('settings/mine.json'), network(8));
  const settings = { model: 'mine.json', data: '../digits', epochs: 1 };
  writeFileSync(at('settings/settings.json'), JSON.stringify(settings));
  const { code, stderr } = await longhand(['train', '--config', 'settings/settings.json', '--name', 'written']);
  expect(code, stderr).toBe(0);
  const config = JSON.parse(readFileSync(at('runs/written/config.json'), 'utf8'));
  expect(config.settings).toMatchObject({ model: join('settings', 'mine.json'), data: 'digits' });
});
