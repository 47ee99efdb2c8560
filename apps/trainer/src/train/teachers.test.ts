/** `train --teacher`, typed. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dense, flatten, type Loss, sequential } from '@longhand/layers';
import { fromModule } from '@longhand/schema';
import { decodeModel, encodeModel, type Model } from '@longhand/training';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { abandon, Killed, withFault } from '../../testing/disk-faults';
import { RunLives } from '../../testing/run-lives';
import { at } from '../../testing/test-folder';

vi.mock(
  '../command/engine-session',
  async () => (await import('../../testing/command-in-process')).sessionInThisThread,
);

const lives = new RunLives(at, (options) => longhand(['train', ...options]));
const common = [
  'train',
  '--data',
  'digits',
  '--model',
  'pooled.json',
  '--batch-size',
  '16',
  '--epochs',
  '2',
  '--quiet',
];
const taught = [...common, '--shift', '1', '--checkpoint-every', '3', '--teacher', 'teacher.safetensors'];

/** The weights of a run's last model. */
const weightsOf = (run: string): readonly number[] => [...modelOf(`runs/${run}/last.safetensors`).parameters.values];

function modelOf(file: string): Model {
  return decodeModel(readFileSync(at(file)), file);
}

beforeAll(() => lives.makeFolder());
beforeEach(() => rmSync(at('runs'), { recursive: true, force: true }));

test('a run learns from its teacher, and keeps its checksum', async () => {
  for (const [name, options] of Object.entries({
    alone: [...common, '--shift', '1'],
    taught,
    hot: [...taught, '--temperature', '9'],
    strict: [...taught, '--teacher-weight', '1'],
    // An average of two that say the same.
    twice: [...taught, '--teacher', 'teacher.safetensors,teacher.safetensors'],
  })) {
    expect(await longhand([...options, '--name', name])).toMatchObject({ code: 0 });
  }
  const [alone, once, ...others] = ['alone', 'taught', 'hot', 'strict', 'twice'].map(weightsOf);
  expect(once).not.toEqual(alone);
  expect(others[0]).not.toEqual(once);
  expect(others[1]).not.toEqual(once);
  expect(others[2]).toEqual(once);
  const { settings, teacherChecksums } = JSON.parse(readFileSync(at('runs/twice/config.json'), 'utf8'));
  expect(settings.teacher).toEqual(['teacher.safetensors', 'teacher.safetensors']);
  expect(teacherChecksums).toHaveLength(2);
  // The run's file, as settings.
  expect(await longhand(['train', '--config', 'runs/twice/config.json', '--quiet', '--name', 'again'])).toMatchObject({
    code: 0,
  });
  expect(weightsOf('again')).toEqual(once);
});

test('a run that is resumed needs its teacher as it was', async () => {
  await longhand([...taught, '--name', 'whole']);
  const whole = weightsOf('whole');
  const { calls } = await withFault(undefined, async () => void (await longhand([...taught, '--name', 'counted'])));
  const { failure } = await withFault({ kind: 'kill', at: Math.floor(calls / 2) }, async () => {
    const ended = await longhand([...taught, '--name', 'half'], (error) => error instanceof Killed);
    expect(ended.code).not.toBe(0);
  });
  expect(failure).toBeInstanceOf(Killed);
  abandon(at('runs'));
  cpSync(at('teacher.safetensors'), at('kept.safetensors'));

  const resume = ['train', '--resume', 'runs/half', '--quiet'];
  const other = modelOf('teacher.safetensors');
  other.parameters.values[0] += 1;
  writeFileSync(at('teacher.safetensors'), encodeModel(other));
  expect(await longhand(resume)).toMatchObject({
    code: 3,
    stderr:
      'error: teacher.safetensors: expected the teacher that runs/half learns from, got another model; put it back, or begin a new run\n',
  });
  rmSync(at('teacher.safetensors'));
  expect(await longhand(resume)).toMatchObject({
    code: 3,
    stderr:
      'error: teacher.safetensors: expected the teacher that runs/half learns from, but there is no such file; put it back, or begin a new run\n',
  });
  cpSync(at('kept.safetensors'), at('teacher.safetensors'));
  expect(await longhand(resume)).toMatchObject({ code: 0 });
  expect(weightsOf('half')).toEqual(whole);
});

test('what cannot be a teacher is refused in one line', async () => {
  const model = modelOf('teacher.safetensors');
  writeFileSync(at('named.safetensors'), encodeModel({ ...model, classes: [...'abcdefghij'] }));
  const network = sequential({ input: [14, 14, 1], layers: { flatten: flatten(), fc: dense({ outFeatures: 10 }) } });
  writeFileSync(at('small.safetensors'), encodeModel({ ...model, network, parameters: network.zeros() }));
  const url = new URL('../../../../packages/training/fixtures/own-objects.mjs', import.meta.url).href;
  const loss = await fromModule<Loss>({ module: url, export: 'hinge', options: { margin: 1 } });
  writeFileSync(at('own.safetensors'), encodeModel({ ...model, loss }));
  const refusals: readonly (readonly [readonly string[], number, RegExp])[] = [
    [
      ['--teacher', 'named.safetensors'],
      3,
      /^error: named\.safetensors: expected a teacher with the classes of the data, 0, 1, 2, [^\n]*9, got a, b, [^\n]*; take one that was trained on the same data\n$/,
    ],
    [
      ['--teacher', 'own.safetensors'],
      3,
      /^error: own\.safetensors: expected a teacher of built-in layers, got one that runs [^\n]*own-objects\.mjs; take another teacher\n$/,
    ],
    [['--teacher', 'nothing.safetensors'], 3, /^error: nothing\.safetensors: expected a model file, [^\n]*\n$/],
    [
      ['--temperature', '2'],
      2,
      /^error: option '--temperature' has no meaning without a teacher; leave it out, or add --teacher model\.safetensors\n$/,
    ],
    [['--teacher-weight', '0.5'], 2, /^error: option '--teacher-weight' has no meaning without a teacher; /],
    [
      ['--teacher', 'small.safetensors'],
      3,
      /^error: [^\n]*train: teacher: expected a model with images \[28, 28, 1\], like the network that learns from it, got \[14, 14, 1\]; [^\n]*\n$/,
    ],
  ];
  for (const [options, code, line] of refusals) {
    const ended = await longhand([...common, ...options, '--name', 'refused']);
    expect([options, ended.code]).toEqual([options, code]);
    expect(ended.stderr.replace(/^note: .*\n/gm, '')).toMatch(line);
  }
});
