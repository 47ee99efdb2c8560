/** Data with a training, a validation and a test part: what each is used for, by every command. */
import { readFileSync, writeFileSync } from 'node:fs';
import { encodeNpz, loadData } from '@longhand/datasets/node';
import { beforeAll, expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { at, testing, training } from '../../testing/test-folder';

const options = ['--data', 'three.npz', '--epochs', '1', '--force'];
/** Images of a training and of a validation part. */
const [some, others] = [64, 32];

beforeAll(() => {
  const { images, labels } = training;
  const part = (from: number, to: number) => ({
    x: { shape: [to - from, 28, 28], data: images.slice(from * 784, to * 784) },
    y: { shape: [to - from], data: Uint8Array.from(labels.subarray(from, to)) },
  });
  const [train, val] = [part(0, some), part(some, some + others)];
  const tested = {
    x_test: { shape: [testing.count, 28, 28], data: testing.images.slice() },
    y_test: { shape: [testing.count], data: Uint8Array.from(testing.labels) },
  };
  writeFileSync(
    at('three.npz'),
    encodeNpz({ x_train: train.x, y_train: train.y, x_val: val.x, y_val: val.y, ...tested }),
  );
});

function configOf(run: string) {
  return JSON.parse(readFileSync(at('runs', run, 'config.json'), 'utf8'));
}

test.each([[[]], [['--validation', 'val']], [['--validation', 'validation', '--patience', '1']]])(
  'the validation part chooses the best epoch, and is not trained on: %j',
  async (words) => {
    const { code, stderr } = await longhand(['train', ...options, ...words, '--name', 'own']);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /^three\.npz: NumPy arrays, 64 training, 32 validation and 40 test images of 28 × 28 in 10 classes; the validation part chooses what is best, and is not trained on$/m,
    );
    expect(stderr).toMatch(/validation [\d.]+ % \(best\)/);
    const { settings, data } = configOf('own');
    expect([settings.validation, data]).toEqual(['val', expect.objectContaining({ images: some, validation: others })]);
  },
);

test('with a number it joins the training images, as in the runs of earlier versions', async () => {
  const { stderr } = await longhand(['train', ...options, '--validation', '0', '--name', 'all']);
  expect(stderr).toContain('the validation part is trained on too (--validation val: it chooses the best epoch)\n');
  expect(configOf('all').data).toMatchObject({ images: some + others, validation: 0 });
  await longhand(['train', ...options, '--validation', '0.25', '--name', 'drawn']);
  expect(configOf('drawn').data).toMatchObject({ images: 72, validation: 24 });
  // A run of an earlier version has the checksum of the images of both parts, one after the other.
  writeFileSync(
    at('two.npz'),
    encodeNpz({
      x_train: { shape: [96, 28, 28], data: training.images.slice() },
      y_train: { shape: [96], data: Uint8Array.from(training.labels) },
      x_test: { shape: [testing.count, 28, 28], data: testing.images.slice() },
      y_test: { shape: [testing.count], data: Uint8Array.from(testing.labels) },
    }),
  );
  await longhand(['train', '--data', 'two.npz', '--epochs', '1', '--name', 'two']);
  expect(configOf('all').data.checksum).toBe(configOf('two').data.checksum);
});

test('data without such a part are refused where it is asked for', async () => {
  for (const words of [['--data', 'digits'], []]) {
    const { code, stderr } = await longhand(['train', ...words, '--validation', 'val', '--name', 'none']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^error: option '--validation val' expects data with a training, a validation and a test part; (digits|MNIST) has no three; [^\n]+\n$/,
      ),
    ]);
  }
  expect(await longhand(['train', '--data', 'digits', '--patience', '1', '--name', 'none'])).toMatchObject({
    code: 2,
    stderr: "error: option '--patience' needs validation images, and there are none; add --validation 0.1\n",
  });
});

test('several seeds go on where they were', async () => {
  const seeds = ['train', '--data', 'three.npz', '--epochs', '1', '--seeds', '1', '--name', 'seeds'];
  await longhand(seeds);
  expect((await longhand(seeds)).stderr).toMatch(/^runs\/seeds-seed-1: there already/);
});

test('tune judges by it, and the learning rate finder leaves it out', async () => {
  const short = ['--epochs', '1', '--seeds', '1', '--trials', '2', '--search', 'learning-rate=0.001,0.01'];
  const { code, stdout, stderr } = await longhand(['tune', '--data', 'three.npz', ...short]);
  expect([code, stderr]).toEqual([0, expect.stringContaining('the validation part chooses what is best')]);
  expect(stdout).toMatch(/Train it, and test it:\n {2}longhand train .*--data three\.npz/);
  expect(stdout).not.toContain('--validation');
  const plan = JSON.parse(readFileSync(at('runs/tune/tune.json'), 'utf8'));
  expect(plan.data).toMatchObject({ images: some, validation: others });
  const found = await longhand(['tune', '--data', 'three.npz', '--find-learning-rate', '--steps', '10']);
  expect([found.code, found.stdout]).toEqual([0, expect.not.stringContaining('--validation')]);
});

test('evaluate takes it by name, and data counts and writes it', async () => {
  await longhand(['train', ...options, '--name', 'own']);
  const evaluated = await longhand(['evaluate', 'runs/own', '--data', 'three.npz', '--split', 'validation', '--json']);
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ images: others });
  expect((await longhand(['evaluate', 'runs/own', '--data', 'digits', '--split', 'validation'])).code).toBe(2);
  await longhand(['data', 'three.npz', '--html', 'three.html']);
  expect(readFileSync(at('three.html'), 'utf8')).toContain(
    '<p>Images: 64 for training, 32 for validation, 40 for the test, 28 × 28. ',
  );
  for (const format of ['idx', 'npz', 'folders']) {
    const output = format === 'npz' ? 'written.npz' : `written-${format}`;
    const { stdout } = await longhand(['data', 'three.npz', '--output', output, '--format', format]);
    expect(stdout).toContain('64 for training, 32 for validation, 40 for the test');
    expect((await loadData(at(output))).validation?.count).toBe(others);
  }
});
