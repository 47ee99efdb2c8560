/** What the commands show on terminals of any width, and on those that do not know theirs. */
import { imageDataset } from '@longhand/datasets';
import { lenetDocumented } from '@longhand/layers';
import { visibleWidth } from '@longhand/rendering';
import type { TrainingProgress } from '@longhand/training';
import { describe, expect, test } from 'vitest';
import { evaluationReport, networkReport } from './command/reports';
import { classTable, misreadGallery } from './evaluate/evaluation-details';
import { ProgressDisplay } from './train/progress-display';

/** A stream that remembers what was written to it. */
class Screen {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  text = '';

  constructor(columns: number | undefined) {
    this.isTTY = columns !== undefined;
    this.columns = columns;
  }

  hasColors = (): boolean => true;
  write(text: string): boolean {
    this.text += text;
    return true;
  }
  /** What is left to read when every redrawn line has been drawn over. */
  get lines(): string[] {
    return this.text.split('\n').map((line) => line.slice(line.lastIndexOf('\r') + 1));
  }
  get widest(): number {
    return Math.max(...this.text.split(/[\r\n]/).map(visibleWidth));
  }
}

const asStream = (screen: Screen): NodeJS.WriteStream => screen as unknown as NodeJS.WriteStream;

/** The first steps of a run with two steps to an epoch, as they are shown. */
function shownRun(columns: number | undefined, steps = 2): Screen {
  const screen = new Screen(columns);
  const display = new ProgressDisplay(asStream(screen), 60_000);
  const progress = { epoch: 1, epochs: 3, stepsPerEpoch: 2, learningRate: 0.1, batchLoss: 1 };
  const at = (step: number): TrainingProgress => ({
    ...progress,
    step,
    images: 30_000 * step,
    loss: 0.215,
    accuracy: 0.9339,
  });
  display.working('testing …');
  for (let step = 1; step <= steps; step++) display.step(at(step));
  display.close();
  return screen;
}

describe('the progress', () => {
  test.each([200, 80, 40, 20, 5])('the line that is redrawn leaves one of %i columns free', (columns) => {
    const screen = shownRun(columns, 1);
    expect(screen.text).toContain('epo');
    expect(screen.widest).toBeLessThan(columns);
  });

  test.each([200, 80, 66, 40, 30])('an epoch that is over takes %i columns at most', (columns) => {
    const screen = shownRun(columns);
    expect(screen.widest).toBeLessThanOrEqual(columns);
    const told = screen.lines.join(' ').replace(/ +/g, ' ');
    expect(told).toMatch(/epoch 1\/3 loss 0\.2150 accuracy 93\.39 % .+ s .+ images\/s/);
  });

  test('on a terminal that reports no columns is that of eighty', () => {
    expect(shownRun(0).text).toMatch(/epoch 1\/3 {2}.* left/);
    expect(shownRun(0).lines.filter((line) => line.includes('epoch'))).toHaveLength(1);
  });

  test('in a file is one line for each epoch, however long', () => {
    expect(shownRun(undefined).text).toMatch(/^epoch 1\/3 {2}loss 0\.2150 {2}accuracy 93\.39 % {2}.* images\/s\n$/);
  });
});

const dataset = imageDataset({
  name: 'MNIST test',
  images: new Uint8Array(10_000),
  labels: new Uint8Array(10_000),
  height: 1,
  width: 1,
});
const evaluation = {
  count: 10_000,
  correct: 8_766,
  accuracy: 0.8766,
  standardError: 0.0033,
  loss: 0.41,
  confusion: Array.from({ length: 10 }, (_, shown) =>
    Array.from({ length: 10 }, (__, read) => (shown === read ? 877 : 14)),
  ),
  predicted: new Uint8Array(10_000),
  probability: new Float32Array(10_000),
};
const classes = evaluation.confusion.map((_, index) => String(index));

describe('the report', () => {
  test.each([200, 80, 41, 40])('in %i columns takes no more', (columns) => {
    const report = evaluationReport(dataset, evaluation, classes, asStream(new Screen(columns)));
    expect(Math.max(...report.split('\n').map(visibleWidth))).toBeLessThanOrEqual(columns);
    expect(report).toContain('(1,234 misread)');
    const network = networkReport('lenet-documented', lenetDocumented(), asStream(new Screen(columns)));
    expect(Math.max(...network.split('\n').map(visibleWidth))).toBeLessThanOrEqual(columns);
  });

  test.each([200, 80, 50, 40, 30])(
    'the figures of classes and misread images in %i columns take no more',
    (columns) => {
      const names = classes.map((name) => `class of the number ${name}`);
      const predicted = new Uint8Array(10_000).fill(1);
      const found = { dataset, evaluation: { ...evaluation, predicted }, classes: names };
      const stream = asStream(new Screen(columns));
      const [figures, gallery] = [classTable(found, stream), misreadGallery(found, 4, stream)];
      expect(Math.max(...`${figures}${gallery}`.split('\n').map(visibleWidth))).toBeLessThanOrEqual(columns);
      expect(figures).toContain('precision');
      expect(gallery).toContain('misread: the 4 surest of');
    },
  );

  test('on a terminal that reports no columns is that of eighty, in a file too but for the colour', () => {
    const reportOn = (columns: number | undefined): string =>
      evaluationReport(dataset, evaluation, classes, asStream(new Screen(columns)));
    expect(reportOn(0)).toBe(reportOn(80));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is taken away
    expect(reportOn(undefined)).toBe(reportOn(80).replace(/\u001b\[\d+m/g, ''));
    const networkOn = (columns: number): string =>
      networkReport('lenet-documented', lenetDocumented(), asStream(new Screen(columns)));
    expect(networkOn(0)).toBe(networkOn(80));
  });
});
