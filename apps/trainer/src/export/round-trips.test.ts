/**
 * Out and back, on all 10,000 test digits: what is exported gives Longhand's logits in PyTorch, onnxruntime, onnxruntime-web and as a
 * module, and what PyTorch and ONNX's own library save of it comes back as the same numbers. Python is where `LONGHAND_PYTHON` says.
 *
 * @module-tag exhaustive
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { channelNormalizations, imageAt } from '@longhand/datasets';
import { encodeNpz } from '@longhand/datasets/node';
import { exporterOf, type FormatName, type FormatOptions } from '@longhand/exporters';
import { referenceKernels } from '@longhand/kernels';
import { loadMnist } from '@longhand/mnist/node';
import { decodeOnnxModel, type Model, parametersOfStateDict, quantizedModel, readStateDict } from '@longhand/training';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureModel } from '../../testing/fixture-model';
import { python } from '../../testing/programs';
import { residualModel } from '../../testing/residual-model';

env.wasm.numThreads = 1;

const folder = mkdtempSync(join(tmpdir(), 'longhand-round-trips-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const digits = loadMnist({ split: 'test' });

/** Writes an export into the folder. */
async function write(format: FormatName, model: Model, name: string, options: FormatOptions = {}): Promise<void> {
  const exporter = await exporterOf(format);
  const { files } = await exporter(model, { stem: 'model', output: at(name), options });
  for (const { path, bytes } of files) writeFileSync(path, bytes);
}

const [{ mean, std }] = channelNormalizations('digits', fixtureModel.normalization, 1);
const normalized = (images: Uint8Array): Float32Array => Float32Array.from(images, (byte) => (byte / 255 - mean) / std);

/**
 * The logits of all digits, ten for each, by the plain loops, whose sums are float64. Those of the vectors are farther from all others than
 * these from each other: Winograd's convolutions round more.
 */
function logitsOf({ network, parameters }: Model): Float32Array {
  const kernels = referenceKernels;
  const own = network.zeros({ kernels });
  own.values.set(parameters.values);
  own.buffers.set(parameters.buffers);
  const pass = network.prepare({ kernels, parameters: own, capacity: 16, mode: 'evaluate' });
  const logits = new Float32Array(10 * digits.count);
  for (let from = 0; from < digits.count; from += 16) {
    for (let n = 0; n < 16; n++) {
      for (const [pixel, x] of normalized(imageAt(digits, from + n)).entries()) pass.input[16 * pixel + n] = x;
    }
    pass.forward();
    for (let n = 0; n < 16; n++) {
      for (let c = 0; c < 10; c++) logits[10 * (from + n) + c] = pass.output[16 * c + n];
    }
  }
  pass.release();
  return logits;
}

/** The same predictions, and logits within 1e-5 of their size where that is more than one. */
function expectSame(got: ArrayLike<number>, expected: Float32Array): void {
  expect(got).toHaveLength(expected.length);
  const predicted = (logits: ArrayLike<number>, k: number): number => {
    const row = Array.from({ length: 10 }, (_, c) => logits[10 * k + c]);
    return row.indexOf(Math.max(...row));
  };
  let [farthest, differing] = [0, 0];
  for (let k = 0; k < expected.length; k++) {
    farthest = Math.max(farthest, Math.abs(got[k] - expected[k]) / Math.max(1, Math.abs(expected[k])));
  }
  for (let k = 0; k < digits.count; k++) if (predicted(got, k) !== predicted(expected, k)) differing++;
  expect(differing).toBe(0);
  expect(farthest).toBeLessThan(1e-5);
}

describe.each([
  ['documented', fixtureModel],
  ['residual', residualModel],
])('the %s network', (name, model) => {
  let expected: Float32Array;
  beforeAll(() => {
    expected = logitsOf(model);
  });

  test('as a module', async () => {
    await write('js', model, `${name}.mjs`);
    const { forward } = await import(/* @vite-ignore */ pathToFileURL(at(`${name}.mjs`)).href);
    const got = Array.from({ length: digits.count }, (_, k) => [...forward(imageAt(digits, k))]).flat();
    expectSame(got, expected);
  });

  test('in onnxruntime-web', async () => {
    await write('onnx', model, `${name}.onnx`);
    const session = await InferenceSession.create(readFileSync(at(`${name}.onnx`)));
    const got = new Float32Array(expected.length);
    for (let from = 0; from < digits.count; from += 500) {
      const images = digits.images.subarray(784 * from, 784 * (from + 500));
      const { logits } = await session.run({ input: new Tensor('float32', normalized(images), [500, 1, 28, 28]) });
      got.set(logits.data as Float32Array, 10 * from);
    }
    await session.release();
    expectSame(got, expected);
  });

  test.skipIf(python === undefined)(
    'in PyTorch and onnxruntime, and back (skipped where LONGHAND_PYTHON names none)',
    async () => {
      await write('pytorch', model, `${name}.py`);
      await write('onnx', model, `${name}.onnx`, { opset: 20 });
      await write('onnx', model, `${name}-int8.onnx`, { quantize: 'int8' });
      writeFileSync(at('digits.npz'), encodeNpz({ images: { shape: [digits.count, 784], data: digits.images } }));
      writeFileSync(
        at('run.py'),
        `import importlib, sys, numpy, onnx, onnxruntime, safetensors.torch, torch
name = sys.argv[1]
program = importlib.import_module(name)
images = numpy.load("digits.npz")["images"]
network = program.load()
with torch.inference_mode():
    x = program.prepare(images)
    network(x).numpy().tofile("pytorch.bin")
torch.save(network.state_dict(), f"{name}.pt")
safetensors.torch.save_file(network.state_dict(), f"{name}-back.safetensors")
for file in (f"{name}.onnx", f"{name}-int8.onnx"):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    [logits] = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"]).run(None, {"input": x.numpy()})
    logits.tofile(f"{file}.bin")
    onnx.save(model, f"back-{file}")
`,
      );
      const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
      const { status, stderr } = spawnSync(python ?? '', ['run.py', name], { cwd: folder, encoding: 'utf8', env });
      expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
      const floatsOf = (file: string): Float32Array => new Float32Array(Uint8Array.from(readFileSync(at(file))).buffer);
      expectSame(floatsOf('pytorch.bin'), expected);
      expectSame(floatsOf(`${name}.onnx.bin`), expected);
      const quantized = quantizedModel(model);
      expectSame(floatsOf(`${name}-int8.onnx.bin`), logitsOf(quantized));

      const { values, buffers } = model.parameters;
      for (const file of [`${name}.pt`, `${name}-back.safetensors`]) {
        const back = parametersOfStateDict(readStateDict(readFileSync(at(file)), file).tensors, model.network, file);
        expect([back.values, back.buffers]).toEqual([values, buffers]);
      }
      const ofOnnx = (file: string): Float32Array =>
        decodeOnnxModel(readFileSync(at(file)), file).parameters.values as Float32Array;
      expect(ofOnnx(`back-${name}.onnx`)).toEqual(values);
      expect(ofOnnx(`back-${name}-int8.onnx`)).toEqual(quantized.parameters.values);
    },
  );
});
