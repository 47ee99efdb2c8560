import { decodeImage } from '@longhand/datasets/node';
import type { EpochRecord } from '@longhand/training';
import { describe, expect, test } from 'vitest';
import type { TrainingReport } from './report-data';
import { trainingReportPage } from './report-page';

const epoch = (number: number): EpochRecord => ({
  epoch: number,
  steps: 40 * number,
  loss: 0.4 / number,
  accuracy: 1 - 0.1 / number,
  learningRate: 0.00213,
  seconds: 2,
  imagesPerSecond: 15_000,
  validation: { loss: 0.5 / number, accuracy: 1 - 0.12 / number, best: number < 3 },
});
const image = { pixels: [0, 255, 128, 0], height: 2, width: 2 };
const wicked = '<script src="http://example.org/x.js">alert("&")</script>';
const report: TrainingReport = {
  title: 'lenet-documented-2',
  about: 'lenet-documented on MNIST',
  network: {
    rows: [
      {
        name: 'conv1',
        kind: 'conv2d',
        symbol: 'k¹, b¹',
        outputShape: [24, 24, 6],
        parameters: 156,
        multiplyAdds: 86_400,
      },
      { name: 'relu1', kind: 'relu', outputShape: [24, 24, 6], parameters: 0, multiplyAdds: 0 },
    ],
    parameters: 3898,
    multiplyAdds: 203_520,
  },
  epochs: [epoch(1), epoch(2), epoch(3)],
  lossCurve: { every: 10, losses: [2.3, 1.1, 0.6, 0.4, 0.3, 0.25, 0.2, 0.2, 0.19, 0.18, 0.17, 0.16] },
  test: {
    data: 'MNIST test',
    images: 12,
    correct: 9,
    accuracy: 0.75,
    standardError: 0.125,
    loss: 0.4,
    model: 'best',
    classes: ['0', '1'],
    confusion: [
      [5, 3],
      [0, 4],
    ],
    scores: [
      { support: 8, precision: 1, recall: 0.625, f1: 10 / 13 },
      { support: 4, precision: 4 / 7, recall: 1, f1: undefined },
    ],
  },
  misclassified: [{ ...image, trueClass: '0', predictedClass: '1', probability: 0.997 }],
  kernels: [
    { layer: 'conv1', outputs: 1, inputs: 1, maps: [{ height: 1, width: 2, values: [0.5, -0.5] }] },
    { layer: 'conv2', outputs: 600, inputs: 2, maps: Array(4).fill({ height: 1, width: 1, values: [-0.25] }) },
  ],
  example: {
    ...image,
    trueClass: '1',
    classes: ['0', '1'],
    probabilities: [0.125, 0.875],
    featureMaps: [{ layer: 'relu1', maps: [{ height: 1, width: 2, values: [0, 3.25] }] }],
  },
  configuration: [['batch size', '64']],
  unused: ['shift', 'rotation'],
  versions: [['Node.js', 'v20.19.0']],
  reproduce: 'longhand train --epochs 3 --validation 5000',
};
const page = trainingReportPage(report);
/** What is to be read on a page. */
const textOf = (markup: string): string =>
  markup
    .replace(/<style>.*?<\/style>|<[^>]*>/gs, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

describe('the page', () => {
  test('says which training figures are those of hard examples', () => {
    const pageWith = (hardExamples: number): string =>
      textOf(
        trainingReportPage({
          ...report,
          epochs: [epoch(1), { ...epoch(2), hardExamples }, { ...epoch(3), hardExamples: 1 }],
        }),
      );
    const said = 'the training figures are those of hard examples, the images with the largest losses.';
    expect(pageWith(1)).toContain(`From epoch 2 on ${said}`);
    expect(pageWith(0.5)).toContain(`From within epoch 2 on ${said}`);
    expect(textOf(page)).not.toContain('hard examples');
  });

  test.each([
    ['test', '2,000 of them'],
    ['validation', 'the 2,000 validation images'],
  ] as const)('says that the calibration is of %s images', (part, words) => {
    const calibrated = { ...report, test: { ...report.test, calibration: { images: 2000, part } } };
    expect(textOf(trainingReportPage(calibrated as typeof report))).toContain(
      `No weight was learned from them; the temperature of the probabilities and the limit of “not sure” were fitted on ${words}. The ±`,
    );
  });

  test('shows the results of the run', () => {
    const text = textOf(page);
    for (const part of [
      'lenet-documented-2 75.00 % ± 12.50',
      '± 12.50 is the accuracy on MNIST test of the model of the best epoch: 3 of 12 images were misclassified. No weight was learned from them. The ± is one standard error.',
      'parameters 3,898',
      'training 6.0 s',
      'speed 15,000 images/s',
      'training 0.1333 validation 0.1667 test of epoch 2 0.4000',
      'Learning rate learning rate up to 0.002130',
      'epoch 3: training 0.1333, validation 0.1667',
      '3 0.1333 96.67 % 0.1667 96.00 % 0.002130 2.0 s 15,000 images/s',
      '2 best',
      '0 5 3',
      '1 · 4',
      '0 8 100.00 62.50 76.92 1 4 57.14 100.00 –',
      '1 of 3, the most confident first',
      '0 → 1 (99.7 %)',
      'conv1 1 kernels of 1×2, up to ±0.5 conv1, kernel 1 conv2 4 of 1,200 kernels of 1×1, the 2 of an output together, up to ±0.25',
      'conv2, output 2, input 1 conv2, output 2, input 2 The network',
      'relu1 1 maps of 1×2, from 0 to 3.25',
      '1 87.5 %',
      'conv1 conv2d k¹, b¹ 24×24×6 156 86,400',
      'Symbols as in the hand derivation of this network: k kernels',
      'batch size 64',
      'Not used: shift, rotation.',
      'Node.js v20.19.0',
      'longhand train --epochs 3 --validation 5000',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('needs nothing but itself', () => {
    expect(page.replace(/base64,[^"]*/g, '')).not.toMatch(
      /https?:|\/\/|<script|<link(?! rel="icon" href="data:,")|@import|@font-face|url\(|\son\w+=/i,
    );
    for (const [, address] of page.matchAll(/(?:src|href)="([^"]*)"/g)) expect(address).toMatch(/^data:/);
    expect(page).toContain("default-src 'none'");
  });

  test('opens and closes every element', () => {
    const open: string[] = [];
    for (const [tag, closing, name] of page.replace(/<style>.*?<\/style>/s, '').matchAll(/<(\/?)([a-z]\w*)[^>]*>/g)) {
      if (closing === '/') expect(open.pop(), tag).toBe(name);
      else if (!tag.endsWith('/>') && !['meta', 'link', 'img'].includes(name)) open.push(name);
    }
    expect(open).toEqual([]);
  });

  test('gives every picture a text, and every table a head', () => {
    for (const [picture] of page.matchAll(/<img[^>]*>/g)) expect(picture).toMatch(/ alt="[^"]+"/);
    for (const [picture] of page.matchAll(/<svg[^>]*>(?:<title>[^<]+)?/g)) {
      expect(picture).toMatch(/aria-hidden="true"|role="img".*<title>./);
    }
    for (const [table] of page.matchAll(/<table.*?<\/table>/gs)) {
      expect(table).toContain('<th scope="col"');
      expect(table).toContain('<th scope="row"');
    }
  });

  test('shows texts as they are, whatever is in them', () => {
    const strange = trainingReportPage({
      ...report,
      title: wicked,
      about: wicked,
      stopped: wicked,
      reproduce: wicked,
      network: { ...report.network, rows: [{ ...report.network.rows[0], name: wicked, kind: wicked }] },
      test: { ...(report.test as NonNullable<TrainingReport['test']>), data: wicked, classes: [wicked, wicked] },
      misclassified: [{ ...image, trueClass: wicked, predictedClass: wicked, probability: 1 }],
      kernels: [{ ...report.kernels[0], layer: wicked }],
      example: {
        ...(report.example as NonNullable<TrainingReport['example']>),
        trueClass: wicked,
        classes: [wicked, wicked],
        featureMaps: [{ layer: wicked, maps: report.kernels[0].maps }],
      },
      configuration: [[wicked, wicked]],
      versions: [[wicked, wicked]],
    });
    expect(strange).not.toMatch(/<script|alert\("/);
    expect(textOf(strange).split(wicked).length).toBeGreaterThan(20);
  });

  test('leaves out what there is not', () => {
    const { test: _test, example: _example, ...rest } = report;
    const bare = trainingReportPage({
      ...rest,
      epochs: [],
      lossCurve: { every: 1, losses: [] },
      misclassified: [],
      kernels: [],
    });
    expect(textOf(bare)).toContain('No epoch has been completed.');
    expect([...bare.matchAll(/<section id="(\w+)"/g)].map(([, id]) => id)).toEqual(['learning', 'network', 'settings']);
    expect(bare).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('leads with the best validation accuracy where there was no test', () => {
    const { test: _, ...rest } = report;
    expect(textOf(trainingReportPage(rest))).toContain('96.00 % is the validation accuracy of the best epoch');
    const plain = rest.epochs.map(({ validation: __, ...row }) => row);
    expect(textOf(trainingReportPage({ ...rest, epochs: plain }))).toContain(
      '96.67 % is the training accuracy of the last epoch',
    );
  });

  test('has no column of symbols for a network without them', () => {
    const rows = report.network.rows.map(({ symbol: _, ...row }) => row);
    expect(trainingReportPage({ ...report, network: { ...report.network, rows } })).not.toMatch(/symbol/i);
  });

  test('has curves that go on into an epoch that was not finished', () => {
    const unfinished = trainingReportPage({ ...report, lossCurve: { every: 10, losses: Array(14).fill(1) } });
    expect(unfinished).toContain('<span style="left:100%">4</span>');
    expect(page).toContain('<span style="left:100%">3</span>');
    expect(Math.max(...[...unfinished.matchAll(/[ML](\d+) /g)].map(([, x]) => Number(x)))).toBeLessThanOrEqual(1000);
  });

  test('has a curve through the middle of the batches, however they scatter', () => {
    // Falling by the same factor again and again, and in turn a factor above and below that: on the scale, about a line.
    const losses = Array.from({ length: 41 }, (_, at) => 2 ** (-at / 8) * (at % 2 === 0 ? 1.5 : 1 / 1.5));
    const { test: _, epochs: __, ...rest } = report;
    const drawn = trainingReportPage({ ...rest, epochs: [], lossCurve: { every: 1, losses } });
    const heights = (look: string): number[] => {
      const path = new RegExp(`class="line ${look}" d="(M[^"]+L[^"]+)"`).exec(drawn)?.[1] ?? '';
      return [...path.matchAll(/\d+ (\d+)/g)].map(([, down]) => Number(down));
    };
    const [batches, smooth] = ['batches', 'smooth'].map(heights);
    const between = batches.slice(0, -1).map((down, at) => (down + batches[at + 1]) / 2);
    for (let at = 10; at < 30; at++)
      expect(Math.abs(smooth[at] - (between[at - 1] + between[at]) / 2)).toBeLessThan(10);
  });

  test('survives losses that are NaN or infinite', () => {
    const losses = [2.3, Number.NaN, Number.POSITIVE_INFINITY, 0.5];
    const diverged = trainingReportPage({
      ...report,
      lossCurve: { every: 10, losses },
      epochs: [{ ...epoch(1), loss: Number.NaN }],
    });
    expect(diverged).not.toMatch(/ d="[^"]*(?:NaN|Infinity)/);
  });
});

describe('images in color', () => {
  const colored = { pixels: [255, 0, 0, 0, 255, 0], height: 1, width: 2, channels: 3 };
  const [misclassified] = report.misclassified;
  const markup = trainingReportPage({ ...report, misclassified: [{ ...misclassified, ...colored }] });

  test('are shown with their colors', () => {
    const [, source] = /<img src="data:image\/png;base64,([^"]*)" width="2" height="1"/.exec(markup) ?? [];
    const { pixels, channels } = decodeImage(Buffer.from(source ?? '', 'base64'));
    expect([channels, ...pixels]).toEqual([3, 255, 0, 0, 0, 255, 0]);
  });
});

describe('many classes', () => {
  const count = 40;
  const classes = Array.from({ length: count }, (_, at) => `class ${at}`);
  // Each of the first five is taken for its three neighbors, and for one more.
  const confusion = classes.map((_, at) =>
    classes.map((_, predicted) =>
      predicted === at ? 9 : at < 5 && predicted > at && predicted < at + 5 ? 5 - (predicted - at) : 0,
    ),
  );
  const scores = classes.map(() => ({ support: 9, precision: 1, recall: 1, f1: 1 }));
  const of = (given: readonly (readonly number[])[]): string => {
    const { test, example } = report as Required<TrainingReport>;
    const probabilities = classes.map((_, at) => at / 1000);
    return trainingReportPage({
      ...report,
      test: { ...test, classes, confusion: given, scores },
      example: { ...example, classes, probabilities },
    });
  };

  test('are a list of the worst, and a fold of all', () => {
    const text = textOf(of(confusion));
    expect(text).toContain('The 5 of 40 classes with misclassified images');
    expect(text).toContain('class 0 class 1 ×4, class 2 ×3, class 3 ×2, …');
    expect(text).toContain('All 40 classes');
    expect(of(confusion)).not.toContain('class="confusion');
    expect(text).toContain('the 10 most probable of 40 classes');
  });

  test('of which none was misclassified are said to be so', () => {
    const text = textOf(of(confusion.map((row, at) => row.map((value, predicted) => (at === predicted ? value : 0)))));
    expect(text).toContain('No image of the 40 classes was misclassified.');
  });
});
