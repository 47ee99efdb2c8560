/** `longhand visualize` from the outside: every layer under its symbol, sheet and page, and what is refused. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeImage, encodePng } from '@longhand/datasets/node';
import { encodeModel } from '@longhand/training';
import { beforeAll, describe, expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { pictures } from '../../testing/pictures';
import { residualModel } from '../../testing/residual-model';
import { at, quick } from '../../testing/test-folder';

const model = ['--model', 'reader.safetensors'];

beforeAll(() => {
  copyFileSync(
    fileURLToPath(new URL('../../fixtures/lenet-documented.safetensors', import.meta.url)),
    at('reader.safetensors'),
  );
  writeFileSync(at('three.png'), encodePng(pictures[3]));
});

/** The rows of maps in an output. */
function headingsOf(stdout: string): string[] {
  const headings = stdout.split('\n').filter((line) => /^\p{L}.* {2}\S/u.test(line) && !/[█%░▒▓]/.test(line));
  return headings.map((line) => line.split('  ')[0]);
}

describe('shows', () => {
  test('the input, every layer of the notes, where it looks, and the gradient', async () => {
    const { code, stdout, stderr } = await longhand(['visualize', 'three.png', ...model]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^three\.png: predicted 3, [\d.]+ %\n/);
    expect(headingsOf(stdout)).toEqual(['input', ...['C¹', 'P¹', 'C²', 'P²', 'v', 'o'], ...['occlusion', 'gradient']]);
  });

  test('layers within blocks; of a normalization and an activation only the last, and no dropout', async () => {
    writeFileSync(at('residual.safetensors'), encodeModel(residualModel));
    const { code, stdout } = await longhand(['visualize', 'three.png', '--model', 'residual.safetensors']);
    expect(code).toBe(0);
    expect(headingsOf(stdout)).toEqual([
      ...['input', 'relu1', 'block.body.relu', 'block.body.conv2', 'block.shortcut.bn', 'relu2', 'pool', 'fc'],
      ...['occlusion', 'gradient'],
    ]);
  });

  test('another class on request, and a network of other layers', async () => {
    const other = (await longhand(['visualize', 'three.png', '--class', '8', ...model])).stdout;
    expect(other).toContain('the derivative of the logit of 8');
    await longhand(['train', ...quick, '--network', 'wide', '--epochs', '1', '--limit', '16', '--name', 'wide']);
    expect(await longhand(['visualize', 'three.png', '--model', 'runs/wide/last.safetensors'])).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  test('a sheet and a page, which needs nothing from elsewhere', async () => {
    const { code, stdout } = await longhand([
      'visualize',
      'three.png',
      '--png',
      'maps.png',
      '--html',
      'maps.html',
      ...model,
    ]);
    expect([code, stdout.split('\n')[1]]).toEqual([0, 'Saved maps.png and maps.html']);
    expect(decodeImage(readFileSync(at('maps.png'))).width).toBeLessThanOrEqual(960);
    const page = readFileSync(at('maps.html'), 'utf8');
    expect(page.match(/<img src="data:image\/png;base64,/g)?.length).toBe(1 + 1 + 6 + 6 + 12 + 12 + 1 + 2);
    expect(page).toMatch(/<h2>C¹ {2}\(relu1\) <small>from 0 to [\d.]+<\/small><\/h2>\n<p>activation, 24×24×6<\/p>/);
    expect(page).toMatch(
      /The unchanged image has [\d.]+ % for 3\. With 5×5 pixels hidden around row \d+, column \d+, that falls to [\d.]+ %: [\d.]+ percentage points,/,
    );
    expect(page).toContain('The numbers of the maps before it as one list, here in rows of 16.');
    expect(page.match(/<td class="bar signs">/g)).toHaveLength(10);
    expect(page).not.toMatch(/https?:|<script src/);
    // A frame around the digit, and the numbers of every map for the pointer.
    expect(page).toMatch(
      /<div class="photograph"><img [^>]+><i style="left:[\d.]+%;top:[\d.]+%;width:[\d.]+%;height:[\d.]+%"><\/i>/,
    );
    expect(page.match(/ data-columns="24" data-values="/g)).toHaveLength(6);
  });
});

describe('refuses', () => {
  test.each<[string[], number, RegExp]>([
    [
      ['three.png', '--class', 'x'],
      2,
      /^error: option '--class' expects one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, got 'x'\n$/,
    ],
    [['none.png'], 3, /^error: none\.png: expected a picture, but there is no such file; check the path\n$/],
    [
      ['three.png', '--png', 'both', '--html', './both'],
      2,
      /^error: option '--html' expects another file than --png, got \.\/both for both\n$/,
    ],
    [
      ['three.png', '--png', 'three.png'],
      2,
      /^error: three\.png: expected a new file, but it exists; [^\n]+another --png\n$/,
    ],
  ])('%j', async (options, exitCode, message) => {
    const { code, stdout, stderr } = await longhand(['visualize', ...options, ...model]);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([exitCode, '']);
  });
});
