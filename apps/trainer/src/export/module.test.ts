/** The module that `longhand export --format js` writes: the same answers as `longhand predict`, wherever it runs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { imageAt, subset } from '@longhand/datasets';
import { exporterOf, type FormatOptions } from '@longhand/exporters';
import { prepareDigit } from '@longhand/handwriting';
import { loadMnist } from '@longhand/mnist/node';
import { seededRandom } from '@longhand/tensor';
import { calibrate, classifier, doubtOf, type Model, quantizedModel } from '@longhand/training';
import { chromium as playwright } from 'playwright-core';
import ts from 'typescript';
import { afterAll, describe, expect, test } from 'vitest';
import { everyLayer, madeModel, otherInputs, outputOf } from '../../testing/every-layer';
import { fixtureModel } from '../../testing/fixture-model';
import { chromium, testedRuntimes } from '../../testing/programs';

const folder = mkdtempSync(join(tmpdir(), 'longhand-module-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Module {
  readonly classes: readonly string[];
  readonly classify: (image: unknown) => {
    readonly label: string;
    readonly probability: number;
    readonly sure: boolean;
    readonly probabilities: Float64Array;
    readonly image: Uint8Array;
  };
  readonly forward: (image: ArrayLike<number>) => Float64Array;
}

/** Writes a module and its types; gives its path and its text. */
async function written(
  model: Model,
  name: string,
  options: FormatOptions = {},
): Promise<{ readonly path: string; readonly text: string }> {
  const path = join(folder, name);
  const exporter = await exporterOf('js');
  const { files } = await exporter(model, { stem: 'model', output: path, options });
  for (const { path, bytes } of files) writeFileSync(path, bytes);
  return { path, text: new TextDecoder().decode(files[0].bytes) };
}

async function imported(model: Model, name: string): Promise<Module> {
  const { path } = await written(model, name);
  return import(/* @vite-ignore */ pathToFileURL(path).href);
}

const random = seededRandom(3);
const randomImage = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.integer(256));

describe('the network', () => {
  test.each(Object.entries({ ...everyLayer, ...otherInputs }))('%s', async (title, model) => {
    const { forward, classes } = await imported(model, `${title.replaceAll(/\W/g, '-')}.js`);
    expect(classes).toEqual(model.classes);
    for (let k = 0; k < 3; k++) {
      const image = randomImage(model.network.inputShape.reduce((size, extent) => size * extent));
      const expected = outputOf(model, image);
      const range = Math.max(1, ...expected.map(Math.abs));
      for (const [at, value] of forward(image).entries()) {
        expect(Math.abs(value - expected[at]) / range).toBeLessThan(2e-6);
      }
    }
  });

  test('a layer that modules do not have is refused in one line', async () => {
    const model = madeModel([
      'flatten',
      { kind: 'reshape', shape: [14, 14, 4] },
      'globalAveragePool',
      { kind: 'dense', outFeatures: 10 },
    ]);
    await expect(written(model, 'none.js')).rejects.toThrow(
      /^reshape: expected a layer that modules know, got a reshape to \[14, 14, 4\]; use safetensors$/,
    );
  });
});

describe('the documented network', () => {
  const digits = subset(loadMnist({ split: 'test' }), { from: 0, to: 300 });

  test('is smaller than 41 kB', async () => {
    expect((await written(fixtureModel, 'documented.js')).text.length).toBeLessThan(41_000);
  });

  test('gives the probabilities of predict for images as MNIST has them', async () => {
    const { classify } = await imported(fixtureModel, 'images.js');
    const images = Array.from({ length: digits.count }, (_, k) => imageAt(digits, k));
    const expected = classifier(fixtureModel).classify(images);
    for (const [k, image] of images.entries()) {
      const { label, probability, probabilities } = classify(image);
      for (const [c, own] of probabilities.entries()) expect(Math.abs(own - expected[k][c])).toBeLessThan(1e-5);
      expect(label).toBe(String(expected[k].indexOf(Math.max(...expected[k]))));
      expect(probability).toBe(Math.max(...probabilities));
    }
  });

  test.each(['calibrated', 'not calibrated'])('is as sure as predict: %s', async (title) => {
    const calibration = title === 'calibrated' ? await calibrate({ ...fixtureModel, dataset: digits }) : undefined;
    const model = { ...fixtureModel, ...(calibration && { calibration }) };
    const { path, text } = await written(model, `${title.replace(' ', '-')}.js`);
    const { classify }: Module = await import(/* @vite-ignore */ pathToFileURL(path).href);
    // Digits, and two digits over one another.
    const single = Array.from({ length: 150 }, (_, k) => imageAt(digits, k));
    const double = single.map((image, k) => image.map((level, at) => Math.max(level, imageAt(digits, 299 - k)[at])));
    const images = [...single, ...double];
    const own = classifier(model);
    const verdicts = images.map((given) => {
      const { sure, probabilities, image } = classify(given);
      const [expected] = own.classify([image]);
      for (const [c, probability] of probabilities.entries()) {
        expect(Math.abs(probability - expected[c])).toBeLessThan(1e-4);
      }
      expect(sure).toBe(doubtOf(expected, calibration) === undefined);
      return sure;
    });
    expect(verdicts.filter((sure) => sure).length).toBeGreaterThan(100);
    expect(verdicts.filter((sure) => !sure).length).toBeGreaterThan(20);
    expect(text.length).toBeLessThan(42_000);
  });

  test('with integers as weights gives the probabilities of those', async () => {
    const { path, text } = await written(fixtureModel, 'int8.js', { quantize: 'int8' });
    expect(text.length).toBeLessThan(31_000);
    const { classify }: Module = await import(/* @vite-ignore */ pathToFileURL(path).href);
    const image = imageAt(digits, 0);
    const [expected] = classifier(quantizedModel(fixtureModel)).classify([image]);
    for (const [c, own] of classify(image).probabilities.entries()) {
      expect(Math.abs(own - expected[c])).toBeLessThan(1e-5);
    }
  });

  test('prepares drawings on a canvas as predict does', async () => {
    const { classify } = await imported(fixtureModel, 'drawings.js');
    const drawn = Array.from({ length: 18 }, (_, k) => {
      const drawing = drawingOf(imageAt(digits, k), 2 + (k % 5), k % 3);
      const { width, height, data } = drawing;
      return { drawing, prepared: prepareDigit({ width, height, channels: 4, pixels: data }).image };
    });
    const expected = classifier(fixtureModel).classify(drawn.map(({ prepared }) => prepared));
    for (const [k, { drawing, prepared }] of drawn.entries()) {
      const { image, probabilities } = classify(drawing);
      expect(image).toEqual(prepared);
      for (const [c, own] of probabilities.entries()) expect(Math.abs(own - expected[k][c])).toBeLessThan(1e-5);
    }
  });

  test.each([
    ['a blank canvas', { width: 40, height: 40, data: new Uint8ClampedArray(6400) }, /^picture: /],
    ['other numbers than bytes', { width: 2, height: 2, data: new Float32Array(16) }, /expected pixels as bytes/],
    ['another count', new Uint8Array(783), /expected 784 numbers for 28 × 28 pixels of 1 channels, got 783/],
  ])('says in a line what cannot be classified: %s', async (_, image, message) => {
    const { classify } = await imported(fixtureModel, 'refusing.js');
    expect(() => classify(image)).toThrow(message);
  });

  test('has types that a strict program compiles with, without those of pages', async () => {
    const { path } = await written(fixtureModel, 'typed.js');
    const program = join(folder, 'program.mts');
    writeFileSync(
      program,
      `import { type Classification, classes, classify, forward, type Label } from './typed.js';
const { label, probability, sure, probabilities, image }: Classification = classify({ width: 2, height: 1, data: new Uint8ClampedArray(8) });
const digit: Label = label;
const is3: boolean = sure && label === '3';
console.log(digit, is3, probability + probabilities[0] + forward(image)[0], classes.length, classify(new Uint8Array(784)));
// @ts-expect-error no class has this name
console.log(label === 'eleven');
`,
    );
    const options = {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts'],
      types: [],
      module: ts.ModuleKind.NodeNext,
    };
    const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([program, path.replace(/js$/, 'd.ts')], options));
    const messages = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    // Without the types of pages there is no console.
    expect(messages.filter((message) => !message.includes("'console'"))).toEqual([]);
  });
});

test('images in another layout and pictures are prepared as predict does', async () => {
  const light = {
    ...fixtureModel,
    data: {
      name: 'light',
      layout: { orientation: 'upright', background: 'light', framing: { kind: 'box', extent: 0.8 }, firstLabel: 0 },
    },
  } as const satisfies Model;
  const { classify } = await imported(light, 'light.js');
  const drawing = drawingOf(imageAt(loadMnist({ split: 'test' }), 4), 5, 0);
  expect(classify(drawing).image.filter((level) => level > 200).length).toBeGreaterThan(400);
  const colored = await imported(otherInputs.colors, 'colored.js');
  const picture = { width: 30, height: 24, data: randomImage(30 * 24 * 4) };
  const { image, probabilities } = colored.classify(picture);
  expect(image).toHaveLength(240);
  expect([...probabilities].reduce((sum, share) => sum + share)).toBeCloseTo(1);
});

/** A digit drawn large on a canvas: opaque, transparent, or light on dark. */
function drawingOf(
  digit: Uint8Array,
  scale: number,
  paper: number,
): { width: number; height: number; data: Uint8ClampedArray } {
  const side = 28 * scale;
  const data = new Uint8ClampedArray(side * side * 4);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const ink = digit[Math.floor(y / scale) * 28 + Math.floor(x / scale)];
      const level = paper === 0 ? 255 - ink : paper === 1 ? 0 : ink;
      data.set([level, level, level, paper === 1 ? ink : 255], 4 * (y * side + x));
    }
  }
  return { width: side, height: side, data };
}

describe('elsewhere', () => {
  const script = `import { classify } from './here.js';
const image = new Uint8Array(784);
for (let y = 4; y < 24; y++) image.fill(255, 28 * y + 13, 28 * y + 15);
console.log(classify(image).label, classify(image).probability.toFixed(6));
`;

  async function answerHere(): Promise<string> {
    await written(fixtureModel, 'here.js');
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'script.js'), script);
    return spawnSync(process.execPath, ['script.js'], { cwd: folder, encoding: 'utf8' }).stdout;
  }

  for (const { title, call } of testedRuntimes) {
    test.skipIf(call === undefined)(`${title} gives the same (skipped where it is not on the PATH)`, async () => {
      const expected = await answerHere();
      const [program, ...options] = call ?? [''];
      const { stdout } = spawnSync(program, [...options, 'script.js'], { cwd: folder, encoding: 'utf8' });
      expect(expected).toMatch(/^1 0\.\d{6}\n$/);
      expect(stdout).toBe(expected);
    });
  }

  test.skipIf(chromium === undefined)('a page in Chromium gives the same (skipped where there is none)', async () => {
    const { text } = await written(fixtureModel, 'here.js');
    const page = `<canvas width="280" height="280"></canvas>
<script type="module">
import { classify } from './digits.js';
globalThis.classify = classify;
</script>`;
    const server = createServer((request, response) => {
      const isModule = request.url === '/digits.js';
      response.setHeader('Content-Type', isModule ? 'text/javascript' : 'text/html');
      response.end(isModule ? text : page);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const browser = await playwright.launch({ executablePath: chromium ?? '', chromiumSandbox: false });
    try {
      const opened = await browser.newPage();
      await opened.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const result = await opened.evaluate(() => {
        const canvas = document.querySelector('canvas') as HTMLCanvasElement;
        const context = canvas.getContext('2d') as CanvasRenderingContext2D;
        context.lineWidth = 20;
        context.lineCap = 'round';
        context.moveTo(100, 70);
        context.lineTo(180, 70);
        context.lineTo(120, 210);
        context.stroke();
        const drawing = context.getImageData(0, 0, 280, 280);
        const { label, probabilities, image } = (globalThis as unknown as Module).classify(drawing);
        return {
          label,
          probabilities: [...probabilities] as number[],
          image: [...image] as number[],
          data: [...drawing.data],
        };
      });
      const prepared = prepareDigit({
        width: 280,
        height: 280,
        channels: 4,
        pixels: Uint8ClampedArray.from(result.data),
      });
      const [expected] = classifier(fixtureModel).classify([prepared.image]);
      expect(result.label).toBe('7');
      expect(result.image).toEqual([...prepared.image]);
      for (const [c, own] of result.probabilities.entries()) expect(Math.abs(own - expected[c])).toBeLessThan(1e-5);
    } finally {
      await browser.close();
      server.close();
    }
  });
});
