/** Early stopping, the best epoch, and what is said of the model that is kept, from the outside. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { networkFrom } from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import { decodeModel, encodeModel } from '@longhand/training';
import { expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { at, quick } from '../../testing/test-folder';

const linesOf = (name: string): { epoch?: number; validation?: { best: boolean }; test?: { model: string } }[] =>
  readFileSync(at('runs', name, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('without a validation split there is no best model, and the last one is evaluated on the test set', async () => {
  await longhand(['train', ...quick, '--name', 'unsplit']);
  expect(existsSync(at('runs/unsplit/best.safetensors'))).toBe(false);
  expect(linesOf('unsplit').at(-1)?.test?.model).toBe('last');
});

test('config.json has the values of settings that nobody typed', async () => {
  writeFileSync(at('mine.json'), JSON.stringify({ layers: ['flatten', { kind: 'dense', outFeatures: 10 }] }));
  await longhand(['train', ...quick, '--model', 'mine.json', '--name', 'mine']);
  const { settings } = JSON.parse(readFileSync(at('runs/mine/config.json'), 'utf8'));
  expect(settings).toMatchObject({ learningRate: 0.003, beta1: 0.9, beta2: 0.999, weightDecay: 0.01 });
  // They are another optimizer's, where one is typed.
  const other = ['--config', 'runs/mine/config.json', '--optimizer', 'sgd', '--name', 'other', '--quiet'];
  expect(await longhand(['train', ...other])).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(readFileSync(at('runs/other/config.json'), 'utf8')).settings).toMatchObject({ learningRate: 0.05 });
});

test('the report says what no weight, but a calibration was fitted on', async () => {
  const said = (run: string): string =>
    /No weight was learned from them[^.]*\./.exec(readFileSync(at('runs', run, 'report.html'), 'utf8'))?.[0] ?? '';
  for (const [validation, images] of [
    ['0', '2,000 of them'],
    ['500', 'the 500 validation images'],
  ]) {
    const name = `fitted-${validation}`;
    await longhand(['train', '--limit', '2000', '--validation', validation, '--quiet', '--name', name]);
    expect(said(name)).toMatch(new RegExp(`were fitted on ${images}\\.$`));
  }
  await longhand(['train', ...quick, '--limit', '20', '--quiet', '--name', 'unfitted']);
  expect(said('unfitted')).toBe('No weight was learned from them.');
});

test('a target that is reached ends the run; the best model is tested', async () => {
  const { code, stderr } = await longhand([
    'train',
    ...quick,
    '--epochs',
    '9',
    '--validation',
    '30',
    '--target-accuracy',
    '0.01',
    '--name',
    'target',
  ]);
  expect(code).toBe(0);
  expect(stderr).toContain('\nstopped: the validation accuracy reached the target of 1.00 %; epoch 1 is tested\n');
  const lines = linesOf('target');
  expect(lines.map(({ epoch }) => epoch)).toEqual([1, undefined]);
  expect(lines[0].validation?.best).toBe(true);
  expect(lines[1].test?.model).toBe('best');
  expect((await longhand(['runs', 'target'])).stdout).toContain('stopped: target');
  expect(readFileSync(at('runs/target/report.html'), 'utf8')).toContain('on digits train: 1 of 9 epochs of 66 images');
});

test('patience ends the run where nothing gets better', async () => {
  // A rate so low that nothing changes.
  const still = ['--optimizer', 'sgd', '--learning-rate', '1e-30', '--schedule', 'constant'];
  const patient = [...still, '--epochs', '9', '--validation', '30', '--patience', '2', '--name', 'patient', '--force'];
  const { stderr } = await longhand(['train', ...quick, ...patient]);
  expect(stderr).toMatch(/\nsgd, learning rate 1e-30, constant, batches of 64\n.*\nepoch 1\/9/s);
  expect(stderr).toMatch(
    /\nepoch 3\/9 [^\n]*\nstopped: no better validation accuracy for 2 epochs; epoch 1 is tested\n$/,
  );
  for (const silent of ['--quiet', '--json']) {
    expect((await longhand(['train', ...quick, ...patient, silent])).stderr).toBe('');
  }
  expect(linesOf('patient').map(({ epoch }) => epoch)).toEqual([1, 2, 3, undefined]);
});

test('training goes on from a saved model, with its network and normalization', async () => {
  await longhand(['train', ...quick, '--activation', 'tanh', '--name', 'first']);
  const from = 'runs/first/last.safetensors';
  expect(
    await longhand([
      'train',
      ...quick,
      '--from',
      from,
      '--optimizer',
      'sgd',
      '--learning-rate',
      '1e-30',
      '--name',
      'second',
    ]),
  ).toMatchObject({ code: 0 });
  const weights = (name: string): Buffer => readFileSync(at('runs', name, 'last.safetensors')).subarray(-4 * 3898);
  expect(weights('second').equals(weights('first'))).toBe(true);
  const record = (name: string) => {
    const file = at('runs', name, 'last.safetensors');
    return decodeModel(readFileSync(file), file).training;
  };
  expect(record('first')).toMatchObject({ network: 'lenet-documented' });
  expect(record('second')).not.toHaveProperty('network');
  expect(await longhand(['train', ...quick, '--from', 'none', '--name', 'third'])).toMatchObject({ code: 3 });
});

test('a run that starts from a model starts from its running statistics', async () => {
  const conv = { kind: 'conv2d', outChannels: 2, kernel: 3, stride: 4, bias: false };
  // With a momentum of 0 nothing of a batch comes into them.
  const layers = [conv, { kind: 'batchNorm', momentum: 0 }, 'globalAveragePool', { kind: 'dense', outFeatures: 10 }];
  const network = networkFrom({ input: [28, 28, 1], layers });
  const parameters = network.initialize(seededRandom(1));
  parameters.buffers.set([0.5, -0.25, 2, 4]);
  const classes = [...'0123456789'];
  writeFileSync(
    at('normalized'),
    encodeModel({ network, parameters, normalization: { mean: 0.5, std: 0.25 }, classes }),
  );
  expect(await longhand(['train', ...quick, '--from', 'normalized', '--name', 'further'])).toMatchObject({ code: 0 });
  const further = decodeModel(readFileSync(at('runs', 'further', 'last.safetensors')), 'further');
  expect([...further.parameters.buffers]).toEqual([0.5, -0.25, 2, 4]);
  expect(further.parameters.values).not.toEqual(parameters.values);
});

test('a run that never learned says so', async () => {
  const idle = ['--limit', '64', '--epochs', '1', '--validation', '0', '--learning-rate', '1e-9', '--quiet', '--force'];
  expect((await longhand(['train', ...idle, '--name', 'idle'])).stderr).toBe(
    'note: runs/idle is no better than guessing: 11.11 % are correct, and the most frequent class alone is 11.35 %; try another --learning-rate, or more epochs\n',
  );
});

test.each([
  ['--network', 'lenet5', '--optimizer', 'adam'],
  ['--activation', 'sigmoid', '--pooling', 'mean', '--optimizer', 'sgd', '--nesterov', '--schedule', 'cosine'],
  ['--optimizer', 'rmsprop', '--momentum', '0.5', '--schedule', 'step', '--warm-up', '2'],
  ['--optimizer', 'lion', '--clip-norm', '0.5'],
  ['--optimizer', 'muon', '--momentum', '0.9', '--adamw-learning-rate', '0.01', '--adamw-layers', 'conv1,fc'],
  ['--activation', 'silu', '--schedule', 'constant', '--batch-size', '7', '--limit', '20'],
])('%s %s and so on', async (...options) => {
  expect(await longhand(['train', ...quick, '--name', 'o', '--force', ...options])).toMatchObject({ code: 0 });
});
