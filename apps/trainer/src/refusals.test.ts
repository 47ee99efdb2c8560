/**
 * What the built command refuses: each with its exit code and one line. `usage.test.ts` has more, in its own process.
 *
 * @module-tag slow
 */
// cspell:ignore trian
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { writeIdxFile } from '@longhand/datasets/node';
import { readSafetensors, writeSafetensors } from '@longhand/formats';
import { describe, expect, test } from 'vitest';
import { longhand } from '../testing/command-in-process';
import { at, model, quick, testing, training, writeFolder } from '../testing/test-folder';

describe('wrong usage ends with 2 and one line', () => {
  test.each<[string[], RegExp]>([
    [['train', '--epoch', '3'], /^error: unknown option '--epoch' \(Did you mean --epochs\?\)\n$/],
    [
      ['train', '--epochs', '-1'],
      /^error: option '--epochs <count>' argument '-1' is invalid\. Expected a whole number of at least 1\.\n$/,
    ],
    [['trian'], /^error: unknown command 'trian' \(Did you mean train\?\)\n$/],
    [
      ['train', ...quick, '--optimizer', 'muon', '--adamw-layers', 'fc,conv3'],
      /^error: muon: expected layers with parameters \(conv1, conv2, fc\) as adamw layers, got conv3\n$/,
    ],
    [
      ['train', ...quick, '--batch-size', '32', '--warm-up', '6'],
      /^error: option '--warm-up' expects fewer steps than the 6 of the run, got 6\n$/,
    ],
    [
      ['train', ...quick, '--validation', '96'],
      /^error: option '--validation' expects fewer than the 96 images of digits train, got 96\n$/,
    ],
  ])('%j', async (options, message) => {
    const { code, stdout, stderr } = await longhand(options);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('an existing run is not overwritten unless asked', async () => {
    await longhand(['train', ...quick, '--limit', '16', '--name', 'precious']);
    const before = readFileSync(at(model('precious')));
    const again = ['train', ...quick, '--limit', '32', '--name', 'precious'];
    expect(await longhand(again)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: runs/precious: expected a new run, but there is one of that name; use another --name, --force to overwrite it, or --resume runs/precious to go on\n',
    });
    expect(readFileSync(at(model('precious')))).toEqual(before);
    expect(await longhand([...again, '--force'])).toMatchObject({ code: 0 });
    expect(readFileSync(at(model('precious')))).not.toEqual(before);
  });

  test('a folder that is no run is not taken for one', async () => {
    mkdirSync(at('runs', 'notes'), { recursive: true });
    writeFileSync(at('runs', 'notes', 'notes.txt'), 'mine');
    expect(await longhand(['train', ...quick, '--name', 'notes'])).toMatchObject({
      code: 2,
      stderr:
        'error: runs/notes: expected a new run, but there is a folder of that name with other files in it; use another --name, or --force to put the run beside them\n',
    });
    expect(await longhand(['train', '--resume', 'runs/notes'])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /^error: runs\/notes: expected the folder of a run, but it holds no config\.json; /,
      ),
    });
    expect((await longhand(['train', '--resume', 'runs/notes/notes.txt'])).stderr).toContain('but it is a file; ');
  });

  test('a place that cannot be written is found before training', async () => {
    writeFileSync(at('runs', 'blocked'), 'a file');
    const { code, stderr } = await longhand(['train', ...quick, '--name', 'blocked', '--force']);
    expect(code).toBe(2);
    expect(stderr).toBe('error: runs/blocked: cannot make a folder for the run: there is a file of that name\n');
  });
});

test('a warm-up that leaves one step is taken', async () => {
  const options = ['--batch-size', '32', '--warm-up', '5', '--name', 'warm'];
  expect(await longhand(['train', ...quick, ...options])).toMatchObject({ code: 0 });
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
    [
      'a missing file',
      () => spoiled('missing', (file) => rmSync(file('t10k-labels-idx1-ubyte'))),
      /t10k-images-idx3-ubyte: expected a file of labels beside it/,
    ],
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
          writeIdxFile(file('train-labels-idx1-ubyte'), {
            shape: [95],
            data: Uint8Array.from(training.labels.subarray(0, 95)),
          }),
        ),
      /expected 96 labels, one for each image of .*train-images-idx3-ubyte, got 95/,
    ],
    [
      'test images of another size than those for training',
      () => {
        writeFolder('uneven', training, { ...testing, height: 14, width: 56 });
        return 'uneven';
      },
      /^error: [^\n]*t10k-images-idx3-ubyte: expected images of 28 × 28 × 1, as in [^\n]+, got 14 × 56 × 1; give files that belong together\n$/,
    ],
    [
      'images of one gray',
      () => {
        writeFolder('gray', { ...training, images: new Uint8Array(training.images.length).fill(9) }, testing);
        return 'gray';
      },
      /^error: gray train: expected pixels that differ, got 9 in all of them; check the image file\n$/,
    ],
    [
      'a file of something else',
      () => {
        writeFileSync(at('notes.md'), 'none');
        return 'notes.md';
      },
      /^error: notes\.md: expected [^\n]+ or folders of pictures, got notes\.md, a file that begins with "none"; check the path\n$/,
    ],
  ];
  test.each(cases)('%s', async (_name, dataDir, message) => {
    const { code, stdout, stderr } = await longhand(['train', '--data', dataDir(), '--name', 'never']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([3, '']);
    expect(existsSync(at('runs', 'never'))).toBe(false);
  });

  test('a model file that says more than it holds', async () => {
    await longhand(['train', ...quick, '--limit', '16', '--name', 'said']);
    const { tensors, metadata } = readSafetensors(readFileSync(at(model('said'))));
    const longer = metadata.longhand.replace('"outFeatures":10', '"outFeatures":1000000000');
    writeFileSync(at(model('said')), writeSafetensors({ tensors, metadata: { ...metadata, longhand: longer } }));
    const { code, stderr } = await longhand(['evaluate', model('said'), '--data', 'digits']);
    expect([code, stderr.split('\n').at(-2)]).toEqual([
      3,
      'error: runs/said/last.safetensors: network: expected at most 50,000,000 parameters, got 193,000,001,968; make fc smaller',
    ]);
  });

  test('images of another size and labels without an output, against a model', async () => {
    await longhand(['train', ...quick, '--limit', '16', '--name', 'model']);
    const half = { ...testing, height: 14, width: 56 };
    writeFolder('flat', half, half);
    const flat = await longhand(['evaluate', model('model'), '--data', 'flat']);
    expect(flat.stderr).toMatch(
      /^error: .*expected images \[28, 28, 1\] for this network, got \[14, 56, 1\]; [^\n]+\n$/,
    );
    expect(flat.code).toBe(3);
    const letters = { ...testing, labels: testing.labels.map((label) => label + 10) };
    writeFolder('letters', letters, letters);
    const strange = await longhand(['evaluate', model('model'), '--data', 'letters']);
    expect(strange.stderr).toMatch(
      /^error: .*expected labels from 0 to 9, one for each output of the network, got labels up to 19; [^\n]+\n$/,
    );
    expect(strange.code).toBe(3);
  });

  test('images too small for the network', async () => {
    const tiny = { ...training, images: training.images.subarray(0, 96 * 49), height: 7, width: 7 };
    writeFolder('tiny', tiny, tiny);
    const { code, stderr } = await longhand(['train', '--data', 'tiny']);
    expect(stderr).toMatch(
      /^error: conv2: expected an image of at least \[5, 5\] for the kernel, got \[1, 1\][^\n]+\n$/,
    );
    expect(code).toBe(3);
  });

  test.each<[string, (model: Uint8Array) => Uint8Array, RegExp]>([
    ['an empty model file', () => new Uint8Array(), /^error: spoiled\.safetensors: [^\n]+\n$/],
    ['a model file cut short', (model) => model.subarray(0, 5000), /^error: spoiled\.safetensors: [^\n]+\n$/],
    [
      'weights of no network that is known',
      () =>
        writeSafetensors({
          tensors: new Map([['a.weight', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }]]),
        }),
      /^error: spoiled\.safetensors: [^\n]+\n$/,
    ],
    [
      'a picture',
      () => new TextEncoder().encode('\x89PNG\r\n and so on and on and on'),
      /^error: spoiled\.safetensors: [^\n]+\n$/,
    ],
  ])('%s', async (_name, spoil, message) => {
    await longhand(['train', ...quick, '--limit', '16', '--name', 'whole', '--force']);
    writeFileSync(at('spoiled.safetensors'), spoil(readFileSync(at(model('whole')))));
    const { code, stdout, stderr } = await longhand(['evaluate', 'spoiled.safetensors', '--data', 'digits']);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([3, '']);
  });

  test('the folder of a run is its model, and its checkpoint is none', async () => {
    await longhand(['train', ...quick, '--limit', '16', '--name', 'meant']);
    const meant = join('runs', 'meant', 'last.safetensors');
    expect(await longhand(['evaluate', 'runs/meant', '--data', 'digits'])).toEqual(
      await longhand(['evaluate', meant, '--data', 'digits']),
    );
    const what = [['runs/meant/checkpoint.safetensors', 'it is the checkpoint of a run']];
    for (const [given, reason] of what) {
      expect(await longhand(['evaluate', given])).toEqual({
        code: 3,
        stdout: '',
        stderr: `error: ${given}: expected a model file, but ${reason}; is it ${meant}?\n`,
      });
    }
  });

  test.skipIf(process.platform === 'win32').each([['inspect'], ['evaluate'], ['train', '--config']])(
    '%j of symbolic links that lead in a circle',
    async (...command) => {
      if (!lstatSync(at('circle'), { throwIfNoEntry: false })) symlinkSync('circle', at('circle'));
      const { code, stdout, stderr } = await longhand([...command.flat(), 'circle']);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toMatch(/^error: circle: [^\n]*ELOOP[^\n]*\n$/);
    },
  );

  test('a model file that is not there, or a folder', async () => {
    expect(await longhand(['evaluate', 'gone'])).toMatchObject({
      code: 3,
      stderr: 'error: gone: expected a model file, but there is no such file\n',
    });
    expect(await longhand(['evaluate', 'digits'])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^error: digits: expected a model file, but it is a folder; give [^\n]+\n$/),
    });
  });
});
