/** What the commands show on terminals of any width, and on those that do not know theirs. */
import { imageDataset } from '@longhand/datasets';
import { lenetDocumented } from '@longhand/layers';
import { visibleWidth } from '@longhand/rendering';
import { describe, expect, test } from 'vitest';
import { residualModel } from '../testing/residual-model';
import { evaluationReport, networkReport } from './command/reports';
import { classTable, misclassifiedGallery } from './evaluate/evaluate-command';

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
}

const asStream = (screen: Screen): NodeJS.WriteStream => screen as unknown as NodeJS.WriteStream;

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
  confusion: Array.from({ length: 10 }, (_, trueClass) =>
    Array.from({ length: 10 }, (__, predicted) => (trueClass === predicted ? 877 : 14)),
  ),
  predicted: new Uint8Array(10_000),
  probability: new Float32Array(10_000),
  probabilities: new Float32Array(0),
  metrics: {},
};
const classes = evaluation.confusion.map((_, index) => String(index));

describe('the report', () => {
  test.each([200, 80, 41, 40])('in %i columns takes no more', (columns) => {
    const report = evaluationReport(dataset, evaluation, classes, asStream(new Screen(columns)));
    expect(Math.max(...report.split('\n').map(visibleWidth))).toBeLessThanOrEqual(columns);
    expect(report).toContain('(1,234 misclassified)');
    const network = networkReport('lenet-documented', lenetDocumented(), asStream(new Screen(columns)));
    expect(Math.max(...network.split('\n').map(visibleWidth))).toBeLessThanOrEqual(columns);
  });

  test.each([
    [80, true, true],
    [70, true, false],
    [45, false, false],
  ])('a network with blocks in %i columns has what fits', (columns, hasKinds, hasMultiplyAdds) => {
    const report = networkReport('blocks', residualModel.network, asStream(new Screen(columns)));
    expect(Math.max(...report.split('\n').map(visibleWidth))).toBeLessThanOrEqual(columns);
    expect(report).toContain('block.shortcut.conv');
    expect([report.includes('batchNorm'), report.includes('multiply-adds')]).toEqual([hasKinds, hasMultiplyAdds]);
    expect(report.replace(/\s+/g, ' ')).toContain('16 numbers in buffers are kept');
    expect(networkReport('blocks', residualModel.network, asStream(new Screen(30)))).toBe('blocks: 215 parameters');
  });

  test.each([200, 80, 50, 40, 30])(
    'the figures of classes and misclassified images in %i columns take no more',
    (columns) => {
      const names = classes.map((name) => `class of the number ${name}`);
      const predicted = new Uint8Array(10_000).fill(1);
      const coverage = { images: 10_000, sure: 0, sureAndCorrect: 0 };
      const found = { dataset, evaluation: { ...evaluation, predicted }, classes: names, coverage };
      const stream = asStream(new Screen(columns));
      const [figures, gallery] = [classTable(found, stream), misclassifiedGallery(found, 4, stream)];
      expect(Math.max(...`${figures}${gallery}`.split('\n').map(visibleWidth))).toBeLessThanOrEqual(columns);
      expect(figures).toContain('precision');
      expect(gallery).toContain('misclassified: 4 of ');
    },
  );

  test('on a terminal that reports no columns is that of eighty, in a file too but for the color', () => {
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
