/** `longhand data` from the outside: what it says, what it writes, and what comes back of that; and models of data that lie otherwise. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type ImageDataset, imageAt, subset } from '@longhand/datasets';
import { encodePng, loadData } from '@longhand/datasets/node';
import { loadMnist } from '@longhand/mnist/node';
import { expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { at, training, writeFolder } from '../../testing/test-folder';

const some = subset(loadMnist({ split: 'test' }), { from: 0, to: 120 });

/** A set with another image for each. */
function madeOf(dataset: ImageDataset, change: (image: Uint8Array) => Uint8Array): ImageDataset {
  const images = new Uint8Array(dataset.images.length);
  for (let index = 0; index < dataset.count; index++) images.set(change(imageAt(dataset, index)), index * 784);
  return { ...dataset, images };
}

const transposed = (image: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: 784 }, (_, pixel) => image[(pixel % 28) * 28 + Math.floor(pixel / 28)]);
const inverted = (image: Uint8Array): Uint8Array => image.map((value) => 255 - value);

test('says what is there: counts, classes, layout, duplicates, and draws an image of each class', async () => {
  writeFolder('twice', training, subset(training, { from: 3, to: 5 }));
  const { code, stdout, stderr } = await longhand(['data', 'twice']);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'twice: IDX files, 96 training and 2 test images of 28 × 28 in 10 classes\n',
  });
  expect(stdout).toMatch(
    /^twice\nimages {3}96 for training, 2 for the test, 28 × 28\nlayout {3}light on dark, centered by mass, 71 % of the frame\n/,
  );
  expect(stdout).toMatch(/\npixels {3}mean 0\.1\d+, standard deviation 0\.3\d+, from 0 to 1\n/);
  expect(stdout).toMatch(/\nclass +training +share +test +share\n/);
  expect(stdout).toContain('in training and test  2 images: test image 0 is training image 3, ');
});

test('--model lists the labels that it does not agree with', async () => {
  const labels = some.labels.map((label, index) => (index === 7 ? (label + 1) % 10 : label));
  writeFolder('doubtful', some, { ...some, labels });
  const model = new URL('../../fixtures/lenet-documented.safetensors', import.meta.url).pathname;
  const { code, stdout } = await longhand(['data', 'doubtful', '--model', model, '--json']);
  expect(code).toBe(0);
  const { suspicious, duplicates } = JSON.parse(stdout);
  expect(suspicious).toContainEqual(expect.objectContaining({ split: 'test', index: 7, label: String(labels[7]) }));
  expect(duplicates.withOtherLabels).toBe(1);
});

test.each([
  ['idx', 'out-idx'],
  ['npz', 'out.npz'],
  ['folders', 'out-folders'],
])('--output as %s comes back as it was', async (format, output) => {
  writeFolder('source', some, subset(some, { from: 0, to: 30 }));
  writeFileSync(at('source', 'classes.txt'), [...'abcdefghij'].join('\n'));
  expect(await longhand(['data', 'source', '--output', output, '--format', format])).toMatchObject({ code: 0 });
  const [before, after] = [await loadData(at('source')), await loadData(at(output))];
  for (const split of ['train', 'test'] as const) {
    // Folders have their images in the order of classes.
    const imagesIn = ({ images }: ImageDataset): number => images.reduce((sum, value) => sum + value, 0);
    expect(imagesIn(after[split])).toBe(imagesIn(before[split]));
    expect([...after[split].labels].sort()).toEqual([...before[split].labels].sort());
  }
  expect(after.classNames).toEqual(before.classNames);
  expect(await longhand(['data', 'source', '--output', output, '--format', format])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--force/),
  });
});

test.each([
  [
    ['--output', 'digits.csv'],
    /^error: digits\.csv: expected a folder, or a name that ends in \.npz; add --format idx, /,
  ],
  [
    ['--output', 'kept.md'],
    /^error: kept\.md: expected a folder, or .* \.npz, but it is a file; use another --output\n$/,
  ],
])('%j, which is no folder, is refused', async (options, message) => {
  writeFileSync(at('kept.md'), 'kept');
  const { code, stdout, stderr } = await longhand(['data', 'digits', ...options]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(existsSync(at('digits.csv'))).toBe(false);
  expect(readFileSync(at('kept.md'), 'utf8')).toBe('kept');
});

test('--html is a page of its own, with nothing to fetch', async () => {
  expect((await longhand(['data', 'digits', '--html', 'digits.html'])).stdout).toMatch(/\nSaved digits\.html\n$/);
  const page = readFileSync(at('digits.html'), 'utf8');
  expect(page).toContain("default-src 'none'");
  expect(page.match(/(src|href)="(?!data:)/g)).toBeNull();
  expect(page.match(/<img src="data:image\/png;base64,/g)?.length).toBeGreaterThan(80);
});

test('a held-out part is said before training, and --quiet says nothing', async () => {
  writeFolder('alone', some, some);
  for (const name of ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'])
    renameSync(at('alone', name), at(`moved-${name}`));
  const train = ['train', '--data', 'alone', '--epochs', '1', '--force', '--name', 'alone'];
  expect((await longhand(train)).stderr).toContain(
    '100 training and 20 test images of 28 × 28 in 10 classes; no test part: 20 images held out, always the same\n',
  );
  expect((await longhand([...train, '--quiet'])).stderr).toBe('');
});

test('a run finds its data where they were moved to', async () => {
  writeFolder('here', some, some);
  await longhand(['train', '--data', 'here', '--epochs', '1', '--name', 'moved', '--quiet']);
  renameSync(at('here'), at('there'));
  // As if it had been interrupted: the last lines say that it is finished.
  expect((await longhand(['train', '--resume', 'runs/moved', '--data', 'there'])).stderr).toMatch(
    /--from runs\/moved\/last\.safetensors --data there\n$/,
  );
});

test('models of light backgrounds and of transposed images take pictures as people have them', {
  tags: ['slow'],
  timeout: 120_000,
}, async () => {
  const train = subset(loadMnist({ split: 'train' }), { from: 0, to: 4000 });
  writeFolder('inverted', madeOf(train, inverted), madeOf(some, inverted));
  writeFolder('emnist', madeOf(train, transposed), madeOf(some, transposed));
  mkdirSync(at('pictures'));
  for (let index = 0; index < some.count; index++) {
    for (const [name, change] of Object.entries({ inverted, emnist: (image: Uint8Array) => image })) {
      const pixels = change(imageAt(some, index));
      writeFileSync(at('pictures', `${name}-${index}.png`), encodePng({ width: 28, height: 28, channels: 1, pixels }));
    }
  }
  for (const name of ['inverted', 'emnist']) {
    await longhand(['train', '--data', name, '--epochs', '2', '--name', name, '--quiet']);
    const model = `runs/${name}/last.safetensors`;
    const { correct } = JSON.parse((await longhand(['evaluate', model, '--data', name, '--json'])).stdout);
    expect(correct).toBeGreaterThan(100);
    const pictures = Array.from({ length: some.count }, (_, index) => `pictures/${name}-${index}.png`);
    const { stdout, stderr } = await longhand(['predict', ...pictures, '--model', model, '--json']);
    const classes = stdout
      .trim()
      .split('\n')
      .map((line) => Number(JSON.parse(line).predictedClass));
    expect(stderr).toBe('');
    // Exactly those that evaluate finds: the pictures are images of the set.
    expect(classes.filter((predicted, index) => predicted === some.labels[index])).toHaveLength(correct);
    // Dark ink on light paper, and light on dark, whatever the model learned from.
    const others = pictures.map((picture) => picture.replace(name, name === 'inverted' ? 'emnist' : 'inverted'));
    const { stdout: second } = await longhand(['predict', ...others, '--model', model, '--json']);
    const asked = second
      .trim()
      .split('\n')
      .map((line) => Number(JSON.parse(line).predictedClass));
    expect(asked.filter((predicted, index) => predicted === some.labels[index]).length).toBeGreaterThan(95);
  }
});

test('--from keeps the layers, and the last one begins anew for other classes', async () => {
  writeFolder('digits-120', some, some);
  await longhand(['train', '--data', 'digits-120', '--epochs', '1', '--name', 'ten', '--quiet']);
  writeFolder(
    'three',
    { ...some, labels: some.labels.map((label) => label % 3) },
    { ...some, labels: some.labels.map((label) => label % 3) },
  );
  writeFileSync(at('three', 'classes.txt'), 'one\ntwo\nthree\n');
  const train = [
    'train',
    '--from',
    'runs/ten/last.safetensors',
    '--data',
    'three',
    '--epochs',
    '1',
    '--name',
    'three',
    '--force',
  ];
  const { code, stderr } = await longhand([...train, '--quiet']);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'note: runs/ten/last.safetensors has 10 classes, the data 3: its last layer begins anew\n',
  });
  const { network, classes } = JSON.parse(readFileSync(at('runs', 'three', 'config.json'), 'utf8'));
  expect(classes).toEqual(['one', 'two', 'three']);
  expect(network.layers.at(-1)).toMatchObject({ kind: 'dense', outFeatures: 3 });
});
