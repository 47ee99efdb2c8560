/** The built command from the outside: what it prints, what it leaves behind, and how it ends. */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ImageDataset, subset } from '@longhand/datasets';
import { loadMnist, writeIdxFile } from '@longhand/datasets/node';
import { readSafetensors, writeSafetensors } from '@longhand/formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const command = fileURLToPath(new URL('../dist/longhand.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'longhand-'));
const at = (...names: string[]): string => join(folder, ...names);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function longhand(...options: string[]): Ended {
  const env = { ...process.env, NO_COLOR: '1', LONGHAND_COMMAND: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...options], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { code: status, stdout, stderr };
}

/** Writes a small data set as MNIST's four files. */
function writeFolder(name: string, training: ImageDataset, testing: ImageDataset): void {
  mkdirSync(at(name), { recursive: true });
  for (const [stem, { images, labels, count, height, width }] of [
    ['train', training],
    ['t10k', testing],
  ] as const) {
    writeIdxFile(at(name, `${stem}-images-idx3-ubyte`), { shape: [count, height, width], data: images });
    writeIdxFile(at(name, `${stem}-labels-idx1-ubyte`), { shape: [count], data: labels });
  }
}

const training = subset(loadMnist({ split: 'train' }), { from: 0, to: 96 });
const testing = subset(loadMnist({ split: 'test' }), { from: 0, to: 40 });
const quick = ['--data-dir', 'digits', '--epochs', '2'];

beforeAll(() => {
  expect(existsSync(command), 'the command is built: run npm test, or pnpm build first').toBe(true);
  writeFolder('digits', training, testing);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('train and evaluate', () => {
  test('trains, tests, saves, and names the command that tests again', () => {
    const { code, stdout, stderr } = longhand('train', ...quick, '--output', 'a.safetensors');
    expect(code).toBe(0);
    expect(stderr).toMatch(/total +3,898 +203,520\n/);
    expect(stderr).toMatch(/\nepoch 1\/2 .*loss [\d.]+ .*images\/s\nepoch 2\/2 .*images\/s\n$/);
    expect(stdout).toMatch(/accuracy {2,}[\d.]+ % ± [\d.]+/);
    expect(stdout).toMatch(
      /^Saved a\.safetensors\. Test it again with\n {2}longhand evaluate a\.safetensors --data-dir digits\n\ndigits test: /,
    );
    const { tensors, metadata } = readSafetensors(readFileSync(at('a.safetensors')));
    expect([...tensors.keys()]).toEqual([
      'conv1.weight',
      'conv1.bias',
      'conv2.weight',
      'conv2.bias',
      'fc.weight',
      'fc.bias',
    ]);
    expect(JSON.parse(metadata.longhand ?? '').training).toMatchObject({
      seed: 1,
      epochs: 2,
      optimizer: { kind: 'adamw' },
    });
  });

  test('evaluate prints the same accuracy as train did', () => {
    const trained = longhand('train', ...quick, '--output', 'b.safetensors', '--seed', '7');
    const evaluated = longhand('evaluate', 'b.safetensors', '--data-dir', 'digits');
    expect(evaluated.code).toBe(0);
    const accuracy = /accuracy .*/.exec(trained.stdout)?.[0];
    expect(accuracy).toBeDefined();
    expect(evaluated.stdout).toContain(accuracy);
  });

  test('the same seed gives the same file, another seed another', () => {
    for (const [file, seed] of [
      ['s1', '3'],
      ['s2', '3'],
      ['s3', '4'],
    ] as const) {
      longhand('train', ...quick, '--output', file, '--seed', seed);
    }
    expect(readFileSync(at('s2'))).toEqual(readFileSync(at('s1')));
    expect(readFileSync(at('s3'))).not.toEqual(readFileSync(at('s1')));
  });

  test('any number of threads gives the same file', () => {
    for (const threads of ['1', '2', '5']) {
      const { code } = longhand('train', ...quick, '--output', `t${threads}`, '--threads', threads);
      expect(code).toBe(0);
    }
    expect(readFileSync(at('t2'))).toEqual(readFileSync(at('t1')));
    expect(readFileSync(at('t5'))).toEqual(readFileSync(at('t1')));
  });

  test('the reference kernels train too, and the model tells which did', () => {
    longhand('train', ...quick, '--output', 'plain', '--kernels', 'reference');
    const { metadata } = readSafetensors(readFileSync(at('plain')));
    expect(JSON.parse(metadata.longhand ?? '').training).toMatchObject({ kernels: 'reference' });
  });

  test('fused kernels train where there are any, and are refused in a line elsewhere', () => {
    const { code, stderr } = longhand('train', ...quick, '--output', 'fused', '--kernels', 'fused');
    if (code === 0) expect(existsSync(at('fused'))).toBe(true);
    else {
      expect(code).toBe(2);
      expect(stderr).toMatch(/error: kernels fused: expected [^\n]+; use the strict kernels\n$/);
    }
  });

  test.each([
    ['--network', 'lenet5', '--optimizer', 'adam'],
    ['--activation', 'sigmoid', '--pooling', 'mean', '--optimizer', 'sgd', '--nesterov', '--schedule', 'cosine'],
    ['--optimizer', 'rmsprop', '--momentum', '0.5', '--schedule', 'step', '--warm-up', '2'],
    ['--activation', 'silu', '--schedule', 'constant', '--batch-size', '7', '--limit', '20'],
  ])('%s %s and so on', (...options) => {
    expect(longhand('train', ...quick, '--output', 'o.safetensors', '--force', ...options)).toMatchObject({ code: 0 });
  });

  test('without --output files are numbered, nothing is overwritten', () => {
    longhand('train', ...quick, '--epochs', '1', '--limit', '16');
    longhand('train', ...quick, '--epochs', '1', '--limit', '16');
    expect(readdirSync(at('models')).sort()).toEqual([
      'lenet-documented-2.safetensors',
      'lenet-documented.safetensors',
    ]);
  });
});

describe('wrong usage ends with 2 and one line', () => {
  test.each<[string[], RegExp]>([
    [['train', '--epoch', '3'], /^error: unknown option '--epoch' \(Did you mean --epochs\?\)\n$/],
    [
      ['train', '--epochs', '-1'],
      /^error: option '--epochs <count>' argument '-1' is invalid\. Expected a whole number of at least 1\.\n$/,
    ],
    [['train', '--epochs', '2.5'], /whole number of at least 1/],
    [['train', '--batch-size', '0'], /'--batch-size <count>' argument '0' is invalid/],
    [['train', '--learning-rate', 'NaN'], /argument 'NaN' is invalid\. Expected a number above 0\.\n$/],
    [['train', '--learning-rate', ''], /Expected a number above 0/],
    [['train', '--momentum', '1'], /Expected a number from 0 to below 1/],
    [['train', '--network', 'alexnet'], /Allowed choices are lenet-documented, lenet5, wide/],
    [
      ['train', '--nesterov'],
      /^error: option '--nesterov' has no meaning for adamw; leave it out or choose --optimizer sgd\n$/,
    ],
    [
      ['train', '--optimizer', 'sgd', '--momentum', '0', '--nesterov'],
      /^error: sgd: expected a momentum above 0 with nesterov, got 0\n$/,
    ],
    [
      ['train', '--momentum', '0.5'],
      /^error: option '--momentum' has no meaning for adamw; leave it out or choose --optimizer sgd or rmsprop\n$/,
    ],
    [
      ['train', ...quick, '--batch-size', '32', '--warm-up', '6'],
      /^error: option '--warm-up' expects fewer steps than the 6 of the run, got 6\n$/,
    ],
    [['train', ...quick, '--output', ''], /^error: option '--output' expects the name of a file, got ''; try /],
    [['train', ...quick, '--output', 'digits'], /^error: digits: expected a new file [^\n]+, but it is a folder; try /],
    [['train', 'digits'], /too many arguments/],
    [['trian'], /^error: unknown command 'trian' \(Did you mean train\?\)\n$/],
    [['evaluate'], /missing required argument 'model'/],
  ])('%j', (options, message) => {
    const { code, stdout, stderr } = longhand(...options);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('an existing file is not overwritten unless asked', () => {
    writeFileSync(at('precious'), 'kept');
    const { code, stderr } = longhand('train', ...quick, '--output', 'precious');
    expect([code, stderr]).toEqual([
      2,
      'error: precious: expected a new file to save the model to, but it exists; use --force to overwrite it\n',
    ]);
    expect(readFileSync(at('precious'), 'utf8')).toBe('kept');
  });

  test('a place that cannot be written is found before training', () => {
    const { code, stderr } = longhand('train', ...quick, '--output', 'precious/model');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: precious\/model: cannot save a model there: [^\n]+; use --output\n$/);
  });

  test('no command shows the help', () => {
    const { code, stderr } = longhand();
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: longhand');
  });
});

test('a warm-up that leaves one step is taken', () => {
  const options = ['--batch-size', '32', '--warm-up', '5', '--output', 'warm'];
  expect(longhand('train', ...quick, ...options)).toMatchObject({ code: 0 });
});

describe('data and models that cannot be used end with 3 and one line', () => {
  /** A folder like `digits`, spoiled. */
  function spoiled(name: string, spoil: (file: (name: string) => string) => void): string {
    writeFolder(name, training, testing);
    spoil((file) => at(name, file));
    return name;
  }

  const cases: [string, () => string, RegExp][] = [
    ['a missing folder', () => 'nowhere', /nowhere/],
    ['a missing file', () => spoiled('missing', (file) => rmSync(file('t10k-labels-idx1-ubyte'))), /t10k-labels/],
    [
      'a truncated file',
      () => spoiled('short', (file) => truncateSync(file('train-images-idx3-ubyte'), 10_000)),
      /train-images-idx3-ubyte: expected \d+ bytes, got 10000/,
    ],
    [
      'a wrong magic number',
      () => spoiled('magic', (file) => writeFileSync(file('train-labels-idx1-ubyte'), 'PNG is not IDX')),
      /train-labels-idx1-ubyte/,
    ],
    [
      'counts that differ',
      () =>
        spoiled('counts', (file) =>
          writeIdxFile(file('train-labels-idx1-ubyte'), { shape: [95], data: training.labels.subarray(0, 95) }),
        ),
      /expected 96 labels, one for each image of .*train-images-idx3-ubyte, got 95/,
    ],
    [
      'test images of another size than those for training',
      () => {
        writeFolder('uneven', training, { ...testing, height: 14, width: 56 });
        return 'uneven';
      },
      /^error: uneven test: expected images \[28, 28, 1\] for this network, got \[14, 56, 1\]; [^\n]+\n$/,
    ],
    [
      'images of one grey',
      () => {
        writeFolder('grey', { ...training, images: new Uint8Array(training.images.length).fill(9) }, testing);
        return 'grey';
      },
      /^error: grey train: expected pixels that differ, got 9 in all of them; check the image file\n$/,
    ],
    [
      'a file in place of the folder',
      () => 'digits/train-images-idx3-ubyte',
      /got a file; give the folder that it lies in/,
    ],
  ];
  test.each(cases)('%s', (_name, dataDir, message) => {
    const { code, stdout, stderr } = longhand('train', '--data-dir', dataDir(), '--output', 'never.safetensors');
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([3, '']);
    expect(existsSync(at('never.safetensors'))).toBe(false);
  });

  test('a model file that says more than it holds', () => {
    longhand('train', ...quick, '--limit', '16', '--output', 'said.safetensors');
    const { tensors, metadata } = readSafetensors(readFileSync(at('said.safetensors')));
    const longer = metadata.longhand.replace('"outFeatures":10', '"outFeatures":1000000000');
    writeFileSync(at('said.safetensors'), writeSafetensors({ tensors, metadata: { ...metadata, longhand: longer } }));
    expect(longhand('evaluate', 'said.safetensors', '--data-dir', 'digits')).toMatchObject({
      code: 3,
      stderr: "error: said.safetensors: expected 'fc.weight' as [1000000000, 192], got [10, 192]\n",
    });
  });

  test('images of another size and labels without an output, against a model', () => {
    longhand('train', ...quick, '--limit', '16', '--output', 'model.safetensors');
    const half = { ...testing, height: 14, width: 56 };
    writeFolder('flat', half, half);
    const flat = longhand('evaluate', 'model.safetensors', '--data-dir', 'flat');
    expect(flat.stderr).toMatch(
      /^error: .*expected images \[28, 28, 1\] for this network, got \[14, 56, 1\]; [^\n]+\n$/,
    );
    expect(flat.code).toBe(3);
    const letters = { ...testing, labels: testing.labels.map((label) => label + 10) };
    writeFolder('letters', letters, letters);
    const strange = longhand('evaluate', 'model.safetensors', '--data-dir', 'letters');
    expect(strange.stderr).toMatch(
      /^error: .*expected labels from 0 to 9, one for each output of the network, got labels up to 19; [^\n]+\n$/,
    );
    expect(strange.code).toBe(3);
  });

  test('images too small for the network', () => {
    const tiny = { ...training, images: training.images.subarray(0, 96 * 49), height: 7, width: 7 };
    writeFolder('tiny', tiny, tiny);
    const { code, stderr } = longhand('train', '--data-dir', 'tiny');
    expect(stderr).toMatch(
      /^error: conv2: expected an image of at least \[5, 5\] for the kernel, got \[1, 1\][^\n]+\n$/,
    );
    expect(code).toBe(3);
  });

  test.each<[string, (model: Uint8Array) => Uint8Array, RegExp]>([
    ['an empty model file', () => new Uint8Array(), /^error: spoiled\.safetensors: [^\n]+\n$/],
    ['a model file cut short', (model) => model.subarray(0, 5000), /^error: spoiled\.safetensors: [^\n]+\n$/],
    [
      'a model of something else',
      (model) => writeSafetensors({ tensors: readSafetensors(model).tensors }),
      /expected a model saved by longhand/,
    ],
    [
      'a picture',
      () => new TextEncoder().encode('\x89PNG\r\n and so on and on and on'),
      /^error: spoiled\.safetensors: [^\n]+\n$/,
    ],
  ])('%s', (_name, spoil, message) => {
    longhand('train', ...quick, '--limit', '16', '--output', 'whole.safetensors', '--force');
    writeFileSync(at('spoiled.safetensors'), spoil(readFileSync(at('whole.safetensors'))));
    const { code, stdout, stderr } = longhand('evaluate', 'spoiled.safetensors', '--data-dir', 'digits');
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([3, '']);
  });

  test('a model file that is not there, or a folder', () => {
    expect(longhand('evaluate', 'gone')).toMatchObject({
      code: 3,
      stderr: 'error: gone: expected a model file, but there is no such file\n',
    });
    expect(longhand('evaluate', 'digits')).toMatchObject({
      code: 3,
      stderr: 'error: digits: expected a model file, but it is a folder\n',
    });
  });
});

describe('runs that fail', () => {
  test('a loss that is no longer a number: 1, the step, and what to try; nothing is saved', () => {
    const { code, stderr } = longhand(
      'train',
      ...quick,
      '--optimizer',
      'sgd',
      '--learning-rate',
      '1e30',
      '--output',
      'nan',
    );
    expect(stderr).toMatch(
      /error: train: the loss became \S+ at step \d+ of epoch 1\. Try a learning rate below 1e\+30[^\n]*\n$/,
    );
    expect(code).toBe(1);
    expect(readdirSync(folder).filter((name) => name.startsWith('nan'))).toEqual([]);
  });

  const oneStep = [...quick, '--epochs', '1', '--batch-size', '96', '--optimizer', 'sgd', '--schedule', 'constant'];

  test('parameters that are no number after the last step are not saved', () => {
    const { code, stdout, stderr } = longhand('train', ...oneStep, '--learning-rate', '1e300', '--output', 'infinite');
    expect(stderr).toMatch(/error: train: a parameter became infinite in the last step[^\n]+\n$/);
    expect([code, stdout]).toEqual([1, '']);
    expect(readdirSync(folder).filter((name) => name.includes('infinite'))).toEqual([]);
  });

  test('a test loss that is no number', () => {
    const { code, stdout, stderr } = longhand('train', ...oneStep, '--learning-rate', '1e20', '--output', 'useless');
    expect(stderr).toMatch(
      /error: digits test: expected a loss that is a number, got (NaN|Infinity): [^\n]+; try a learning rate below 100000000000000000000\n$/,
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Saved useless\./);
  });

  test('an interrupted run says so and leaves nothing half-written', async () => {
    const run = spawn(
      process.execPath,
      [command, 'train', '--data-dir', 'digits', '--epochs', '100000', '--output', 'stopped'],
      { cwd: folder },
    );
    let stderr = '';
    run.stderr.on('data', (text: Buffer) => {
      const underWay = /epoch \d/.test(stderr);
      stderr += text.toString();
      if (!underWay && /epoch \d/.test(stderr)) run.kill('SIGINT');
    });
    const code = await new Promise((resolve) => run.on('close', resolve));
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted in epoch \d+; nothing is saved\n$/);
    expect(readdirSync(folder).filter((name) => name.startsWith('stopped'))).toEqual([]);
  });
});

describe('bench', () => {
  test('measures training, inference and each kernel', () => {
    const { code, stdout } = longhand('bench', '--seconds', '0.2', '--threads', '1');
    expect(code).toBe(0);
    expect(longhand('bench', '--seconds', '0.1', '--apart').stdout).toMatch(/\nconv2dWeightGrad +28×28×1 → 24×24×6 /);
    expect(stdout).toMatch(/^lenet-documented, batches of 64, 1 thread, strict kernels, Node /);
    expect(stdout).toMatch(/\ntraining {3}[\d,]+ images\/s\ninference {2}[\d,]+ images\/s\n/);
    expect(stdout).toMatch(/\npooledConv2dWeightGrad +28×28×1 → 12×12×6 +[\d.]+ +[\d.]+ +\d+ %\n/);
  });

  test('the same as a line of JSON', () => {
    const { stdout } = longhand('bench', '--seconds', '0.2', '--json', '--kernels', 'reference', '--batch-size', '32');
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ network: 'lenet-documented', batchSize: 32, kernels: 'reference' });
    expect(result.trainingImagesPerSecond).toBeGreaterThan(0);
    expect(result.kernelTimings.length).toBeGreaterThan(5);
  });
});

describe('streams', () => {
  /** Runs a shell's command line in which `$LONGHAND` is the command. */
  function shell(line: string): Ended {
    const env = { ...process.env, NO_COLOR: '1', LONGHAND: `"${process.execPath}" "${command}"` };
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line.replaceAll('$LONGHAND', env.LONGHAND)], {
      cwd: folder,
      encoding: 'utf8',
      env,
    });
    return { code: status, stdout, stderr };
  }
  const options = `${quick.join(' ')} --epochs 4`;

  test.skipIf(process.platform === 'win32')('nobody reads the progress any more: training goes on and saves', () => {
    const { stdout } = shell(
      `{ $LONGHAND train ${options} --output unseen; echo $? > code; } 2>&1 >results | head -n 1`,
    );
    expect(stdout.split('\n')).toHaveLength(2);
    expect(readFileSync(at('code'), 'utf8')).toBe('0\n');
    expect(existsSync(at('unseen'))).toBe(true);
    expect(readFileSync(at('results'), 'utf8')).toContain('accuracy');
  });

  test.skipIf(!existsSync('/dev/full'))('progress that cannot be written: training goes on and saves', () => {
    expect(shell(`$LONGHAND train ${options} --output unwritten 2>/dev/full`)).toMatchObject({ code: 0 });
    expect(existsSync(at('unwritten'))).toBe(true);
  });

  test.skipIf(!existsSync('/dev/full'))('results that cannot be written: 1 and one line', () => {
    longhand('train', ...quick, '--limit', '16', '--output', 'tried', '--force');
    for (const line of ['$LONGHAND evaluate tried --data-dir digits', '$LONGHAND --help']) {
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

test('help shows every command with an example', () => {
  for (const options of [['--help'], ['train', '--help'], ['evaluate', '--help']]) {
    const { code, stdout } = longhand(...options);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples?:\n {2}longhand/);
  }
  expect(longhand('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
