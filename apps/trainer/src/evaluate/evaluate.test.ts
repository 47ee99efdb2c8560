/** `longhand evaluate` from the outside: figures of classes, misread images, JSON. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { longhand, testing, writeFolder } from '../../testing/built-command';

/** It reads the forty test digits right. */
const model = fileURLToPath(new URL('../../fixtures/lenet-documented.safetensors', import.meta.url));
const spoiled = [3, 17, 30];

beforeAll(() => {
  // Three labels are wrong, so that three images are misread, and the digit 9 is never said to be shown.
  const labels = testing.labels.map((label, at) => (spoiled.includes(at) ? (label + 1) % 9 : label === 9 ? 8 : label));
  writeFolder('spoiled', testing, { ...testing, labels });
});

const evaluate = (...options: string[]): ReturnType<typeof longhand> => longhand('evaluate', model, ...options);

describe('a good model on a few digits', () => {
  test('tells the figures of every class, and that nothing was misread', () => {
    const { code, stdout, stderr } = evaluate('--data-dir', 'digits', '--misread');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('accuracy  100.00 % ± 0.00 standard error  (0 misread)\n');
    expect(stdout).toMatch(
      /\nclass +shown +read +precision +recall +F1\n─+\n0 +5 +5 +100\.00 % +100\.00 % +100\.00 %\n/,
    );
    expect(stdout).toMatch(/\n\nno image was misread\n$/);
  });
});

describe('labels that it does not agree with', () => {
  test('are drawn with what was shown, what was read and how surely, the surest first', () => {
    const { code, stdout } = evaluate('--data-dir', 'spoiled', '--misread', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nmisread: the 2 surest of \d+\n\n/);
    const [, first, second] = /\nsure +([\d.]+) % +sure +([\d.]+) %\n/.exec(stdout) ?? [];
    expect(Number(first)).toBeGreaterThanOrEqual(Number(second));
    expect(stdout).toMatch(/\nimage +\d+ +image +\d+\n$/);
  });

  test('without --misread there are no pictures', () => {
    expect(evaluate('--data-dir', 'spoiled').stdout).not.toMatch(/misread:|[▀▄█]/);
  });

  test('the same as a line of JSON', () => {
    const { code, stdout, stderr } = evaluate('--data-dir', 'spoiled', '--misread', '100', '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ model, data: 'spoiled test', images: 40 });
    expect(found.accuracy).toBe(found.correct / 40);
    expect(found.classes.map(({ name }: { name: string }) => name)).toEqual([...'0123456789']);
    expect(found.classes[9]).toMatchObject({ shown: 0, recall: null });
    expect(found.misread).toHaveLength(40 - found.correct);
    expect(found.misread.map(({ index }: { index: number }) => index)).toEqual(expect.arrayContaining(spoiled));
    expect(JSON.parse(evaluate('--data-dir', 'spoiled', '--json').stdout)).not.toHaveProperty('misread');
  });

  test('any number of threads finds the same', () => {
    const [one, three] = ['1', '3'].map(
      (threads) => evaluate('--data-dir', 'spoiled', '--misread', '--json', '--threads', threads).stdout,
    );
    expect(three).toBe(one);
  });
});

test.each<[string[], RegExp]>([
  [
    ['--misread', '0', model],
    /argument '0' is invalid\. Expected a whole number of at least 1\. Put the model before it\.\n$/,
  ],
  [
    ['--misread', model],
    /^error: option '--misread \[count\]' argument '[^']+' is invalid\. .* Put the model before it\.\n$/,
  ],
  [[model, '--split', 'validation'], /Allowed choices are test, train/],
])('%j is wrong usage', (options, message) => {
  const { code, stdout, stderr } = longhand('evaluate', ...options);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([2, '']);
});
