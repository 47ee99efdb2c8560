/** Displays on streams and processes that remember what was done to them. */
import { EventEmitter } from 'node:events';
import { visibleWidth } from '@longhand/rendering';
import type { TrainingProgress } from '@longhand/training';
import { describe, expect, test } from 'vitest';
import { JsonLines, trainingDisplay } from './displays';
import { LiveScreen, type TerminalHost } from './live-screen';
import { epochLine, type FinishedEpoch } from './training-display';

class FakeStream extends EventEmitter {
  readonly isTTY: boolean;
  columns: number;
  rows: number;
  text = '';

  constructor(isTTY: boolean, columns = 80, rows = 24) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
    this.rows = rows;
  }

  hasColors = (): boolean => false;
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

/** A process with a terminal, or without; what it was sent is in `killed`. */
class FakeHost extends EventEmitter {
  readonly pid = 4711;
  readonly stdout: FakeStream;
  readonly stderr: FakeStream;
  readonly env: Record<string, string>;
  readonly killed: unknown[] = [];

  constructor({ isTTY = true, columns = 80, rows = 24, env = {} as Record<string, string> } = {}) {
    super();
    this.stdout = new FakeStream(false);
    this.stderr = new FakeStream(isTTY, columns, rows);
    this.env = { TERM: 'xterm', ...env };
  }

  kill(pid: number, signal: string): boolean {
    expect(pid).toBe(this.pid);
    this.killed.push(signal);
    return true;
  }

  get asHost(): TerminalHost {
    return this as unknown as TerminalHost;
  }
}

const about = { title: 'lenet-documented on MNIST', totalImages: 60_000, epochs: 2 };
const progress = (step: number, epoch = 1): TrainingProgress => ({
  epoch,
  epochs: 2,
  step,
  stepsPerEpoch: 3,
  images: 10_000 * step,
  learningRate: 0.1,
  batchLoss: 1,
  loss: 0.215,
  accuracy: 0.9339,
});
const record: FinishedEpoch = {
  epoch: 1,
  epochs: 2,
  steps: 3,
  loss: 0.215,
  accuracy: 0.9339,
  learningRate: 0.1,
  seconds: 2,
  imagesPerSecond: 15_000,
  validation: { loss: 0.1, accuracy: 0.98, best: true },
};
const epochText = 'epoch 1/2  loss 0.2150  accuracy 93.39 %  validation 98.00 % (best)';

test('figures of hard examples are said to be of these', () => {
  expect(epochLine({ ...record, hardExamples: 1 })).toContain('accuracy 93.39 %  on hard examples  validation');
  expect(epochLine({ ...record, hardExamples: 0.3 })).toContain('accuracy 93.39 %  partly on hard examples  ');
  expect(epochLine(record)).not.toContain('hard');
});

const [enter, leave] = ['\u001b[?1049h\u001b[?25l\u001b[?7l', '\u001b[?7h\u001b[?25h\u001b[?1049l'];

/** A live screen on such a terminal, with a clock that goes on by a second whenever it is looked at. */
function liveScreen(options: ConstructorParameters<typeof FakeHost>[0] = {}): { host: FakeHost; screen: LiveScreen } {
  const host = new FakeHost(options);
  let clock = 0;
  const screen = new LiveScreen(about, host.asHost, () => {
    clock += 1000;
    return clock;
  });
  return { host, screen };
}

/** What is on the screen after everything that was written to it: the last frame, line by line. */
function lastFrame({ text }: FakeStream): string[] {
  const frame = text.slice(text.lastIndexOf('\u001b[1H'), text.lastIndexOf('\u001b[K\u001b[J'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: lines begin with their place and end with what clears the rest
  return frame.split(/(?:\u001b\[K)?\u001b\[\d+H/).slice(1);
}

describe('which display', () => {
  test.each([
    ['a screen on a terminal', {}, {}, 'LiveScreen'],
    ['lines in a pipe', { isTTY: false }, {}, 'PlainLines'],
    ['lines on a dumb terminal', { env: { TERM: 'dumb' } }, {}, 'PlainLines'],
    ['lines where a machine builds', { env: { CI: 'true' } }, {}, 'PlainLines'],
    ['nothing', {}, { quiet: true }, 'Quiet'],
    ['JSON', {}, { json: true }, 'JsonLines'],
    ['nothing, JSON or not', {}, { quiet: true, json: true }, 'Quiet'],
  ])('%s', (_, host, options, name) => {
    const display = trainingDisplay(options, about, new FakeHost(host).asHost);
    expect(display.constructor.name).toBe(name);
    expect(display.live).toBe(name === 'LiveScreen');
  });
});

describe('lines', () => {
  test('tell of each epoch, whatever its length, and of nothing else', () => {
    const host = new FakeHost({ isTTY: false, columns: 20 });
    const display = trainingDisplay({}, about, host.asHost);
    display.heading('the network');
    display.step(progress(1));
    display.working('testing …');
    display.epoch(record);
    display.close();
    expect(host.stderr.text).toBe(`the network\n${epochText}  2.0 s  15,000 images/s\n`);
    expect(host.stdout.text).toBe('');
  });

  test.each([200, 80, 66, 40, 30])('take %i columns of a dumb terminal at most', (columns) => {
    const host = new FakeHost({ columns, env: { TERM: 'dumb' } });
    trainingDisplay({}, about, host.asHost).epoch(record);
    expect(Math.max(...host.stderr.text.split('\n').map(visibleWidth))).toBeLessThanOrEqual(columns);
    expect(host.stderr.text.replace(/\s+/g, ' ')).toContain(epochText.replace(/\s+/g, ' '));
  });

  test('of JSON tell where the run stands about once a second, and of each epoch', () => {
    const host = new FakeHost();
    let clock = 0;
    const display = new JsonLines({ ...about, imagesBefore: 0 }, host.stdout as never, () => clock);
    for (let step = 1; step <= 3; step++) {
      clock += 600;
      display.step(progress(step));
    }
    display.epoch(record);
    const lines = host.stdout.text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { event: 'start', title: about.title, epochs: 2, images: 60_000, imagesBefore: 0 },
      { event: 'step', ...progress(2), imagesPerSecond: 10_000 / 0.6, secondsLeft: (40_000 * 0.6) / 10_000 },
      { event: 'epoch', ...record },
    ]);
    expect(host.stderr.text).toBe('');
  });

  test('quiet ones are none', () => {
    const host = new FakeHost();
    const display = trainingDisplay({ quiet: true }, about, host.asHost);
    display.heading('the network');
    display.step(progress(1));
    display.epoch(record);
    display.close();
    expect(host.stderr.text + host.stdout.text).toBe('');
  });
});

describe('the live screen', () => {
  test('shows where the run stands, and leaves a line for each epoch', () => {
    const { host, screen } = liveScreen();
    screen.heading('the network');
    for (const step of [1, 2, 3]) screen.step(progress(step));
    screen.epoch(record);
    screen.step(progress(1, 2));
    const frame = lastFrame(host.stderr);
    expect(frame[0]).toBe(about.title);
    expect(frame[1]).toMatch(/^epoch 2\/2 .* images\/s .* left$/);
    expect(frame.length).toBeLessThan(24);
    screen.close();
    screen.close();
    expect(host.stderr.text.startsWith(`the network\n${enter}`)).toBe(true);
    expect(host.stderr.text.endsWith(`${leave}${epochText}  2.0 s\n`)).toBe(true);
  });

  test('is not drawn for every step', () => {
    const host = new FakeHost();
    let clock = 0;
    const screen = new LiveScreen(about, host.asHost, () => clock);
    for (clock = 0; clock < 1000; clock += 10) screen.step(progress(1));
    expect(host.stderr.text.split('\u001b[1H').length - 1).toBeGreaterThan(8);
    expect(host.stderr.text.split('\u001b[1H').length - 1).toBeLessThan(14);
  });

  test.each([
    [200, 50],
    [80, 24],
    [30, 8],
    [20, 6],
    [5, 2],
  ])('keeps within %i × %i, and follows when the terminal is resized', (columns, rows) => {
    const { host, screen } = liveScreen();
    screen.step(progress(2));
    Object.assign(host.stderr, { columns, rows, text: '' });
    host.stderr.emit('resize');
    const frame = lastFrame(host.stderr);
    expect(frame.length).toBeLessThan(rows);
    // The last column stays free: terminals differ in what they do when it is written.
    expect(Math.max(...frame.map(visibleWidth))).toBeLessThan(columns);
    screen.close();
    host.stderr.text = '';
    host.stderr.emit('resize');
    expect(host.stderr.text).toBe('');
  });

  test('on a terminal that reports no size is that of 80 × 24', () => {
    const frames = [
      { columns: 0, rows: 0 },
      { columns: 80, rows: 24 },
    ].map((size) => {
      const { host, screen } = liveScreen(size);
      screen.step(progress(2));
      return lastFrame(host.stderr);
    });
    expect(frames[0]).toEqual(frames[1]);
    expect(frames[0].length).toBeGreaterThan(10);
  });

  test.each(['exit', 'uncaughtExceptionMonitor'])('puts the terminal back on %s', (event) => {
    const { host, screen } = liveScreen();
    screen.step(progress(1));
    screen.epoch(record);
    host.emit(event);
    expect(host.stderr.text).toContain(`${leave}${epochText}`);
    expect(host.eventNames()).toEqual([]);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('puts the terminal back on %s, and lets it end the process', (signal) => {
    const { host, screen } = liveScreen();
    screen.step(progress(1));
    host.emit(signal, signal);
    expect(host.stderr.text.endsWith(leave)).toBe(true);
    expect(host.killed).toEqual([signal]);
    expect(host.eventNames()).toEqual([]);
  });

  test('leaves a signal to who else handles it', () => {
    const { host, screen } = liveScreen();
    host.on('SIGINT', () => {});
    screen.step(progress(1));
    host.emit('SIGINT', 'SIGINT');
    expect(host.killed).toEqual([]);
    expect(host.stderr.text).not.toContain(leave);
  });

  test('gives the terminal back while the process sleeps', () => {
    const { host, screen } = liveScreen();
    screen.step(progress(1));
    host.emit('SIGTSTP', 'SIGTSTP');
    expect(host.stderr.text.endsWith(leave)).toBe(true);
    expect(host.killed).toEqual(['SIGSTOP']);
    host.stderr.text = '';
    host.emit('SIGCONT', 'SIGCONT');
    expect(host.stderr.text.startsWith(enter)).toBe(true);
    expect(lastFrame(host.stderr)[0]).toBe(about.title);
  });
});
