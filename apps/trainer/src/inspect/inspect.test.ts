/** `longhand inspect` from the outside: what is in a model file, in words, figures, pictures and JSON. */
// cspell:ignore layr
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeNetwork, networkFrom } from '@longhand/layers';
import { decodeModel, encodeModel } from '@longhand/training';
import { describe, expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { residualModel } from '../../testing/residual-model';
import { at } from '../../testing/test-folder';

const file = fileURLToPath(new URL('../../fixtures/lenet-documented.safetensors', import.meta.url));
const model = decodeModel(readFileSync(file), file);

describe('a saved model', () => {
  test('is told layer by layer, with its record, its figures and its kernels', async () => {
    const { code, stdout, stderr } = await longhand(['inspect', file]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/\nconv1 +conv2d +k¹, b¹ +24×24×6 +156 +86,400\n/);
    expect(stdout).toContain('pixels p as (p / 255 − 0.1307) / 0.3081\nclasses  0  1  2');
    expect(stdout).toMatch(/\nbatch size +\d+\n/);
    expect(stdout).toMatch(/\nimages +60,000\n/);
    // What does not fit into the line goes on under the value.
    expect(stdout).toMatch(/\noptimizer {3}adamw {2}learning rate [\d.]+ .*\n {12}weight decay [\d.]+\n/);
    expect(stdout).toMatch(/\nconv2\.weight +12×6×5×5 +1,800 +−?[\d.e-]+ +[\d.]+ +−[\d.]+ +[\d.]+ +0 %\n/);
    expect(stdout).toMatch(
      /\nKernels: conv1\.weight\n−([\d.]+) == ~~ -- ·· \+\+ \*\* ## \1\n\n([-=~·+*#]{10}( {2}|\n)){30}\[0\] +\[1\] /,
    );
  });

  test('draws the kernels of the layer asked for', async () => {
    const { stdout } = await longhand(['inspect', file, '--layer', 'conv2']);
    const pictures = stdout.slice(stdout.indexOf('Kernels: conv2.weight'));
    expect(pictures.match(/^\[\d+\]$/gm)).toHaveLength(12);
    expect(pictures.match(/[-=~·+*#]{10}/g)).toHaveLength(12 * 6 * 5);
  });

  test('as a line of JSON, with a network that --model takes', async () => {
    const { code, stdout } = await longhand(['inspect', file, '--json']);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ file, bytes: readFileSync(file).length, parameters: 3898, multiplyAdds: 203_520 });
    expect(describeNetwork(networkFrom(told.network))).toEqual(describeNetwork(model.network));
    expect(told.statistics[0]).toMatchObject({ path: 'conv1.weight', count: 150 });
    expect(told).not.toHaveProperty('kernels');
    const { kernels } = JSON.parse((await longhand(['inspect', file, '--json', '--layer', 'conv1'])).stdout);
    expect(kernels.values).toEqual([...model.parameters.get('conv1.weight').data]);
  });
});

test('layers within blocks and buffers are told, and their kernels drawn', async () => {
  writeFileSync(at('residual'), encodeModel(residualModel));
  const { stdout } = await longhand(['inspect', 'residual', '--layer', 'block.body.conv2']);
  expect(stdout).toMatch(/\nblock\.body\.conv1 +conv2d +4×4×3 +54 +864\n/);
  expect(stdout).toMatch(/\nblock\.shortcut\.bn +batchNorm +4×4×3 +6 +48\nblock +residual +4×4×3 *\n/);
  expect(stdout).toContain('\nBesides, 16 numbers in buffers are kept but not learned.\n');
  expect(stdout).toMatch(/\nBuffers\nbuffer .+\n─+\nbn\.running_mean +2 +1\.05 /);
  expect(stdout).toContain('\nKernels: block.body.conv2.weight\n');
  const told = JSON.parse((await longhand(['inspect', 'residual', '--json'])).stdout);
  expect(told).toMatchObject({ parameters: residualModel.network.parameterCount, buffers: 16 });
  const paths = told.bufferStatistics.map(({ path }: { path: string }) => path);
  expect(paths).toEqual(residualModel.network.bufferEntries.map(({ path }) => path));
  expect(describeNetwork(networkFrom(told.network))).toEqual(describeNetwork(residualModel.network));
});

describe('other models', () => {
  function saved(name: string, changes: Partial<typeof model>): string {
    writeFileSync(at(name), encodeModel({ ...model, ...changes }));
    return name;
  }

  test('without a record, or with a strange one', async () => {
    expect((await longhand(['inspect', saved('bare', { training: {} })])).stdout).toContain(
      '\nTraining\nnot recorded in the file\n',
    );
    const training = { data: 'mine\u001b[2J', seeds: [1, 2], best: { epoch: 3, at: null }, done: true };
    expect((await longhand(['inspect', saved('strange', { training })])).stdout).toContain(
      '\ndata   mine␛[2J\nseeds  1, 2\nbest   epoch 3  at null\ndone   true\n',
    );
  });

  test('a dense layer on the image is drawn as images; where there are no kernels there are no pictures', async () => {
    const layers = ['flatten', { kind: 'dense', outFeatures: 10 }];
    const network = networkFrom({ layers }, { input: [28, 28, 1] });
    const drawn = (await longhand(['inspect', saved('flat', { network, parameters: network.zeros() })])).stdout;
    expect(drawn).toMatch(/\nKernels: fc\.weight\n/);
    expect(drawn.match(/^·{28} {2}·{28}$/gm)).toHaveLength(5 * 14);
    expect(drawn).toMatch(/\nfc\.bias +10 +10 +0 +0 +0 +0 +100\.0 %\n/);
    const vector = networkFrom({ input: [4], layers: [{ kind: 'dense', outFeatures: 10 }] });
    const plain = saved('plain', { network: vector, parameters: vector.zeros() });
    expect((await longhand(['inspect', plain])).stdout).not.toContain('Kernels');
    expect(await longhand(['inspect', plain, '--layer', 'fc'])).toMatchObject({
      code: 2,
      stderr:
        "error: option '--layer' expects a layer with kernels, but this model has none; got 'fc', whose weights are no images\n",
    });
  });
});

test.each<[string[], number, RegExp]>([
  [[], 2, /missing required argument 'model'/],
  [['gone'], 3, /^error: gone: expected a model file, but there is no such file\n$/],
  [['digits'], 3, /^error: digits: expected a model file, but it is a folder; give the file of a model, or [\w ]+\n$/],
  [[file, '--layer', 'conv3'], 2, /^error: option '--layer' expects one of conv1, conv2, fc; got 'conv3'\n$/],
  [[file, '--layer', 'pool1'], 2, /; got 'pool1', whose weights are no images\n$/],
  [[file, '--layr'], 2, /Did you mean --layer/],
])('%j is refused', async (options, exitCode, message) => {
  const { code, stdout, stderr } = await longhand(['inspect', ...options]);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([exitCode, '']);
});

test('a file of another program is inspected as other commands read it', async () => {
  expect(await longhand(['export', file, '--output', 'inspected.onnx'])).toMatchObject({ code: 0 });
  const { code, stdout } = await longhand(['inspect', 'inspected.onnx']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nconv1 +conv2d +k¹, b¹ +24×24×6 +156 +86,400\n/);
});
