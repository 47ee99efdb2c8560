/**
 * Run folders of longhand 0.1.0, with its names of settings (`plainEnd`) and of the normalization (`deviation`): they are
 * listed, evaluated, repeated, and resumed to what 0.1.0 itself wrote, up to rounding: today's updates are computed in float32
 * vectors, those of 0.1.0 in float64. Its options are still understood.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FloatArray } from '@longhand/tensor';
import { decodeModel } from '@longhand/training';
import { beforeAll, expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { at } from '../../testing/test-folder';

const fixtures = fileURLToPath(new URL('../../fixtures/earlier-runs', import.meta.url));
beforeAll(() => cpSync(fixtures, at('runs'), { recursive: true }));

const weightsOf = (run: string, file: 'best' | 'last'): FloatArray =>
  decodeModel(readFileSync(at('runs', run, `${file}.safetensors`)), run).parameters.values;

test('they are listed', async () => {
  const { code, stdout, stderr } = await longhand(['runs', 'finished', 'interrupted']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/\nfinished +pooled\.json +1 +3\/3 .* 52\.50 % +47\.57 % ± 0\.50 +[-\d]+ [:\d]+ +finished/);
  expect(stdout).toMatch(/\ninterrupted +pooled\.json +1 +1\/3 .* 22\.50 % +[-\d]+ [:\d]+ +interrupted/);
  expect(stdout).toContain('All settings are the same.');
  // Their files also name a preset and a recipe, which had no part in them.
  const { settings } = JSON.parse((await longhand(['runs', 'finished', '--json'])).stdout).config;
  expect(settings).toMatchObject({ model: 'pooled.json', epochs: 3 });
  for (const name of ['network', 'activation', 'pooling', 'recipe']) expect(settings).not.toHaveProperty(name);
});

test('their models are evaluated as they were', async () => {
  const { code, stdout } = await longhand(['evaluate', 'runs/finished/best.safetensors']);
  expect(code).toBe(0);
  expect(stdout).toContain('accuracy  47.57 % ± 0.50 standard error  (5,243 misclassified)');
});

test('an interrupted one is resumed to the weights of one that never was, up to rounding', async () => {
  const { code, stdout, stderr } = await longhand(['train', '--resume', 'runs/interrupted', '--quiet']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('accuracy  47.57 % ± 0.50 standard error');
  for (const file of ['best', 'last'] as const) {
    const [resumed, finished] = [weightsOf('interrupted', file), weightsOf('finished', file)];
    const differences = Array.from(finished, (value, k) => Math.abs(value - resumed[k]));
    expect(Math.max(...differences)).toBeLessThan(2e-6);
  }
});

test('one with a shift beyond half the frame, which is refused today, is resumed', async () => {
  cpSync(`${fixtures}/interrupted`, at('runs/shifted'), { recursive: true });
  const config = JSON.parse(readFileSync(at('runs/shifted/config.json'), 'utf8'));
  const settings = { ...config.settings, shift: 20 };
  writeFileSync(at('runs/shifted/config.json'), JSON.stringify({ ...config, settings }));
  const { code, stderr } = await longhand(['train', '--resume', 'runs/shifted', '--quiet']);
  expect([code, stderr]).toEqual([0, '']);
});

test('the configuration of one is a settings file, and --plain-end an option', async () => {
  const config = JSON.parse(readFileSync(at('runs/finished/config.json'), 'utf8'));
  const data = ['--network', 'lenet-documented', '--limit', '8', '--validation', '0', '--epochs', '1', '--quiet'];
  expect(config.settings.plainEnd).toBe(0.4);
  const given = await longhand(['train', '--config', 'runs/finished/config.json', ...data, '--name', 'repeated']);
  expect([given.code, given.stderr]).toEqual([0, '']);
  expect((await longhand(['train', '--plain-end=0.4', ...data, '--name', 'typed'])).code).toBe(0);
  for (const name of ['repeated', 'typed']) {
    const { settings } = JSON.parse(readFileSync(at('runs', name, 'config.json'), 'utf8'));
    expect(settings).toMatchObject({ closeAugmentation: 0.4 });
    expect(settings).not.toHaveProperty('plainEnd');
  }
});
