/**
 * Interruption costs nothing: runs that are stopped at any moment and go on end with the bytes of one that never was.
 *
 * @module-tag slow
 */
// cspell:ignore speled
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { seededRandom } from '@longhand/tensor';
import { decodeCheckpoint } from '@longhand/training';
import { describe, expect, test } from 'vitest';
import { command, longhand } from '../../testing/built-command';
import { longhand as inProcess } from '../../testing/command-in-process';
import { at, folder, model } from '../../testing/test-folder';

interface Stopped {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Runs the command, and sends it a signal after so many milliseconds from its first step. */
function stoppedAfter(milliseconds: number, signal: NodeJS.Signals, options: readonly string[]): Promise<Stopped> {
  const run = spawn(process.execPath, [command, ...options], { cwd: folder });
  let stderr = '';
  let timer: NodeJS.Timeout | undefined;
  run.stderr.on('data', (text: Buffer) => {
    stderr += text.toString();
    if (stderr.includes('total') && timer === undefined) timer = setTimeout(() => run.kill(signal), milliseconds);
  });
  return new Promise((resolve) =>
    run.on('close', (code, ended) => {
      clearTimeout(timer);
      resolve({ code, signal: ended, stderr });
    }),
  );
}

/** The metrics of a run without what a clock says. */
function metricsOf(name: string): unknown[] {
  const lines = readFileSync(at('runs', name, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => ({ ...JSON.parse(line), seconds: 0, imagesPerSecond: 0 }));
}

/** The means of the steps' losses, as the report draws them. */
function lossCurveOf(name: string): unknown {
  const file = at('runs', name, 'checkpoint.safetensors');
  return decodeCheckpoint(readFileSync(file), file).record.lossCurve;
}

const common = ['--data', 'digits', '--epochs', '80', '--batch-size', '32', '--checkpoint-every', '7'];
/** The last of them and Ctrl-C always, the others where all tests are asked for. */
const variants: [string, string[]][] = [
  ['sgd with momentum', ['--optimizer', 'sgd', '--momentum', '0.9']],
  ['muon, clipped gradients', ['--optimizer', 'muon', '--adamw-layers', 'fc', '--clip-norm', '0.5']],
  ['resnet-small, whose micro-batches meet', ['--network', 'resnet-small', '--epochs', '5']],
  [
    'adam, augmentation, averaged weights, a validation split',
    [
      ...['--optimizer', 'adam', '--shift', '1.5', '--rotation', '8', '--elastic', '1', '--label-smoothing', '0.05'],
      ...['--average-decay', '0.99', '--validation', '24'],
    ],
  ],
];

for (const [index, [title, options]] of variants.entries()) {
  const name = title.slice(0, 4).trim();
  const whole = `whole-${name}`;

  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const tags = index === variants.length - 1 && signal === 'SIGINT' ? [] : ['exhaustive'];
    test(`a run with ${title}, stopped by ${signal} again and again`, { tags }, async () => {
      if (!readdirSync(folder).includes('runs') || !readdirSync(at('runs')).includes(whole)) {
        expect(longhand('train', ...common, ...options, '--name', whole)).toMatchObject({ code: 0 });
      }
      const pieces = `${name}-${signal}`;
      const random = seededRandom(1).fork(title).fork(signal);
      let line = ['train', ...common, ...options, '--name', pieces];
      let stops = 0;
      for (; stops < 5; stops++) {
        const { code, signal: by, stderr } = await stoppedAfter(random.integer(250), signal, line);
        line = ['train', '--resume', `runs/${pieces}`, '--threads', String(1 + random.integer(3))];
        if (code === 0) break;
        if (signal === 'SIGKILL') expect(by).toBe('SIGKILL');
        else {
          // On a fast machine the signal may find the last step made.
          expect(stderr).toMatch(
            /interrupted (in epoch \d+, and|before the test was made; the model is) saved; go on with: longhand train --resume runs\/[^\n]+\n$/,
          );
          expect(code).toBe(130);
        }
        expect(
          readdirSync(at('runs', pieces)).filter((file) => /^\d|last|config|metrics/.test(file)).length,
        ).toBeGreaterThan(0);
      }
      expect(stops).toBeGreaterThan(0);
      const ended = longhand(...line);
      expect([0, 2]).toContain(ended.code);
      for (const file of ['last', ...(options.includes('--validation') ? ['best'] : [])]) {
        const bytes = (run: string): Buffer => readFileSync(at('runs', run, `${file}.safetensors`));
        expect(bytes(pieces).equals(bytes(whole))).toBe(true);
      }
      expect(metricsOf(pieces)).toEqual(metricsOf(whole));
      expect(lossCurveOf(pieces)).toEqual(lossCurveOf(whole));
    });
  }
}

test.skipIf(process.platform === 'win32').each(['SIGTERM', 'SIGHUP'] as const)(
  '%s saves like Ctrl-C',
  async (signal) => {
    const name = `ended-by-${signal}`;
    const options = ['--data', 'digits', '--epochs', '100000', '--limit', '32', '--name', name];
    const { code, signal: by, stderr } = await stoppedAfter(100, signal, ['train', ...options]);
    expect(stderr).toMatch(
      new RegExp(`interrupted in epoch \\d+, and saved; go on with: longhand train --resume runs/${name}\n$`),
    );
    expect([code, by]).toEqual(signal === 'SIGHUP' ? [null, 'SIGHUP'] : [130, null]);
  },
);

describe('a run that starts from a trained model', () => {
  const slow = ['--data', 'digits', '--epochs', '1', '--limit', '64', '--kernels', 'reference'];
  const from = [...slow, '--from', model('teacher')];

  test('goes on from it, also when it was killed in its first epoch', { tags: ['exhaustive'] }, async () => {
    longhand('train', '--data', 'digits', '--epochs', '1', '--name', 'teacher');
    const { signal } = await stoppedAfter(100, 'SIGKILL', ['train', ...from, '--name', 'killed']);
    expect([signal, readdirSync(at('runs', 'killed'))]).toEqual([
      'SIGKILL',
      expect.not.arrayContaining(['last.safetensors']),
    ]);
    expect(longhand('train', '--resume', 'killed')).toMatchObject({ code: 0 });
    expect(longhand('train', ...from, '--name', 'pupil')).toMatchObject({ code: 0 });
    expect(readFileSync(at(model('killed'))).equals(readFileSync(at(model('pupil'))))).toBe(true);
  });

  test('goes on from the checkpoint before where the last is gone, and not from chance where both are', {
    tags: ['exhaustive'],
  }, () => {
    const before = readFileSync(at(model('pupil')));
    rmSync(at('runs', 'pupil', 'checkpoint.safetensors'));
    const { code, stderr } = longhand('train', '--resume', 'pupil', '--quiet');
    expect([code, stderr]).toEqual([
      0,
      'note: runs/pupil: completed after an interruption: checkpoint.safetensors (the one before it), metrics.jsonl, events.out.tfevents\n',
    ]);
    expect(readFileSync(at(model('pupil'))).equals(before)).toBe(true);
    for (const file of ['checkpoint', 'checkpoint.previous']) rmSync(at('runs', 'pupil', `${file}.safetensors`));
    expect(longhand('train', '--resume', 'pupil')).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'error: runs/pupil/checkpoint.safetensors: expected the checkpoint to resume from, but there is no such file; begin a new run with longhand train --config runs/pupil/config.json\n',
    });
  });
});

describe('what cannot go on says why', () => {
  test('a run whose best model is gone, before it trains on', async () => {
    const options = ['--data', 'digits', '--epochs', '100000', '--validation', '32', '--name', 'headless'];
    await stoppedAfter(500, 'SIGINT', ['train', ...options]);
    rmSync(at('runs/headless/best.safetensors'));
    expect(await inProcess(['train', '--resume', 'headless'])).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'error: runs/headless/best.safetensors: expected the best.safetensors of a run, but there is no such file\n',
    });
  });

  test('a finished run', async () => {
    await inProcess(['train', '--data', 'digits', '--epochs', '1', '--name', 'finished']);
    expect(await inProcess(['train', '--resume', 'runs/finished'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^error: runs\/finished: expected a run that was interrupted, but it is finished: [\d.]+ % ± [\d.]+ on digits test; train it further with longhand train --from runs\/finished\/last\.safetensors --data digits\n$/,
      ),
    });
    expect(await inProcess(['train', '--resume', 'finished', '--epochs', '5'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("option '--epochs' cannot be changed when runs/finished goes on"),
    });
  });

  test('a run that is not there, with the one that was meant', async () => {
    await inProcess(['train', '--data', 'digits', '--epochs', '1', '--name', 'spelled']);
    expect(await inProcess(['train', '--resume', 'runs/speled'])).toEqual({
      code: 3,
      stdout: '',
      stderr: 'error: runs/speled: expected the folder of a run, but there is none; is it runs/spelled?\n',
    });
  });

  test('a folder that is none of a run', async () => {
    expect(await inProcess(['train', '--resume', 'digits'])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^error: digits: expected the folder of a run, but it holds no config\.json; /),
    });
  });

  test.each(['checkpoint.safetensors', 'config.json'])('a damaged %s', async (file) => {
    await inProcess(['train', '--data', 'digits', '--epochs', '1', '--name', 'damaged', '--force']);
    writeFileSync(at('runs', 'damaged', file), 'damaged');
    const { code, stderr } = await inProcess(['train', '--resume', 'runs/damaged']);
    expect(code).toBe(3);
    expect(stderr).toMatch(new RegExp(`^error: runs/damaged/${file}: expected [^\n]+\n$`));
  });
});

test.skipIf(process.platform === 'win32')(
  'a disk that takes no more: one line, and nothing is lost',
  { tags: ['exhaustive'] },
  async () => {
    const options = [...common, '--seed', '5'];
    await stoppedAfter(100, 'SIGINT', ['train', ...options, '--name', 'full']);
    const checkpoint = readFileSync(at('runs/full/checkpoint.safetensors'));
    expect(await limited('train', '--resume', 'runs/full')).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /\nerror: runs\/full\/checkpoint\.safetensors: it could not be saved: EFBIG[^\n]*; the checkpoint before it is as it was: make room, then go on with longhand train --resume runs\/full\n$/,
      ),
    });
    expect(readFileSync(at('runs/full/checkpoint.safetensors')).equals(checkpoint)).toBe(true);
    expect(longhand('train', '--resume', 'runs/full')).toMatchObject({ code: 0 });
    expect(longhand('train', ...options, '--name', 'roomy')).toMatchObject({ code: 0 });
    expect(readFileSync(at(model('full'))).equals(readFileSync(at(model('roomy'))))).toBe(true);
    expect(readdirSync(at('runs', 'full')).filter((file) => file.endsWith('.part'))).toEqual([]);
  },
);

/** The command where no file may be larger than 40 blocks of 1024 bytes. */
function limited(...options: string[]): Promise<{ code: number | null; stderr: string }> {
  const run = spawn('bash', ['-c', 'ulimit -f 40; exec "$0" "$@"', process.execPath, command, ...options], {
    cwd: folder,
  });
  let stderr = '';
  run.stderr.on('data', (text: Buffer) => {
    stderr += text.toString();
  });
  return new Promise((resolve) => run.on('close', (code) => resolve({ code, stderr })));
}
