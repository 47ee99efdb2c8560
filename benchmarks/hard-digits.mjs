/**
 * The test digits that no recipe classifies correctly: `node benchmarks/hard-digits.mjs [--runs FOLDER] [--threads 2]`.
 *
 * Trains the models below with the built command, each in its folder of FOLDER, where finished ones are kept; lists the digits that all of
 * them misclassify in `packages/mnist/src/hard-test-digits.json`; and draws them, and those with disputed labels, for `docs/hard-digits.md`.
 * The same models give the same files. It needs the built packages.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { imageAt } from '../packages/datasets/dist/index.js';
import { encodePng } from '../packages/datasets/dist/node.js';
import { disputedTestLabels } from '../packages/mnist/dist/index.js';
import { loadMnist } from '../packages/mnist/dist/node.js';
import { dataFingerprint } from '../packages/training/dist/index.js';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: 'hard-digits' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});

const root = fileURLToPath(new URL('..', import.meta.url));
const command = join(root, 'apps/trainer/dist/longhand.js');

/** Every recipe, with a network or more and a seed or more of each. */
const models = [
  ...[1, 2, 3].map((seed) => ({ recipe: 'sprint', network: 'sprint', seed })),
  ...[1, 2, 3].map((seed) => ({ recipe: 'quick', network: 'lenet-documented', seed })),
  ...[1, 2, 3].map((seed) => ({ recipe: 'quick', network: 'lenet5', seed })),
  { recipe: 'quick', network: 'resnet-small', seed: 1 },
  { recipe: 'thorough', network: 'lenet-documented', seed: 1 },
];

const nameOf = ({ recipe, network, seed }) => `${recipe}-${network}-${seed}`;

mkdirSync(options.runs, { recursive: true });

function longhand(...given) {
  const { status, stdout } = spawnSync(process.execPath, [command, ...given, '--threads', options.threads], {
    cwd: options.runs,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`longhand ${given.join(' ')} ended with ${status}`);
  return stdout;
}

for (const model of models) {
  const name = nameOf(model);
  // The report is written when the run has been tested.
  if (existsSync(join(options.runs, 'runs', name, 'report.html'))) continue;
  const { recipe, network, seed } = model;
  longhand(
    'train',
    '--recipe',
    recipe,
    '--network',
    network,
    '--seed',
    `${seed}`,
    '--name',
    name,
    '--force',
    '--quiet',
  );
}

const files = models.map((model) => `runs/${nameOf(model)}/last.safetensors`);
const lines = longhand('evaluate', ...files, '--json')
  .trim()
  .split('\n');
const evaluations = lines.map((line) => JSON.parse(line));
const { byAll, byAny } = evaluations.at(-1).misclassified;

const dataset = loadMnist({ split: 'test' });
const list = {
  fingerprint: dataFingerprint(dataset),
  models: models.map((model, at) => ({ ...model, correct: evaluations[at].correct })),
  digits: byAll.map(({ index, trueClass, predictedClasses }) => ({
    index,
    label: trueClass,
    predicted: predictedClasses,
  })),
};
writeFileSync(join(root, 'packages/mnist/src/hard-test-digits.json'), `${listText(list)}\n`);

mkdirSync(join(root, 'docs/pictures'), { recursive: true });
const hard = list.digits.map(({ index, label, predicted }) => [
  index,
  `${index}: ${label}`,
  `predicted ${tally(predicted)}`,
]);
writeFileSync(join(root, 'docs/pictures/hard-digits.svg'), sheet('Digits that no recipe classifies correctly', hard));
const disputed = disputedTestLabels.map(({ index, label, suggested, votes }) => [
  index,
  `${index}: ${label}, or ${suggested}?`,
  `votes ${votes.label} : ${votes.suggested}, neither ${votes.neither}`,
]);
writeFileSync(join(root, 'docs/pictures/disputed-digits.svg'), sheet('Digits with disputed labels', disputed));

console.log(`${byAll.length} digits are misclassified by all ${models.length} models, ${byAny} by any of them`);
const labels = new Set(disputedTestLabels.map(({ index }) => index));
const both = list.digits.filter(({ index }) => labels.has(index));
console.log(`${both.length} of them have disputed labels: ${both.map(({ index }) => index).join(', ')}`);

/** A line for each model and digit. */
function listText({ fingerprint, models: made, digits }) {
  const rows = (items) => items.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
  return `{\n  "fingerprint": "${fingerprint}",\n  "models": [\n${rows(made)}\n  ],\n  "digits": [\n${rows(digits)}\n  ]\n}`;
}

/** What was predicted, the most frequent first. */
function tally(predicted) {
  const counts = new Map();
  for (const one of predicted) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name]) => name)
    .join(', ');
}

/** Digits, dark on light, side by side with two lines below each. */
function sheet(title, entries) {
  const [columns, width, height, side] = [6, 150, 142, 84];
  const cells = entries.map(([index, first, second], at) => {
    const [x, y] = [(at % columns) * width + width / 2, Math.floor(at / columns) * height + 12];
    const pixels = Uint8Array.from(imageAt(dataset, index), (ink) => 255 - ink);
    const source = `data:image/png;base64,${Buffer.from(encodePng({ width: 28, height: 28, channels: 1, pixels })).toString('base64')}`;
    return `<image x="${x - side / 2}" y="${y}" width="${side}" height="${side}" style="image-rendering:pixelated" href="${source}"/>
<text x="${x}" y="${y + side + 18}" font-weight="600">${first}</text><text x="${x}" y="${y + side + 35}" fill="#585b60">${second}</text>`;
  });
  const [w, h] = [columns * width, Math.ceil(entries.length / columns) * height + 12];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" font-family="system-ui, sans-serif" font-size="13" text-anchor="middle" fill="#1b1c1e">
<title>${title}</title>
<rect width="${w}" height="${h}" fill="#fff"/>
${cells.join('\n')}
</svg>
`;
}
