import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { RunSettings } from '../run/run-settings';
import { resolveSettings } from '../train/settings-sources';
import { sampled, searchSpace, settingsOf, usualSearch } from './search-space';
import { declareTune } from './tune-options';

/** The command as it stands when these words are typed behind it. */
function typed(...words: string[]): Command {
  const program = new Command().exitOverride();
  declareTune(program);
  const [command] = program.commands;
  command.parseOptions(words);
  return command;
}

const spaceOf = (...texts: string[]) => searchSpace(texts, typed());
const settings = (...words: string[]): RunSettings => resolveSettings(typed(...words)).settings;

describe('a setting with its values', () => {
  test.each([
    ['learning-rate=0.003..0.05', 'learningRate', { kind: 'range', from: 0.003, to: 0.05, isWhole: false }],
    ['--shift=0..2', 'shift', { kind: 'range', from: 0, to: 2, isWhole: false }],
    ['warm-up=0..200', 'warmUp', { kind: 'range', from: 0, to: 200, isWhole: true }],
    ['schedule=one-cycle,cosine,cosine', 'schedule', { kind: 'list', values: ['one-cycle', 'cosine'] }],
    ['batch-size=32, 64', 'batchSize', { kind: 'list', values: [32, 64] }],
    ['nesterov=true,false', 'nesterov', { kind: 'list', values: [true, false] }],
    ['conv1.out-channels=4..12', 'outChannels', { kind: 'range', from: 4, to: 12, isWhole: true }],
    ['drop1.rate=0..0.5', 'rate', { kind: 'range', from: 0, to: 0.5, isWhole: false }],
  ])('%s', (text, key, values) => {
    expect(spaceOf(text)).toMatchObject([{ key, values }]);
  });

  test('of a layer within a block has its path', () => {
    expect(spaceOf('block1.body.conv1.kernel=3,5')).toMatchObject([{ layer: 'block1.body.conv1', key: 'kernel' }]);
  });

  test.each([
    ['learning-rate', /expects a setting with its values, such as .*, got 'learning-rate'$/],
    ['learning-rat=0.1', /got 'learning-rat'; did you mean learning-rate\?$/],
    ['seed=1,2', /expects settings that can be searched, got 'seed'; searched are activation, /],
    ['epochs=1,2', /got 'epochs'/],
    ['schedule=round', /schedule: Allowed choices are one-cycle, .*, got 'round'$/],
    ['optimizer=./own.mjs', /optimizer: expected numbers or words, got '.\/own.mjs'$/],
    ['learning-rate=0.1..0.01', /expected a range from a number of at least 0 to a higher one, .*, got '0.1..0.01'$/],
    ['learning-rate=0..0.01', /learning-rate: Expected a number above 0, got '0'$/],
    ['batch-size=2.5', /batch-size: Expected a whole number of at least 1, got '2.5'$/],
    ['schedule=a..b', /schedule: Allowed choices/],
  ])('%s is refused', (text, message) => {
    expect(() => spaceOf(text)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }),
    );
  });

  test('is named once', () => {
    expect(() => spaceOf('shift=0,1', 'shift=2,3')).toThrow(/each setting once, got shift twice/);
  });
});

describe('samples', () => {
  const space = spaceOf('learning-rate=0.001..0.1', 'shift=0..2', 'schedule=one-cycle,cosine', 'batch-size=32,64,128');
  const drawn = sampled(space, 25, 1);

  test('begin with the settings as given, and follow from the seed', () => {
    expect(drawn).toHaveLength(25);
    expect(drawn[0]).toEqual({});
    expect(sampled(space, 25, 1)).toEqual(drawn);
    expect(sampled(space, 25, 2)).not.toEqual(drawn);
  });

  test('have one value in each part of a range, and each word equally often', () => {
    const others = drawn.slice(1);
    const parts = others.map((one) => Math.floor((Math.log10(Number(one['learning-rate'])) + 3) * 12 - 1e-2));
    expect(parts.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 24 }, (_, at) => expect.closeTo(at, -0.5)),
    );
    const shifts = others.map(({ shift }) => Number(shift)).toSorted((one, other) => one - other);
    for (const [at, shift] of shifts.entries()) expect(Math.abs(shift - (at + 0.5) / 12)).toBeLessThan(0.05);
    expect(others.filter(({ schedule }) => schedule === 'cosine')).toHaveLength(12);
    expect(others.filter((one) => one['batch-size'] === 64)).toHaveLength(8);
  });

  test('of a few words are all that there are', () => {
    const few = spaceOf('schedule=one-cycle,cosine', 'batch-size=32,64');
    expect(sampled(few, 25, 1)).toHaveLength(5);
    expect(sampled(few, 3, 1)).toHaveLength(3);
  });
});

describe('the settings of a configuration', () => {
  const space = spaceOf('optimizer=adamw,sgd', 'momentum=0.5..0.9', 'learning-rate=0.01..0.1');

  test('have no options of an optimizer that it does not take', () => {
    const base = settings('--beta1', '0.8');
    const chosen = settingsOf(base, space, { optimizer: 'sgd', momentum: 0.7, 'learning-rate': 0.05 });
    expect(chosen).toMatchObject({ optimizer: 'sgd', momentum: 0.7, learningRate: 0.05 });
    expect(chosen).not.toHaveProperty('beta1');
    const own = settingsOf(base, space, { optimizer: 'adamw', momentum: 0.7, 'learning-rate': 0.05 });
    expect(own).toMatchObject({ optimizer: 'adamw', beta1: 0.8, learningRate: 0.05 });
    expect(own).not.toHaveProperty('momentum');
  });

  test('keep no rate that was meant for another optimizer', () => {
    const base = settings('--learning-rate', '0.001');
    expect(settingsOf(base, spaceOf('optimizer=adamw,sgd'), { optimizer: 'sgd' })).not.toHaveProperty('learningRate');
  });
});

test.each([
  [[], ['learning-rate', 'schedule', 'batch-size', 'weight-decay', 'activation', 'pooling', 'shift']],
  [
    ['--optimizer', 'rmsprop', '--model', 'mine.json'],
    ['learning-rate', 'schedule', 'batch-size', 'weight-decay', 'shift'],
  ],
])('what is usually searched with %j are settings that can be', (words, names) => {
  const command = typed(...words);
  const space = searchSpace(usualSearch(resolveSettings(command).settings), command);
  expect(space.map(({ name }) => name)).toEqual(names);
});
