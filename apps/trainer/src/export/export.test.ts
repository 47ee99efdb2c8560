/** `longhand export` and `longhand import`, from the outside. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { decodeOnnx, readSafetensors, writeSafetensors } from '@longhand/formats';
import { describeNetwork } from '@longhand/layers';
import type { Tensor } from '@longhand/tensor';
import { decodeModel, encodeModel } from '@longhand/training';
import { describe, expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { fixtureFile } from '../../testing/fixture-model';
import { residualModel } from '../../testing/residual-model';
import { at, testing, training, writeFolder } from '../../testing/test-folder';

const bytesOf = (name: string): Buffer => readFileSync(at(name));

describe('export', () => {
  test('to safetensors is the model file itself', async () => {
    const { code, stdout } = await longhand(['export', fixtureFile, '--output', 'a.safetensors']);
    expect(code).toBe(0);
    expect(bytesOf('a.safetensors')).toEqual(readFileSync(fixtureFile));
    expect(stdout).toBe(`Saved a.safetensors, 17.5 kB. In Python:

  from safetensors.torch import load_file
  network.load_state_dict(load_file("a.safetensors"))   # an nn.Module with the layers conv1, conv2, fc
  logits = network((pixels / 255 - 0.1307) / 0.3081)   # pixels [batch, 1, 28, 28], white on black
`);
  });

  test('to ONNX tells how to run it', async () => {
    const { stdout } = await longhand(['export', fixtureFile, '--output', 'b.onnx', '--opset', '20']);
    expect(stdout).toContain('InferenceSession("b.onnx")');
    expect(stdout).toContain(
      '[logits] = session.run(None, {"input": ((pixels / 255 - 0.1307) / 0.3081).astype(numpy.float32)})',
    );
    expect(decodeOnnx(bytesOf('b.onnx')).opset).toBe(20);
  });

  test('to TensorFlow.js is a folder, which comes back as the same model', async () => {
    const { code, stdout } = await longhand(['export', fixtureFile, '--format', 'tfjs', '--output', 'web']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Saved web\/model\.json, \d\.\d kB, and web\/group1-shard1of1\.bin, 15\.6 kB\. In JavaScript,/,
    );
    expect(stdout).toContain('await tf.loadLayersModel("./web/model.json")');
    expect(stdout).toContain('await model.predict(pixels.div(255).sub(0.1307).div(0.3081)).data()');
    for (const name of ['web', 'web/model.json']) {
      expect(await longhand(['export', name, '--output', 'same.safetensors', '--force'])).toMatchObject({
        code: 0,
        stderr: '',
      });
      expect(bytesOf('same.safetensors')).toEqual(readFileSync(fixtureFile));
    }
    expect((await longhand(['export', fixtureFile, '--format', 'tfjs', '--output', 'web'])).stderr).toContain(
      'web/model.json: expected a new file, but it exists; use --force to overwrite it, or another --output',
    );
  });

  test('to JSON, which tells every weight', async () => {
    await longhand(['export', fixtureFile, '--output', 'c.json']);
    const { parameters, classes, network } = JSON.parse(bytesOf('c.json').toString());
    const { tensors } = readSafetensors(readFileSync(fixtureFile));
    for (const [name, { data }] of tensors) {
      expect(Float32Array.from(parameters[name].flat(4) as number[])).toEqual(data);
    }
    expect(parameters['conv2.weight'][11][5][4]).toHaveLength(5);
    expect(classes[3]).toBe('3');
    expect(network.layers).toHaveLength(8);
  });

  test('of a network with blocks and buffers: all of both, each layer on a line, and PyTorch in evaluation mode', async () => {
    writeFileSync(at('residual.safetensors'), encodeModel(residualModel));
    await longhand(['export', 'residual.safetensors', '--output', 'residual.json']);
    const text = bytesOf('residual.json').toString();
    const { network, parameters, buffers } = JSON.parse(text);
    expect(network).toEqual(describeNetwork(residualModel.network));
    const numbers = { ...parameters, ...buffers };
    const { entries, bufferEntries } = residualModel.parameters;
    for (const { path } of [...entries, ...bufferEntries]) {
      expect(Float32Array.from(numbers[path].flat(4) as number[])).toEqual(residualModel.parameters.get(path).data);
    }
    expect(text).toContain(`
      {"name":"block","kind":"residual","body":[
        {"name":"conv1","kind":"conv2d","outChannels":3,"kernel":3,"padding":1,"bias":false,"stride":2},
        {"name":"bn","kind":"batchNorm"},
`);
    const { stdout } = await longhand(['export', 'residual.safetensors', '--output', 'again.safetensors']);
    expect(stdout).toContain('an nn.Module with the layers conv, bn, block (body, shortcut), fc\n  network.eval()\n');
  });

  test('to a page, named by the format, beside the model', async () => {
    writeFileSync(at('mine.safetensors'), readFileSync(fixtureFile));
    const { stdout } = await longhand(['export', 'mine.safetensors', '--format', 'html']);
    expect(stdout).toMatch(
      /^Saved mine\.html, 1[1-5]\d\.\d kB\. Open it in any browser, or send it to a phone: it works offline\.\n$/,
    );
    expect(bytesOf('mine.html').toString()).toContain('<title>Draw a digit · mine</title>');
  });

  test('to a module with its types beside it, both new', async () => {
    const { code, stdout } = await longhand(['export', fixtureFile, '--output', 'digits.mjs']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Saved digits\.mjs, 4\d\.\d kB, and digits\.d\.mts, 1\.\d kB\. In a page, in Node, Bun or Deno:\n/,
    );
    expect(stdout).toContain('import { classify } from "./digits.mjs";');
    expect(bytesOf('digits.d.mts').toString()).toContain('export type Label = "0" | "1"');
    writeFileSync(at('types.d.ts'), 'mine');
    expect(await longhand(['export', fixtureFile, '--output', 'types.js'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('types.d.ts: expected a new file, but it exists'),
    });
    expect(existsSync(at('types.js'))).toBe(false);
  });

  test('with integers as weights says what that does to the accuracy', async () => {
    writeFolder('digits', training, testing);
    const { code, stdout } = await longhand([
      'export',
      fixtureFile,
      '--output',
      'int8.js',
      '--quantize',
      'int8',
      '--data',
      'digits',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Saved int8\.js, 3\d\.\d kB, and int8\.d\.ts, 1\.\d kB\. Weights are int8: accuracy [\d.]+ % on 40 test images of digits, [\d.]+ % with float32\. In a page/,
    );
    const refused = await longhand(['export', fixtureFile, '--output', 'int8.html', '--quantize', 'int8']);
    expect(refused.stderr).toBe(
      "error: option '--quantize' is for safetensors, onnx or js, whose weights may be integers; leave it out for html\n",
    );
  });

  test('overwrites only when told', async () => {
    writeFileSync(at('taken.onnx'), 'mine');
    const { code, stderr } = await longhand(['export', fixtureFile, '--output', 'taken.onnx']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'error: taken.onnx: expected a new file, but it exists; use --force to overwrite it, or another --output\n',
    });
    expect((await longhand(['export', fixtureFile, '--output', 'taken.onnx', '--force'])).code).toBe(0);
    expect(bytesOf('taken.onnx').length).toBeGreaterThan(16_000);
  });

  test.each<[string, string[], number, string]>([
    [
      'no format',
      [],
      2,
      'expected what to write: --format safetensors, onnx, tfjs, html, js, pytorch or json, or --output with an ending that says it',
    ],
    [
      'another ending',
      ['--output', 'x.pt'],
      2,
      'x.pt: expected a name that ends in .safetensors, .onnx, .html, .js, .py or .json; or say it with --format',
    ],
    [
      'a softmax on a page',
      ['--output', 'x.html', '--softmax'],
      2,
      "option '--softmax' is for onnx or tfjs, where the file runs the network; leave it out for html",
    ],
    [
      'a folder',
      ['--output', 'digits', '--format', 'onnx'],
      2,
      'digits: expected a new file, but it is a folder; try digits/lenet-documented.onnx',
    ],
    [
      'an opset of long ago',
      ['--output', 'x.onnx', '--opset', '9'],
      2,
      "option '--opset <version>' argument '9' is invalid. Expected a whole number from 13 to 24.",
    ],
  ])('refuses %s', async (_, options, code, message) => {
    expect(await longhand(['export', fixtureFile, ...options])).toEqual({
      code,
      stdout: '',
      stderr: `error: ${message}\n`,
    });
  });

  test('a model that is not there leaves no folder behind', async () => {
    expect((await longhand(['export', 'gone.safetensors', '--output', 'made/x.onnx'])).code).toBe(3);
    expect(existsSync(at('made'))).toBe(false);
  });
});

describe('import', () => {
  /** The weights of the fixture for other pixels: its first convolution, which has no padding, takes factor · x + summand. */
  function weightsFor(factor: number, summand: number): Uint8Array {
    const tensors = readSafetensors(readFileSync(fixtureFile)).tensors;
    const { mean, std } = { mean: 0.1307, std: 0.3081 };
    const [weight, bias] = ['conv1.weight', 'conv1.bias'].map((name) => tensors.get(name) as Tensor);
    const size = weight.data.length / bias.data.length;
    bias.data.forEach((_, channel) => {
      for (let k = channel * size; k < (channel + 1) * size; k++) {
        bias.data[channel] += (weight.data[k] * (summand - mean)) / std;
        weight.data[k] *= factor / std;
      }
    });
    return writeSafetensors({ tensors });
  }

  test.each([
    ['from 0 to 1', 1, 0, { mean: 0, std: 1 }],
    ['from −1 to 1', 1 / 2, 1 / 2, { mean: 0.5, std: 0.5 }],
    ['from 0 to 255', 1 / 255, 0, { mean: 0, std: 1 / 255 }],
    ['from 0 to 1, inverted', -1, 1, { mean: 1, std: 1 }],
  ])('of weights that take pixels %s finds that out, and keeps it', async (name, factor, summand, normalization) => {
    writeFileSync(at('pixels.safetensors'), weightsFor(factor, summand));
    const { stdout } = await longhand([
      'import',
      'pixels.safetensors',
      '--output',
      'pixels-own.safetensors',
      '--force',
    ]);
    expect(stdout).toMatch(
      new RegExp(`  pixels ${name}: the best of 8 usual ways, 9\\d\\.\\d+ % of 1,000 training images, ahead of `),
    );
    expect(decodeModel(bytesOf('pixels-own.safetensors'), 'own').normalization).toEqual(normalization);
    const { stderr } = await longhand(['evaluate', 'pixels.safetensors']);
    expect(stderr).toContain(`pixels ${name}: the best of 8 usual ways`);
  });

  test('of an ONNX file that longhand wrote gives the model file back', async () => {
    await longhand(['export', fixtureFile, '--output', 'back.onnx', '--softmax', '--normalization', 'inside']);
    const { code, stdout, stderr } = await longhand(['import', 'back.onnx']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /Saved models\/back\.safetensors\. Evaluate it with\n {2}longhand evaluate models\/back\.safetensors\n$/,
    );
    expect(bytesOf('models/back.safetensors')).toEqual(readFileSync(fixtureFile));
  });

  test('of weights alone says what it took', async () => {
    const tensors = [...readSafetensors(readFileSync(fixtureFile)).tensors].map(
      ([name, values]) => [`module.${name}`, values] as const,
    );
    writeFileSync(at('weights.safetensors'), writeSafetensors({ tensors }));
    const { code, stdout } = await longhand(['import', 'weights.safetensors', '--output', 'w.safetensors']);
    expect(code).toBe(0);
    const matched = `
  conv1.weight ← module.conv1.weight [6, 1, 5, 5]
  conv1.bias ← module.conv1.bias [6]
  conv2.weight ← module.conv2.weight [12, 6, 5, 5]
  conv2.bias ← module.conv2.bias [12]
  fc.weight ← module.fc.weight [10, 192]
  fc.bias ← module.fc.bias [10]
`;
    expect(stdout).toContain(`\nThe file has other names; its tensors were taken as:${matched}\n`);
    expect(stdout).toContain(`The file does not say, so this is assumed:
  the network lenet-documented, which its shapes fit (--network)
  the activation relu (--activation)
  the pooling max (--pooling)
  pixels normalized as MNIST’s, by the mean 0.1307 and the standard deviation 0.3081: the best of 8 usual ways, 9`);
    const direct = await longhand(['evaluate', 'weights.safetensors', '--data', 'digits']);
    const named = `note: weights.safetensors has other names; its tensors were taken as${matched}`;
    expect(direct.stderr.slice(0, named.length)).toBe(named);
    expect(direct.stderr.slice(named.length)).toMatch(
      /^note: weights\.safetensors does not say everything; assumed: the network .*\n$/,
    );
    const json = await longhand(['evaluate', 'weights.safetensors', '--data', 'digits', '--json']);
    const { matched: pairs } = JSON.parse(json.stdout);
    expect(json.stderr).not.toContain('←');
    expect(pairs).toHaveLength(6);
    expect(pairs[0]).toEqual({ parameter: 'conv1.weight', tensor: 'module.conv1.weight', shape: [6, 1, 5, 5] });
    expect(direct.stdout).toBe((await longhand(['evaluate', fixtureFile, '--data', 'digits'])).stdout);
    expect(await longhand(['evaluate', 'w.safetensors', '--data', 'digits'])).toMatchObject({
      stderr: '',
      stdout: direct.stdout,
    });
  });

  test.each<[string, string[], number, string]>([
    [
      'a model file',
      [fixtureFile],
      2,
      `${fixtureFile}: expected a file of another program, got a model file of longhand; use it as it is`,
    ],
    ['a file that is not there', ['nowhere.onnx'], 3, 'nowhere.onnx: expected a model file, but there is no such file'],
    [
      'half a normalization',
      ['x.onnx', '--normalize-by', '0.5'],
      2,
      "option '--normalize-by <mean,std>' argument '0.5' is invalid. Expected a mean and a standard deviation above 0, such as 0.1307,0.3081.",
    ],
    [
      'two networks',
      ['x.onnx', '--model', 'net.json', '--network', 'wide'],
      2,
      "option '--model <file>' cannot be used with option '--network <name>'",
    ],
  ])('refuses %s', async (_, options, code, message) => {
    expect(await longhand(['import', ...options])).toEqual({ code, stdout: '', stderr: `error: ${message}\n` });
  });
});
