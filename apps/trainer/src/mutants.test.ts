/**
 * Files that were damaged, or made to do harm, given to the command: every reader and every record. Each mutant is taken or refused in
 * a line, in no more than a second and 256 MB beyond what the whole file takes. LONGHAND_FAULTS=100000 tries more of them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { subset, writeIdx } from '@longhand/datasets';
import { encodeNpz } from '@longhand/datasets/node';
import { loadMnist } from '@longhand/mnist/node';
import { seededRandom } from '@longhand/tensor';
import { encodeOnnxModel, encodeTfjsModel } from '@longhand/training';
import { zipSync } from 'fflate';
import { beforeAll, expect, test, vi } from 'vitest';
import { longhand } from '../testing/command-in-process';
import { fixtureFile, fixtureModel } from '../testing/fixture-model';
import { mutated, type Structure } from '../testing/mutations';
import { at } from '../testing/test-folder';

vi.mock('./command/engine-session', async () => (await import('../testing/command-in-process')).sessionInThisThread);

const mutants = Number(process.env.LONGHAND_FAULTS ?? 200);
const repository = (path: string): Uint8Array =>
  readFileSync(fileURLToPath(new URL(`../../../packages/${path}`, import.meta.url)));

/** One kind of file: its honest bytes, and the command that reads it. */
interface Subject {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly structure: Structure;
  readonly command: readonly string[];
}

const network = {
  layers: [
    { kind: 'conv2d', outChannels: 2, kernel: 5, stride: 2, padding: 1 },
    'relu',
    { kind: 'residual', body: [{ kind: 'conv2d', outChannels: 2, kernel: 3, padding: 'same' }, 'batchNorm'] },
    { kind: 'pool2d', pooling: 'max', window: 2 },
    'flatten',
    { kind: 'dropout', probability: 0.2 },
    { kind: 'dense', outFeatures: 10 },
  ],
};
const settings = { epochs: 2, optimizer: 'sgd', momentum: 0.9, schedule: 'cosine', batchSize: 32, shift: 1, seed: 3 };
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const digits = subset(loadMnist({ split: 'test' }), { from: 0, to: 20 });
const images = writeIdx({ shape: [digits.count, 28, 28], data: digits.images });
const labels = writeIdx({ shape: [digits.count], data: Uint8Array.from(digits.labels) });
const colors = Uint8Array.from({ length: 4 * 3073 }, (_, k) => (k % 3073 === 0 ? k / 3073 : (k * 7) % 256));

const npz = encodeNpz({
  x_train: { shape: [digits.count, 28, 28], data: digits.images },
  y_train: { shape: [digits.count], data: Uint8Array.from(digits.labels) },
});
const rows = Array.from({ length: digits.count }, (_, index) => {
  const pixels = digits.images.subarray(index * 784, (index + 1) * 784);
  return [digits.labels[index], ...pixels].join(',');
});
const table = new TextEncoder().encode(`${rows.join('\n')}\n`);

const tfjs = encodeTfjsModel(fixtureModel);

const evaluation = ['evaluate', fixtureFile, '--data'];
const prediction = ['predict', '--model', fixtureFile];
const subjects: readonly Subject[] = [
  { file: 'm', bytes: readFileSync(fixtureFile), structure: 'safetensors', command: ['inspect', 'm'] },
  {
    file: 'p',
    bytes: readFileSync(fixtureFile),
    structure: 'safetensors',
    command: ['predict', 'whole.png', '--model', 'p'],
  },
  {
    file: 'foreign.safetensors',
    bytes: repository('training/fixtures/foreign/resnet.safetensors'),
    structure: 'safetensors',
    command: ['inspect', 'foreign.safetensors'],
  },
  { file: 'o.onnx', bytes: encodeOnnxModel(fixtureModel), structure: 'bytes', command: ['inspect', 'o.onnx'] },
  {
    file: 'b.onnx',
    bytes: repository('formats/fixtures/onnx-blocks-dynamo.onnx'),
    structure: 'bytes',
    command: ['inspect', 'b.onnx'],
  },
  ...['state-dict.pt', 'checkpoint-old.pt', 'views.pt'].map(
    (name): Subject => ({
      file: name,
      bytes: repository(`formats/fixtures/pytorch/${name}`),
      structure: 'bytes',
      command: ['inspect', name],
    }),
  ),
  {
    file: 'k.onnx',
    bytes: repository('formats/fixtures/exporters/keras.onnx'),
    structure: 'bytes',
    command: ['inspect', 'k.onnx'],
  },
  ...[...tfjs].map(
    ([name, bytes]): Subject => ({
      file: `tfjs/${name}`,
      bytes,
      structure: name.endsWith('.json') ? 'json' : 'bytes',
      command: ['inspect', 'tfjs'],
    }),
  ),
  ...['branches.keras', 'nested.h5', 'latest.h5'].map(
    (name): Subject => ({
      file: name,
      bytes: repository(`formats/fixtures/keras/${name}`),
      structure: 'bytes',
      command: ['inspect', name],
    }),
  ),
  { file: 'tfjs.zip', bytes: zipSync(Object.fromEntries(tfjs)), structure: 'bytes', command: ['inspect', 'tfjs.zip'] },
  {
    file: 'n.json',
    bytes: encode(network),
    structure: 'json',
    command: ['check', '--samples', '1', '--model', 'n.json'],
  },
  {
    file: 's.json',
    bytes: encode(settings),
    structure: 'json',
    command: ['train', '--data', 'none', '--config', 's.json'],
  },
  {
    file: 'a.png',
    bytes: repository('datasets/fixtures/gray-8.png'),
    structure: 'bytes',
    command: [...prediction, 'a.png'],
  },
  {
    file: 'i.png',
    bytes: repository('datasets/fixtures/color-16-interlaced.png'),
    structure: 'bytes',
    command: [...prediction, 'i.png'],
  },
  {
    file: 'a.jpg',
    bytes: repository('datasets/fixtures/baseline.jpg'),
    structure: 'bytes',
    command: [...prediction, 'a.jpg'],
  },
  {
    file: 'g.jpg',
    bytes: repository('datasets/fixtures/progressive.jpg'),
    structure: 'bytes',
    command: [...prediction, 'g.jpg'],
  },
  { file: 'plain/t10k-images-idx3-ubyte', bytes: images, structure: 'bytes', command: [...evaluation, 'plain'] },
  { file: 'plain/t10k-labels-idx1-ubyte', bytes: labels, structure: 'bytes', command: [...evaluation, 'plain'] },
  {
    file: 'packed/t10k-images-idx3-ubyte.gz',
    bytes: gzipSync(images),
    structure: 'bytes',
    command: [...evaluation, 'packed'],
  },
  { file: 'a.npz', bytes: npz, structure: 'bytes', command: ['data', 'a.npz', '--json'] },
  { file: 'a.csv', bytes: table, structure: 'bytes', command: ['data', 'a.csv', '--json'] },
  {
    file: 'a.webp',
    bytes: repository('datasets/fixtures/lossy.webp'),
    structure: 'bytes',
    command: [...prediction, 'a.webp', '--as-is'],
  },
  {
    file: 'a.gif',
    bytes: repository('datasets/fixtures/palette.gif'),
    structure: 'bytes',
    command: [...prediction, 'a.gif', '--as-is'],
  },
  {
    file: 'a.bmp',
    bytes: repository('datasets/fixtures/palette-8.bmp'),
    structure: 'bytes',
    command: [...prediction, 'a.bmp', '--as-is'],
  },
  { file: 'cifar/test_batch.bin', bytes: colors, structure: 'bytes', command: [...evaluation, 'cifar'] },
];

/** The files of a run, whose honest bytes a run makes. */
const records = (['config.json', 'checkpoint.safetensors', 'last.safetensors'] as const).flatMap((name) => {
  const structure = name.endsWith('.json') ? ('json' as const) : ('safetensors' as const);
  const file = `runs/run/${name}`;
  // The run is finished: its settings are validated, and then it is refused.
  const resumption = structure === 'json' ? [['train', '--resume', 'runs/run']] : [];
  return [['runs'], ['runs', 'run', '--json'], ...resumption].map((command) => ({ file, structure, command }));
});

const all: Subject[] = [...subjects];

beforeAll(async () => {
  for (const folder of ['plain', 'packed', 'cifar', 'runs', 'tfjs']) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('whole.png'), repository('datasets/fixtures/gray-8.png'));
  for (const { file, bytes } of subjects) writeFileSync(at(file), bytes);
  for (const part of ['train', 't10k']) {
    writeFileSync(at('plain', `${part}-images-idx3-ubyte`), images);
    writeFileSync(at('plain', `${part}-labels-idx1-ubyte`), labels);
  }
  writeFileSync(at('packed', 't10k-labels-idx1-ubyte'), labels);
  const trained = await longhand(['train', '--data', 'plain', '--epochs', '1', '--name', 'run', '--quiet']);
  expect(trained.stderr).toBe('');
  for (const record of records) all.push({ ...record, bytes: readFileSync(at(record.file)) });
});

test(`${mutants} mutants are taken, or refused in a line, within a second and 256 MB`, {
  timeout: 2 ** 31 - 1,
}, async () => {
  const random = seededRandom(process.env.LONGHAND_FAULT_SEED ?? 'mutants');
  const counts = { taken: 0, refused: 0 };
  /** Seconds that the honest file takes. The first run is slower, and warms up. */
  const honest = new Map<Subject, number>();
  for (const subject of all) {
    await run(subject, subject.bytes);
    honest.set(subject, (await run(subject, subject.bytes)).seconds);
  }
  for (let number = 0; number < mutants; number++) {
    const subject = all[number % all.length];
    const bytes = mutated(subject.bytes, subject.structure, random.fork(String(number)));
    const { code, stderr, seconds, grown } = await run(subject, bytes);
    writeFileSync(at(subject.file), subject.bytes);
    const title = `mutant ${number}, ${subject.command.join(' ')}: ${stderr.slice(0, 2000)}`;
    expect(stderr, title).not.toMatch(/unexpected failure|\n\s+at /);
    expect([0, 1, 2, 3], title).toContain(code);
    expect(seconds, title).toBeLessThan((honest.get(subject) ?? 0) + 1);
    expect(grown, title).toBeLessThan(256e6);
    counts[code === 0 ? 'taken' : 'refused']++;
  }
  // Neither all nor none, or the test would test little.
  expect(counts.taken).toBeGreaterThan(mutants / 20);
  expect(counts.refused).toBeGreaterThan(mutants / 4);
  if (mutants > 200) process.stderr.write(`${mutants} mutants: ${JSON.stringify(counts)}\n`);
});

/** Runs a command on a file; the time is that of the processor, which other work does not lengthen. */
async function run({ file, command }: Subject, bytes: Uint8Array) {
  writeFileSync(join(at(), file), bytes);
  const [processor, memory] = [process.cpuUsage(), process.resourceUsage().maxRSS];
  const { code, stderr } = await longhand(command);
  const { user, system } = process.cpuUsage(processor);
  return { code, stderr, seconds: (user + system) / 1e6, grown: (process.resourceUsage().maxRSS - memory) * 1024 };
}
