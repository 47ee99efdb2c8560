/** The runner with programs of a few lines that note what they are asked, in the order in which they are asked. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { comparedNetwork } from './networks.mjs';
import { measureSideBySide } from './side-by-side.mjs';

let folder;
let reports;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhand-benchmarks-'));
  reports = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the programs take turns, in reverse order every second round, and end with their input', async () => {
  await measure([contestant('a'), contestant('b')], { rounds: 2 });
  const asked = notes();
  const ends = asked.splice(-2);
  expect(ends.sort()).toEqual(['a end', 'b end']);
  expect(asked).toEqual([
    ...['a ready', 'b ready'],
    ...['a train', 'a infer', 'b train', 'b infer'],
    ...['b train', 'b infer', 'a train', 'a infer'],
  ]);
});

test('figures are kept round by round', async () => {
  const [result] = await measure([contestant('a', { version: 'A 1.0', parameters: 3, peakMemory: 5000 })], {
    rounds: 2,
  });
  expect(result).toEqual({
    network: 'lenet5',
    system: 'a',
    variant: 'plain',
    version: 'A 1.0',
    parameters: 3,
    threads: 1,
    peakMemory: 5000,
    train: [101, 103],
    infer: [102, 104],
    inferenceBatch: 250,
    accuracy: 0.5,
  });
});

test('a program that takes more than four times the seconds asked for is measured once', async () => {
  const [a, b] = await measure([contestant('a', {}, { seconds: 9 }), contestant('b', {}, { seconds: 7 })], {
    rounds: 3,
  });
  expect([a.train.length, a.infer.length, b.train.length]).toEqual([1, 1, 3]);
});

test('a program that fails is left out, with the reason', async () => {
  const failing = {
    system: 'c',
    variant: 'plain',
    measured: () => [process.execPath, '-e', 'throw new Error("no wood")'],
  };
  const results = await measure([failing, contestant('a')], { rounds: 1 });
  expect(results.map(({ system }) => system)).toEqual(['a']);
  expect(reports.join('\n')).toMatch(/c {2}plain is left out: .*ended with code 1.*no wood/s);
});

test('a program that fails later keeps its measurements and is not asked again', async () => {
  const [a, b] = await measure([contestant('a', {}, { answers: 3 }), contestant('b')], { rounds: 3 });
  expect([a.train.length, a.infer.length, b.train.length, b.infer.length]).toEqual([2, 1, 3, 3]);
  expect(reports.filter((line) => line.includes('failed'))).toEqual([
    expect.stringMatching(/^lenet5 {2}round 2\/3 {2}a {2}plain failed: .*ended with code 7/s),
  ]);
});

test('programs are given the file of the network, and their environment', async () => {
  const source = `
    const { name } = JSON.parse(require('node:fs').readFileSync(process.argv.at(-1), 'utf8'));
    console.log('ready ' + JSON.stringify({ version: name + process.env.ABACUS_WIDTH }));
    process.stdin.on('data', () => console.log('{"imagesPerSecond":1,"seconds":2}')).on('end', () => {});`;
  const measured = ({ file }) => [process.execPath, '-e', source, file];
  const entry = { system: 'a', variant: 'plain', measured, environment: { ABACUS_WIDTH: '256' } };
  const [{ version }] = await measure([entry], { rounds: 1 });
  expect(version).toBe('lenet5256');
});

test('a program that does not exist is left out', async () => {
  const absent = { system: 'c', variant: 'plain', measured: () => [join(folder, 'nobody')] };
  expect(await measure([absent], { rounds: 1 })).toEqual([]);
  expect(reports.join('\n')).toMatch(/left out: .*ENOENT/s);
});

test('different networks are not compared', async () => {
  const both = [contestant('a', { parameters: 3898 }), contestant('b', { parameters: 3899 })];
  await expect(measure(both, { rounds: 1 })).rejects.toThrow('got 3898 parameters in a and 3899 in b');
});

/** A program that answers with 101, 102, … images per second. */
function contestant(system, known = {}, { seconds = 2, answers = 100 } = {}) {
  const source = `
    const { appendFileSync } = require('node:fs');
    const note = (text) => appendFileSync(${JSON.stringify(join(folder, 'notes'))}, '${system} ' + text + '\\n');
    let imagesPerSecond = 100;
    note('ready');
    console.log('a library says hello');
    console.log('ready ' + ${JSON.stringify(JSON.stringify(known))});
    const lines = require('node:readline').createInterface({ input: process.stdin });
    lines.on('line', (phase) => {
      note(phase);
      imagesPerSecond++;
      if (imagesPerSecond > 100 + ${answers}) process.exit(7);
      console.log(JSON.stringify({ imagesPerSecond, seconds: ${seconds}, batch: 250, accuracy: 0.5 }));
    });
    lines.on('close', () => note('end'));`;
  return { system, variant: 'plain', measured: () => [process.execPath, '-e', source] };
}

function measure(contestants, { rounds }) {
  const settings = { networks: [comparedNetwork('lenet5', [28, 28, 1])], batch: 64, threads: 1, seconds: 2 };
  return measureSideBySide({ contestants, rounds, ...settings, report: (line) => reports.push(line) });
}

function notes() {
  return readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n');
}
