/** Which source of settings wins, and what is said of files that make no sense. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { type Recipe, type RunSettings, recipes } from '../run/run-settings';
import { applyRecipe, resolveSettings } from './settings-sources';
import { declareTrain } from './train-options';

const folder = mkdtempSync(join(tmpdir(), 'longhand-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'settings.json');

/** The command with the options of a command line. */
function parsed(options: readonly string[]): Command {
  const program = new Command().exitOverride();
  declareTrain(program);
  const [train] = program.commands;
  train.exitOverride().configureOutput({ writeErr: () => {} });
  // In place of training.
  train.action(() => {});
  program.parse(['node', 'longhand', 'train', ...options]);
  return train;
}

/** The settings of a command line, whose `--config` file holds the content. */
function resolved(options: readonly string[], content?: unknown): ReturnType<typeof resolveSettings> {
  if (content !== undefined) writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return resolveSettings(parsed([...options, ...(content === undefined ? [] : ['--config', file])]));
}

describe('what wins', () => {
  test('what is typed over the file, the file over the recipe, the recipe over what is usual', () => {
    const thorough = recipes.thorough['lenet-documented'];
    const { settings, runOptions } = resolved(['--recipe', 'thorough', '--shift', '0.5'], {
      shift: 3,
      rotation: 4,
      'batch-size': 32,
      threads: 1,
    });
    expect(settings).toMatchObject({ shift: 0.5, rotation: 4, batchSize: 32, scale: thorough.scale, warmUp: 0 });
    expect(settings.epochs).toBe(thorough.epochs);
    expect([runOptions.threads, 'threads' in settings]).toEqual([1, false]);
  });

  test('a network that is typed over a described one in the file', () => {
    expect(resolved(['--network', 'lenet5'], { model: 'net.json' }).settings).not.toHaveProperty('model');
    expect(resolved([], { model: 'net.json' }).settings.model).toBe(join(folder, 'net.json'));
  });

  test('the way of clipping that is typed over the one in the file', () => {
    const { settings } = resolved(['--clip-value', '0.1'], { clipNorm: 1 });
    expect([settings.clipValue, 'clipNorm' in settings]).toEqual([0.1, false]);
    expect(resolved([], { 'clip-norm': 2 }).settings.clipNorm).toBe(2);
  });

  test('of a described network and a trained one, that which is typed', () => {
    const own = { network: 'lenet-documented', activation: 'relu', pooling: 'max' };
    const { settings } = resolved(['--model', 'net.json'], { ...own, from: 'trained.safetensors' });
    expect([settings.model, 'from' in settings]).toEqual(['net.json', false]);
    const further = resolved(['--from', 'trained.safetensors'], { ...own, model: 'net.json' }).settings;
    expect([further.from, 'model' in further]).toEqual(['trained.safetensors', false]);
  });

  test.each(['model', 'from'])('what is typed of a network does not fade away beside the %s of the file', (name) => {
    expect(() => resolved(['--activation', 'tanh'], { [name]: 'a file' })).toThrow(
      `option '--activation' has no meaning for ${join(folder, 'a file')}, which ${file} names; leave it out, or choose a --network`,
    );
    const typed = ['--network', 'lenet5', '--activation', 'tanh'];
    expect(resolved(typed, { [name]: 'a file' }).settings).toMatchObject({ network: 'lenet5', activation: 'tanh' });
  });

  test('the default is chosen for its network, and can be told to be another', () => {
    const chosen = {
      activation: 'hardSwish',
      pooling: 'mean',
      epochs: 2,
      batchSize: 64,
      learningRate: 0.03,
      beta1: 0.8,
    };
    expect(resolved([]).settings).toMatchObject({ ...chosen, beta2: 0.95, weightDecay: 0.1, hardExamples: 0.25 });
    const typed = resolved(['--activation', 'relu', '--pooling', 'max', '--learning-rate', '0.015']).settings;
    expect(typed).toMatchObject({ activation: 'relu', pooling: 'max', epochs: 2, learningRate: 0.015 });
    expect(resolved(['--network', 'lenet5']).settings).toMatchObject({ ...chosen, learningRate: 0.01 });
    const usual = { activation: 'relu', pooling: 'max', epochs: 3, batchSize: 64, hardExamples: 0 };
    const { learningRate, ...larger } = resolved(['--network', 'wide']).settings;
    expect([learningRate, larger]).toMatchObject([undefined, usual]);
    expect(resolved(['--model', 'net.json']).settings.epochs).toBe(3);
    const other = resolved(['--optimizer', 'sgd']).settings;
    expect([other.epochs, other.learningRate, other.weightDecay]).toEqual([2, undefined, undefined]);
  });

  test('sprint brings its own network, unless one is chosen', () => {
    const { network, epochs, learningRate, beta1 } = resolved(['--recipe', 'sprint']).settings;
    expect({ network, epochs, learningRate, beta1 }).toEqual({
      network: 'sprint',
      epochs: 1,
      learningRate: 0.03,
      beta1: 0.8,
    });
    const chosen = resolved(['--recipe', 'sprint', '--network', 'lenet5']).settings;
    expect(chosen).toMatchObject({ network: 'lenet5', epochs: 1, activation: 'relu', beta1: 0.8 });
    const other = resolved(['--recipe', 'sprint', '--optimizer', 'sgd']).settings;
    expect([other.epochs, other.learningRate, other.beta1]).toEqual([1, undefined, undefined]);
  });

  test('a run of an earlier version trained on all images to its end', () => {
    const earlier = { settings: { recipe: 'quick', network: 'lenet-documented' } };
    expect(resolved([], earlier).settings.hardExamples).toBe(0);
    expect(resolved([], earlier.settings).settings.hardExamples).toBe(0.25);
    expect(resolved(['--hard-examples', '0.5'], earlier).settings.hardExamples).toBe(0.5);
  });

  test('when hard examples begin is no setting of a run without them', () => {
    const settingsOf = (...words: string[]): object => resolved(['--recipe', 'sprint', ...words]).settings;
    expect(settingsOf()).toMatchObject({ hardExamples: 0.1, hardExamplesAfter: 0.7 });
    expect(settingsOf('--hard-examples', '0')).not.toHaveProperty('hardExamplesAfter');
  });

  test('a recipe named in the file', () => {
    expect(resolved([], { recipe: 'thorough', network: 'lenet5' }).settings.epochs).toBe(
      recipes.thorough.lenet5.epochs,
    );
  });

  test.each<[string, Recipe, string[], Partial<RunSettings>]>([
    ['applied with it', { optimizer: 'sgd' }, [], { optimizer: 'sgd', learningRate: 0.2, momentum: 0.8 }],
    ['applied where the same is typed', { optimizer: 'sgd' }, ['--optimizer', 'sgd'], { learningRate: 0.2 }],
    ['left out for another one', { optimizer: 'sgd' }, ['--optimizer', 'muon'], { optimizer: 'muon' }],
    ['meant for adamw in a recipe without one', {}, [], { optimizer: 'adamw', learningRate: 0.2 }],
    ['left out where that is replaced', {}, ['--optimizer', 'sgd'], { optimizer: 'sgd' }],
    ['overridden', { optimizer: 'sgd' }, ['--learning-rate', '1'], { optimizer: 'sgd', learningRate: 1 }],
  ])('what a recipe says of its optimizer is %s', (_, recipe, options, expected) => {
    const train = parsed(options);
    applyRecipe(train, { learningRate: 0.2, momentum: 0.8, ...recipe });
    const settings = train.opts<RunSettings>();
    expect(settings).toMatchObject(expected);
    expect('learningRate' in settings).toBe('learningRate' in expected);
  });

  test.each([
    [['--optimizer', 'sgd', '--nesterov', '--momentum', '0.5', '--classes', 'a, b']],
    [['--model', 'net.json', '--epochs', '7']],
    [['--from', 'trained.safetensors', '--recipe', 'thorough']],
  ])('the config.json of a run with %j gives its settings again', (options) => {
    const { settings } = resolved(options);
    expect(resolved([], { longhand: '0.1.0', settings, network: {} }).settings).toEqual(settings);
  });

  test('a network of one’s own comes without the settings of presets, also from a file that has them', () => {
    const names = ['recipe', 'network', 'activation', 'pooling'];
    const kept = ({ settings }: ReturnType<typeof resolved>): string[] => names.filter((name) => name in settings);
    expect(kept(resolved([]))).toEqual(names);
    for (const option of ['model', 'from']) {
      expect(kept(resolved([`--${option}`, 'a file']))).toEqual([]);
      const recorded = { ...resolved([]).settings, [option]: 'a file' };
      expect(kept(resolved([], { settings: recorded }))).toEqual([]);
      // These recipes distort images of any network, or train for one epoch.
      for (const recipe of ['thorough', 'sprint']) {
        expect(kept(resolved([`--${option}`, 'a file', '--recipe', recipe]))).toEqual(['recipe']);
      }
    }
  });
});

describe('what a file cannot say', () => {
  test.each<[unknown, string]>([
    [{ epoch: 3 }, "expected the names of options of train, got 'epoch'; did you mean 'epochs'?"],
    [{ color: 1 }, "expected the names of options of train, got 'color'; 'longhand train --help' lists them"],
    [{ resume: 'runs/a' }, "expected settings of a run, got 'resume'; leave it out, and type --resume"],
    [{ model: 'a.json', from: 'b.safetensors' }, "expected 'model' or 'from', got both; leave one of them out"],
    [{ epochs: 0 }, "'epochs': Expected a whole number of at least 1, got 0"],
    [{ epochs: '3x' }, '\'epochs\': Expected a whole number of at least 1, got "3x"'],
    [{ epochs: null }, "'epochs': expected a number or a text, got null"],
    [{ nesterov: 1 }, "'nesterov': expected true or false, got 1"],
    [
      { network: 'alexnet' },
      '\'network\': Allowed choices are lenet-documented, sprint, lenet5, wide, pytorch-mnist, resnet-small, got "alexnet"',
    ],
    [[1], 'expected an object of settings, got [1]'],
    ['{"epochs": 3', 'expected settings as JSON, got something else: '],
  ])('%j', (content, message) => {
    expect(() => resolved([], content)).toThrow(`${file}: ${message}`);
  });

  test('a file that is not there', () => {
    expect(() => resolved(['--config', join(folder, 'none.json')])).toThrow(
      'none.json: expected settings as JSON, but there is no such file',
    );
  });
});
