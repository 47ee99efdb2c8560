/** Whole runs of programs of one line, which say what the trainer and the peers say at their end. */
import { expect, test } from 'vitest';
import { findContestants } from './contestants.mjs';
import { comparedNetwork } from './networks.mjs';
import { measureWholeRuns } from './whole-process.mjs';

const trainer = 'console.log(\'loss      0.03\\naccuracy  99.03 % ± 0.10\\n{"peakMemory":5000}\')';
const peer = 'console.log(\'{"version":"Abacus 2","accuracy":0.5,"peakMemory":null}\')';

test('accuracy and memory come from the output, in words or as JSON', async () => {
  const [first, second] = await measure([contestant(trainer), contestant(peer)], { rounds: 2 });
  expect(first).toMatchObject({ accuracy: [0.9903, 0.9903], peakMemory: [5000, 5000], version: 'Abacus' });
  expect(second).toMatchObject({ accuracy: [0.5, 0.5], peakMemory: [null, null], version: 'Abacus 2' });
  for (const { seconds } of [first, second]) expect(seconds).toEqual([expect.any(Number), expect.any(Number)]);
});

test('a slow system makes fewer epochs, none makes more than asked for', async () => {
  const epochs = (wholeEpochs) => ({ ...contestant(peer), wholeEpochs });
  const results = await measure([contestant(peer), epochs(1), epochs(9)], { rounds: 1 });
  expect(results.map((result) => result.epochs)).toEqual([3, 1, 3]);
});

test('a program that fails is reported and left out', async () => {
  const reports = [];
  const report = (line) => reports.push(line);
  const results = await measure([contestant('throw new Error("no wood")'), contestant(peer)], { rounds: 1, report });
  expect(results.map(({ version }) => version)).toEqual(['Abacus 2']);
  expect(reports[0]).toMatch(/^lenet5 {2}round 1\/1 {2}Abacus {2}wood failed: .*ended with code 1.*no wood/s);
});

test('the trainer takes the options that it is given', async () => {
  const asked = { systems: ['Longhand'], pythons: [], nodes: [process.execPath], kernels: ['strict'], threads: 2 };
  const { contestants, missing } = findContestants(asked);
  expect(missing).toEqual([]);
  const few = contestants.map((entry) => ({ ...entry, whole: (run) => [...entry.whole(run), '--limit', '64'] }));
  const results = await measure(few, { rounds: 1, epochs: 1 });
  expect(results.map(({ variant }) => variant)).toEqual(['SGD', 'AdamW, one cycle']);
  for (const { accuracy, peakMemory } of results) {
    expect(accuracy).toEqual([expect.any(Number)]);
    expect(peakMemory).toEqual([expect.any(Number)]);
  }
});

function contestant(source) {
  return { system: 'Abacus', variant: 'wood', whole: () => [process.execPath, '-e', source] };
}

function measure(contestants, options) {
  const settings = {
    networks: [comparedNetwork('lenet5', [28, 28, 1])],
    batch: 64,
    threads: 1,
    epochs: 3,
    report: () => {},
  };
  return measureWholeRuns({ contestants, ...settings, ...options });
}
