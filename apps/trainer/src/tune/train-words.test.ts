/** That the words that stand for settings mean these settings when they are typed. */
import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { RunSettings } from '../run/run-settings';
import { resolveSettings } from '../train/settings-sources';
import { declareTrain } from '../train/train-options';
import { trainWords } from './train-words';

function settingsOf(words: readonly string[]): RunSettings {
  const program = new Command().exitOverride();
  declareTrain(program);
  const [command] = program.commands;
  command.parseOptions([...words]);
  return resolveSettings(command).settings;
}

test.each<[string[]]>([
  [[]],
  [['--learning-rate', '0.02', '--schedule', 'cosine', '--pooling', 'max']],
  [['--recipe', 'thorough', '--network', 'lenet5', '--shift', '0']],
  [['--recipe', 'sprint', '--seed', '7']],
  [['--optimizer', 'sgd', '--nesterov', '--momentum', '0.5']],
  [['--model', 'mine.json', '--epochs', '9']],
  [['--data', "Ann's digits", '--no-transpose', '--image-size', '20', '--classes', 'a,b']],
  [['--loss', '{"module":"./hinge.mjs","export":"hinge","options":{"margin":2}}', '--metric', './m.mjs#one']],
  [['--augmentation', './noise.mjs', '--recipe', 'thorough']],
  [['--optimizer', 'muon', '--adamw-layers', 'fc,conv1']],
])('of %j', (words) => {
  const settings = settingsOf(words);
  expect(settingsOf(trainWords(settings))).toEqual(settings);
});

test('are no more than differ from the defaults', () => {
  expect(trainWords(settingsOf([]))).toEqual([]);
  expect(trainWords(settingsOf(['--recipe', 'thorough', '--rotation', '5']))).toEqual([
    ...['--recipe', 'thorough'],
    ...['--rotation', '5'],
  ]);
});
