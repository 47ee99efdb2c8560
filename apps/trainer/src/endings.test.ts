/** How the built command ends when a run fails, is interrupted, or its streams are closed. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { longhand, shell } from '../testing/built-command';
import { at, model, quick } from '../testing/test-folder';

describe('runs that fail', () => {
  test('a loss that is no longer a number: 1, the step, and what to try; nothing is saved', () => {
    const { code, stderr } = longhand(
      'train',
      ...quick,
      '--optimizer',
      'sgd',
      '--learning-rate',
      '1e30',
      '--name',
      'nan',
    );
    expect(stderr).toMatch(
      /error: train: the loss became \S+ at step \d+ of epoch 1: [^\n]+\. Try a learning rate below 1e\+30[^\n]*\n$/,
    );
    expect(code).toBe(1);
    expect(existsSync(at(model('nan')))).toBe(false);
    expect(longhand('runs', 'nan').stdout).toMatch(/\nnan .* diverged *\n$/);
    expect(JSON.parse(longhand('runs', 'nan', '--json').stdout)).toMatchObject({ state: 'diverged' });
  });

  const oneStep = [...quick, '--epochs', '1', '--batch-size', '96', '--optimizer', 'sgd', '--schedule', 'constant'];

  test('parameters that are no number after the last step are not saved', () => {
    const { code, stdout, stderr } = longhand('train', ...oneStep, '--learning-rate', '1e300', '--name', 'infinite');
    expect(stderr).toMatch(/error: train: '\S+' became \S+ at step 1 of epoch 1[:.] [^\n]+\n$/);
    expect([code, stdout]).toEqual([1, '']);
    expect(existsSync(at(model('infinite')))).toBe(false);
  });

  test('a test loss that is no number', () => {
    const { code, stdout, stderr } = longhand('train', ...oneStep, '--learning-rate', '1e20', '--name', 'useless');
    expect(stderr).toMatch(
      /error: digits test: expected a loss that is a number, got (NaN|Infinity): [^\n]+; try a lower --learning-rate\n$/,
    );
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(JSON.parse(longhand('runs', 'useless', '--json').stdout)).toMatchObject({ state: 'diverged' });
  });
});

describe('streams', () => {
  const options = `${quick.join(' ')} --epochs 4`;

  test.skipIf(process.platform === 'win32')('nobody reads the progress any more: training goes on and saves', () => {
    const { stdout } = shell(`{ $LONGHAND train ${options} --name unseen; echo $? > code; } 2>&1 >results | head -n 1`);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(readFileSync(at('code'), 'utf8')).toBe('0\n');
    expect(existsSync(at(model('unseen')))).toBe(true);
    expect(readFileSync(at('results'), 'utf8')).toContain('accuracy');
  });

  test.skipIf(process.platform === 'win32')('nobody reads the progress as JSON any more: nor is that lost', () => {
    const long = options.replace('--epochs 4', '--epochs 40');
    const { stdout } = shell(`{ $LONGHAND train ${long} --json --name unheard; echo $? > code; } | head -n 1`);
    expect(JSON.parse(stdout)).toMatchObject({ event: 'start' });
    expect(readFileSync(at('code'), 'utf8')).toBe('0\n');
    expect(longhand('runs', 'unheard').stdout).toContain('40/40');
    expect(longhand('runs', 'unheard').stdout).toContain('finished');
  });

  test.skipIf(!existsSync('/dev/full'))('progress that cannot be written: training goes on and saves', () => {
    expect(shell(`$LONGHAND train ${options} --name unwritten 2>/dev/full`)).toMatchObject({ code: 0 });
    expect(existsSync(at(model('unwritten')))).toBe(true);
  });

  test.skipIf(!existsSync('/dev/full'))('results that cannot be written: 1 and one line', () => {
    longhand('train', ...quick, '--limit', '16', '--name', 'tried', '--force');
    for (const line of ['$LONGHAND evaluate runs/tried/last.safetensors --data digits', '$LONGHAND --help']) {
      expect(shell(`${line} >/dev/full`)).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^error: the results cannot be written: ENOSPC[^\n]*\n$/),
      });
    }
  });

  test.skipIf(process.platform === 'win32')('a reader of results that has seen enough is no failure', () => {
    expect(shell('{ $LONGHAND --help; echo $? > code; } | head -n 1').stdout).toBe(
      'Usage: longhand [options] [command]\n',
    );
    expect(readFileSync(at('code'), 'utf8')).toBe('0\n');
  });
});
