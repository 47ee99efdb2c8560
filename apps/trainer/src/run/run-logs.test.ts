/** What other programs read of a run: a table, and TensorBoard's events, which TensorBoard itself reads where `LONGHAND_PYTHON` has it. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { python } from '../../testing/programs';
import { RunLives } from '../../testing/run-lives';
import { at } from '../../testing/test-folder';
import { type LoggedRun, runLogs } from './run-logs';

vi.mock(
  '../command/engine-session',
  async () => (await import('../../testing/command-in-process')).sessionInThisThread,
);

const train = (options: readonly string[]) => longhand(['train', ...options]);
const common = ['--data', 'digits', '--model', 'pooled.json', '--batch-size', '16', '--quiet'];
const at3 = (file: string): string => at('runs/logged', file);

beforeAll(async () => {
  await new RunLives(at, train).makeFolder();
  const options = ['--validation', '16', '--epochs', '3', '--name', 'logged'];
  expect(await train([...common, ...options])).toMatchObject({ code: 0 });
});

test('a row of the table has the figures of an epoch', () => {
  const lines = readFileSync(at3('metrics.jsonl'), 'utf8').trim().split('\n');
  const epochs = lines.slice(0, -1).map((line) => JSON.parse(line));
  const [head, ...rows] = readFileSync(at3('metrics.csv'), 'utf8').trim().split('\r\n');
  expect(head).toBe('epoch,steps,loss,accuracy,validationLoss,validationAccuracy,learningRate,seconds,imagesPerSecond');
  expect(rows.map((row) => row.split(',').map(Number))).toEqual(
    epochs.map(({ epoch, steps, loss, accuracy, validation, learningRate, seconds, imagesPerSecond }) => [
      ...[epoch, steps, loss, accuracy, validation.loss, validation.accuracy],
      ...[learningRate, seconds, imagesPerSecond],
    ]),
  );
});

test('logs that were removed or damaged are made again when the run is opened, and those of earlier runs are not', async () => {
  const before = readFileSync(at3('events.out.tfevents'));
  rmSync(at3('metrics.csv'));
  writeFileSync(at3('events.out.tfevents'), before.subarray(0, 70));
  expect(await longhand(['runs', 'logged'])).toMatchObject({
    stderr: 'note: runs/logged: completed after an interruption: metrics.csv, events.out.tfevents\n',
  });
  expect(readFileSync(at3('events.out.tfevents'))).toEqual(before);

  const { began: _, ...config } = JSON.parse(readFileSync(at3('config.json'), 'utf8'));
  expect(runLogs({ ...run, config }).map(([file]) => file)).toEqual(['metrics']);
});

const began = '2026-01-31T12:00:00.000Z';
const epochs = [1, 2, 3].map((epoch) => ({
  epoch,
  steps: 5 * epoch,
  loss: 1 / epoch,
  accuracy: 0.5,
  validation: { loss: 2, accuracy: 0.25, best: epoch === 1, metrics: { half: 0.5 } },
  learningRate: 0.25,
  seconds: 2,
  imagesPerSecond: 40,
}));
const test3 = { data: 'd', images: 8, correct: 4, accuracy: 0.5, loss: 0.75, standardError: 0.1, model: 'last' };
const run = {
  config: { began },
  record: { epochs, epochSeconds: 0, lossCurve: { every: 2, losses: [7, 6, 5, 4, 3, 2, 1, 0] }, test: test3 },
} as unknown as LoggedRun;

test('a record of more epochs begins with the bytes of one of fewer, also where a mean is not full yet', () => {
  const { test: _, ...untested } = run.record;
  const states = [0, 1, 2, 3].map((count) => ({
    ...untested,
    epochs: epochs.slice(0, count),
    lossCurve: { every: 2, losses: [7, 6, count === 1 ? 5.5 : 5, 4, 3, 2, 1].slice(0, Math.ceil(2.5 * count)) },
  }));
  const [first, ...later] = [...states, run.record].map((record) =>
    runLogs({ ...run, record }).map(([, content]) => Buffer.from(content).toString('latin1')),
  );
  expect(first).toEqual(['', '', '']);
  later.reduce((before, contents) => {
    for (const [log, content] of contents.entries()) expect(content.startsWith(before[log])).toBe(true);
    return contents;
  }, first);
});

test.each([1, 2, 3])('what follows the first %i epochs is the rest of the whole logs', (from) => {
  const { test: _, ...untested } = run.record;
  const before = runLogs({ ...run, record: { ...untested, epochs: epochs.slice(0, from) } });
  const whole = runLogs(run);
  const rest = runLogs(run, from);
  for (const [at, [log, content]] of whole.entries()) {
    expect(Buffer.concat([before[at][1], rest[at][1]]).equals(content), log).toBe(true);
  }
});

describe.skipIf(python === undefined)('in TensorBoard (skipped where LONGHAND_PYTHON names no Python with it)', () => {
  const program = `
import json, sys
try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError:
    sys.exit(77)
events = EventAccumulator(sys.argv[1])
events.Reload()
print(json.dumps({tag: [[e.step, e.value, e.wall_time] for e in events.Scalars(tag)] for tag in events.Tags()['scalars']}))
`;
  test('every number comes at its step and time', ({ skip }) => {
    const content = runLogs(run).find(([file]) => file === 'events')?.[1] ?? new Uint8Array();
    writeFileSync(at('events.out.tfevents'), content);
    const { status, stdout, stderr } = spawnSync(python ?? '', ['-c', program, at('events.out.tfevents')], {
      encoding: 'utf8',
    });
    if (status === 77) skip('SKIPPED: this Python has no tensorboard');
    expect(stderr).not.toContain('Error');
    const start = Date.parse(began) / 1000;
    const ofEpochs = (values: readonly number[]) =>
      values.map((value, at) => [5 * (at + 1), value, start + 2 * (at + 1)]);
    expect(JSON.parse(stdout)).toEqual({
      'loss/steps': [7, 6, 5, 4, 3, 2, 1].map((loss, k) => [
        2 * (k + 1),
        loss,
        expect.closeTo(start + 0.8 * (k + 1), 4),
      ]),
      'loss/training': ofEpochs([1, 0.5, Math.fround(1 / 3)]),
      'accuracy/training': ofEpochs([0.5, 0.5, 0.5]),
      'loss/validation': ofEpochs([2, 2, 2]),
      'accuracy/validation': ofEpochs([0.25, 0.25, 0.25]),
      'validation/half': ofEpochs([0.5, 0.5, 0.5]),
      learningRate: ofEpochs([0.25, 0.25, 0.25]),
      imagesPerSecond: ofEpochs([40, 40, 40]),
      'loss/test': [[15, 0.75, start + 6]],
      'accuracy/test': [[15, 0.5, start + 6]],
    });
  });
});
