/** `longhand evaluate` from the outside: scores of each class, misclassified images, JSON. */
import { fileURLToPath } from 'node:url';
import { hardTestDigits } from '@longhand/mnist';
import { beforeAll, describe, expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { testing, writeFolder } from '../../testing/test-folder';

/** It reads the forty test digits right. */
const model = fileURLToPath(new URL('../../fixtures/lenet-documented.safetensors', import.meta.url));
const spoiled = [3, 17, 30];

beforeAll(() => {
  // Three labels are wrong, so that three images are misclassified, and no image has the label 9.
  const labels = testing.labels.map((label, at) => (spoiled.includes(at) ? (label + 1) % 9 : label === 9 ? 8 : label));
  writeFolder('spoiled', testing, { ...testing, labels });
});

const evaluate = async (...options: string[]): Promise<ReturnType<typeof longhand>> =>
  await longhand(['evaluate', model, ...options]);

describe('a good model on a few digits', () => {
  test('prints the scores of every class, and that nothing was misclassified', async () => {
    const { code, stdout, stderr } = await evaluate('--data', 'digits', '--misclassified');
    expect([code, stderr]).toEqual([0, `note: ${model} was trained on MNIST, and is evaluated on digits\n`]);
    expect(stdout).toMatch(
      /\naccuracy {2}100\.00 %, at least [89]\d\.\d\d % at 95 % confidence {2}\(0 misclassified\)\n/,
    );
    expect(stdout).toMatch(
      /\nclass +support +predicted +precision +recall +F1\n─+\n0 +5 +5 +100\.00 % +100\.00 % +100\.00 %\n/,
    );
    expect(stdout).toMatch(/\n\nno image was misclassified\n$/);
  });
});

describe('labels that it does not agree with', () => {
  test('are drawn with true class, predicted class and its probability, the most confident first', async () => {
    const { code, stdout } = await evaluate('--data', 'spoiled', '--misclassified', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nmisclassified: 2 of \d+, the most confident first\n\n/);
    const [, first, second] = /\np = +([\d.]+) % +p = +([\d.]+) %\n/.exec(stdout) ?? [];
    expect(Number(first)).toBeGreaterThanOrEqual(Number(second));
    expect(stdout).toMatch(/\nimage +\d+ +image +\d+\n$/);
  });

  test('without --misclassified there are no pictures', async () => {
    expect((await evaluate('--data', 'spoiled')).stdout).not.toMatch(/misclassified:|[▀▄█]/);
  });

  test('the same as a line of JSON', async () => {
    const { code, stdout, stderr } = await evaluate('--data', 'spoiled', '--misclassified', '100', '--json');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^note: .*evaluated on spoiled\n$/)]);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ model, data: 'spoiled test', images: 40 });
    expect(found.accuracy).toBe(found.correct / 40);
    expect(found.classes.map(({ name }: { name: string }) => name)).toEqual([...'0123456789']);
    expect(found.classes[9]).toMatchObject({ support: 0, recall: null });
    expect(found.misclassified).toHaveLength(40 - found.correct);
    expect(found.misclassified.map(({ index }: { index: number }) => index)).toEqual(expect.arrayContaining(spoiled));
    expect(JSON.parse((await evaluate('--data', 'spoiled', '--json')).stdout)).not.toHaveProperty('misclassified');
  });

  test('any number of threads finds the same', async () => {
    const found = async (threads: string) =>
      (await evaluate('--data', 'spoiled', '--misclassified', '--json', '--threads', threads)).stdout;
    expect(await found('3')).toBe(await found('1'));
  });
});

describe('several models', () => {
  const weak = 'runs/weak/last.safetensors';
  beforeAll(async () => {
    await longhand(['train', '--data', 'digits', '--epochs', '1', '--limit', '16', '--name', 'weak']);
  });

  test('have a line each, and what all of them misclassify is drawn', async () => {
    const { code, stdout } = await longhand(['evaluate', model, weak, '--data', 'spoiled', '--misclassified', '2']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nruns\/weak\/last\.safetensors +[\d.]+ % ± [\d.]+ +\d+\n/);
    expect(stdout).toMatch(
      /\nmisclassified by both models: \d+ {2}\(by any of them: \d+\)\n2 of them, in the order of the data\n/,
    );
    expect(stdout).toMatch(/\nimage +\d+ +image +\d+\n$/);
  });

  test('as JSON: a line each, as alone, and one of what they have in common', async () => {
    const lines = (await longhand(['evaluate', model, weak, '--data', 'spoiled', '--misclassified', '40', '--json']))
      .stdout;
    const [one, other, common] = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(one).toEqual(JSON.parse((await evaluate('--data', 'spoiled', '--misclassified', '40', '--json')).stdout));
    const found = [one, other].map(
      ({ misclassified }): Map<number, number> =>
        new Map(misclassified.map(({ index, predictedClass }: Record<string, number>) => [index, predictedClass])),
    );
    const any = new Set(found.flatMap((images) => [...images.keys()]));
    const all = [...any].filter((index) => found.every((images) => images.has(index))).sort((a, b) => a - b);
    expect(common.models).toEqual([model, weak]);
    expect(common.misclassified.byAny).toBe(any.size);
    expect(common.misclassified.byAll.map(({ index }: { index: number }) => index)).toEqual(all);
    for (const { index, predictedClasses } of common.misclassified.byAll) {
      expect(predictedClasses).toEqual(found.map((images) => images.get(index)));
    }
  });
});

test('of MNIST’s test digits also the accuracy without those that no recipe classifies correctly', async () => {
  const { hard, correct, images } = JSON.parse((await evaluate('--json')).stdout);
  expect(hard.count).toBe(hardTestDigits.digits.length);
  expect(hard.accuracyWithout).toBe((correct - hard.correct) / (images - hard.count));
  expect((await evaluate()).stdout).toMatch(/\nhard +99\.\d\d % ± 0\.\d\d without the \d+ digits/);
  expect(JSON.parse((await evaluate('--data', 'digits', '--json')).stdout)).not.toHaveProperty('hard');
});

test.each<[string[], RegExp]>([
  [
    ['--misclassified', '0', model],
    /argument '0' is invalid\. Expected a whole number of at least 1\. Put the model before it\.\n$/,
  ],
  [
    ['--misclassified', model],
    /^error: option '--misclassified \[count\]' argument '[^']+' is invalid\. .* Put the model before it\.\n$/,
  ],
  [[model, '--split', 'valid'], /Allowed choices are test, train, validation/],
])('%j is wrong usage', async (options, message) => {
  const { code, stdout, stderr } = await longhand(['evaluate', ...options]);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([2, '']);
});
