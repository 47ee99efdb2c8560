import { expect, test } from 'vitest';
import type { RunSettings } from '../run/run-settings';
import { patienceNote, regularizationOf, reportedSettings, resolvedSettings, trainingLines } from './training-options';

const settings: RunSettings = {
  recipe: 'quick',
  network: 'lenet-documented',
  activation: 'relu',
  pooling: 'max',
  epochs: 3,
  batchSize: 64,
  optimizer: 'adamw',
  schedule: 'one-cycle',
  warmUp: 0,
  shift: 0,
  rotation: 10,
  scale: 0,
  shear: 0,
  elastic: 0,
  closeAugmentation: 0,
  labelSmoothing: 0,
  averageDecay: 0,
  seed: 0,
  kernels: 'strict',
  validation: 5000,
};
const told = (changes: Partial<RunSettings>): Record<string, string> =>
  Object.fromEntries(reportedSettings({ ...settings, ...changes }, 55_000).configuration);

test('the settings that nobody typed are told with their values, behind the optimizer', () => {
  const { configuration } = reportedSettings(settings, 55_000);
  const names = configuration.map(([name]) => name);
  expect(names.slice(6, 9)).toEqual(['optimizer', 'learning rate', 'beta1']);
  expect(told({})).toMatchObject({
    optimizer: 'adamw',
    'learning rate': '0.015',
    'weight decay': '0.01',
    rotation: '10',
    schedule: 'one-cycle (rise 0.2, start 0.04, end 0.000004)',
    validation: '5,000',
  });
});

test('what a run trains with is a line, and hard examples another', () => {
  expect(trainingLines(settings, 55_000)).toEqual(['adamw, learning rate 0.015, one-cycle, batches of 64']);
  const others = { optimizer: 'sgd', learningRate: 0.5, warmUp: 10, schedule: 'constant', hardExamples: 0.1 } as const;
  expect(trainingLines({ ...settings, ...others, hardExamplesAfter: 0.7 }, 40)).toEqual([
    'sgd, learning rate 0.5, constant, warm-up of 10 steps, batches of 40',
    'after 70 % of it, the hardest 10 % of the images: loss and accuracy look worse then (--hard-examples 0: all)',
  ]);
});

test('the settings that a run records have the values that nobody typed', () => {
  const adamw = { learningRate: 0.015, beta1: 0.9, beta2: 0.999, weightDecay: 0.01 };
  expect(resolvedSettings(settings)).toEqual({ ...settings, ...adamw });
  const { network: _, ...own } = { ...settings, beta1: 0.8, hardExamples: 0.25, teacher: ['t'], model: 'mine.json' };
  expect(resolvedSettings(own)).toEqual({
    ...own,
    ...adamw,
    learningRate: 0.003,
    beta1: 0.8,
    hardExamplesAfter: 0.5,
    temperature: 4,
    teacherWeight: 0.5,
  });
  // Without what only some have: muon's layers are a list of none.
  expect(Object.keys(resolvedSettings({ ...settings, optimizer: 'muon' }))).not.toContain('adamwLayers');
});

test('early stopping under a schedule that falls to 0 is spoken of', () => {
  expect(patienceNote({ ...settings, patience: 3 })).toMatch(/^note: one-cycle lowers .*--schedule constant/);
  expect(patienceNote({ ...settings, patience: 3, schedule: 'constant' })).toBeUndefined();
  expect(patienceNote(settings)).toBeUndefined();
});

test('what was typed is told once', () => {
  const { configuration } = reportedSettings({ ...settings, learningRate: 0.25 }, 55_000);
  expect(configuration.filter(([name]) => name === 'learning rate')).toEqual([['learning rate', '0.25']]);
  expect(told({ schedule: 'constant', warmUp: 10 })).toMatchObject({ schedule: 'constant', 'warm up': '10' });
  expect(told({ seed: 12_345, classes: ['a', 'b'] })).toMatchObject({ seed: '12345', classes: 'a, b' });
});

test('options of the optimizer and clipping are told; an empty list counts as unused', () => {
  expect(told({ optimizer: 'muon', clipNorm: 0.5 })).toMatchObject({ optimizer: 'muon', 'clip norm': '0.5' });
  expect(reportedSettings({ ...settings, optimizer: 'muon' }, 55_000).unused).toContain('adamw layers');
  expect(told({ optimizer: 'muon', adamwLayers: ['conv1', 'fc'] })).toMatchObject({ 'adamw layers': 'conv1, fc' });
});

test('hard examples are those of the settings, after half of the run unless told', () => {
  expect(regularizationOf({ ...settings, hardExamples: 0.25 }).hardExamples).toEqual({ fraction: 0.25 });
  const late = regularizationOf({ ...settings, hardExamples: 0.1, hardExamplesAfter: 0.7 });
  expect(late.hardExamples).toEqual({ fraction: 0.1, after: 0.7 });
  expect(regularizationOf({ ...settings, hardExamples: 0 })).not.toHaveProperty('hardExamples');
  expect(told({ hardExamples: 0.25 })).toMatchObject({ 'hard examples': '0.25' });
  expect(reportedSettings({ ...settings, hardExamples: 0 }, 55_000).unused).toContain('hard examples');
});

test('gradients cannot be clipped in two ways', () => {
  expect(() => regularizationOf({ ...settings, clipNorm: 1, clipValue: 1 })).toThrow(
    "option '--clip-norm' cannot be combined with '--clip-value'; leave one of them out",
  );
});

test('zeros are named only, except for the seed', () => {
  expect(reportedSettings({ ...settings, optimizer: 'sgd' }, 55_000).unused).toEqual([
    ...['nesterov', 'weight decay', 'warm up', 'shift', 'scale', 'shear', 'elastic'],
    ...['close augmentation', 'label smoothing', 'average decay'],
  ]);
  expect(told({}).seed).toBe('0');
});
