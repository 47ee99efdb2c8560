/**
 * What `longhand predict` makes of photographed papers: digits of MNIST's test set redrawn by pens on papers of nine kinds, 5 to 100 mm
 * high, and rows with digits that touch, points, commas and minus signs. The network is that of `longhand train`.
 *
 * `LONGHAND_PAPERS=40` takes so many papers of each kind and height (default: 1), `LONGHAND_PAPERS_SEED` others. The tables of the
 * README of handwriting are made by that.
 *
 * @module-tag exhaustive
 */
import { rmSync, writeFileSync } from 'node:fs';
import { encodePng } from '@longhand/datasets/node';
import { loadMnist } from '@longhand/mnist/node';
import { type Random, seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { type PaperKind, paperKinds, photographOf } from '../fixtures/papers/papers';
import { penPathOf } from '../fixtures/papers/pen-strokes';
import { writtenRow } from '../fixtures/papers/written-row';
import { longhand } from '../testing/built-command';
import { at } from '../testing/test-folder';

const count = Number(process.env.LONGHAND_PAPERS ?? 1);
const random = seededRandom(Number(process.env.LONGHAND_PAPERS_SEED ?? 17));
const digits = loadMnist({ split: 'test' });
const ofDigit = Array.from({ length: 10 }, (_, digit) =>
  [...digits.labels.keys()].filter((k) => digits.labels[k] === digit),
);
/** In millimeters; those between only where tables are asked for. */
const heights = process.env.LONGHAND_PAPERS === undefined ? [5, 20, 100] : [5, 10, 20, 50, 100];
/** A paper takes half a second to draw and to read, and many may be asked for. */
const timeout = 60_000 * (5 + count * 3);

interface Paper {
  readonly text: string;
  readonly picture: Parameters<typeof encodePng>[0];
  readonly description: string;
}

/** How many papers were read right, read wrong without a word, and read with a "not sure". */
interface Tally {
  readonly papers: number;
  readonly right: number;
  readonly wrongAndSure: number;
  readonly notSure: number;
  readonly wrong: readonly string[];
}

function digitImage(digit: number, by: Random): Uint8Array {
  const index = ofDigit[digit][by.integer(ofDigit[digit].length)];
  return digits.images.subarray(index * 784, (index + 1) * 784);
}

/** One digit on a paper. */
function digitPaper(kind: PaperKind, height: number, by: Random): Paper {
  const digit = by.integer(10);
  const path = penPathOf(digitImage(digit, by));
  return { text: `${digit}`, ...photographOf({ kind, height, path }, by) };
}

/** Lines of JSON that predict says, by picture. */
function readings(papers: readonly Paper[], ...options: string[]): Tally {
  const names = papers.map((_, k) => `paper-${k}.png`);
  for (const [k, { picture }] of papers.entries()) writeFileSync(at(names[k]), encodePng(picture));
  const { stdout } = longhand('predict', ...names, '--model', 'runs/papers', '--json', ...options);
  for (const name of names) rmSync(at(name));
  const lines = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  const read = papers.map(({ text, description }, k) => {
    const own = lines.filter(({ picture }) => picture === names[k]);
    const got = own.map(({ mark, predictedClass }) => mark ?? predictedClass).join('');
    const isSure = own.length > 0 && own.every(({ sure }) => sure !== false);
    return { isRight: got === text, isSure, told: `${text} as ${got}${isSure ? '' : '?'}: ${description}` };
  });
  return {
    papers: papers.length,
    right: read.filter(({ isRight }) => isRight).length,
    wrongAndSure: read.filter(({ isRight, isSure }) => !isRight && isSure).length,
    notSure: read.filter(({ isSure }) => !isSure).length,
    wrong: read.filter(({ isRight }) => !isRight).map(({ told }) => told),
  };
}

function sum(tallies: readonly Tally[]): Tally {
  const total = (of: (tally: Tally) => number): number => tallies.reduce((all, tally) => all + of(tally), 0);
  return {
    papers: total(({ papers }) => papers),
    right: total(({ right }) => right),
    wrongAndSure: total(({ wrongAndSure }) => wrongAndSure),
    notSure: total(({ notSure }) => notSure),
    wrong: tallies.flatMap(({ wrong }) => wrong),
  };
}

function row(title: string, { papers, right, wrongAndSure, notSure }: Tally, between = ''): string {
  const percent = (part: number): string => `${((100 * part) / papers).toFixed(1)} %`;
  return `| ${title} |${between} ${papers} | ${percent(right)} | ${percent(wrongAndSure)} | ${percent(notSure)} |`;
}

test('the network', () => {
  expect(longhand('train', '--name', 'papers').code).toBe(0);
});

test('digits on papers of nine kinds', { timeout }, () => {
  const byKind = paperKinds.map((kind) => {
    const cells = heights.map((height) =>
      readings(
        Array.from({ length: count }, (_, k) => digitPaper(kind, height, random.fork(`${kind} ${height} ${k}`))),
      ),
    );
    return { kind, cells };
  });
  const lines = byKind.map(({ kind, cells }) =>
    row(kind, sum(cells), cells.map(({ right, papers }) => ` ${right}/${papers} |`).join('')),
  );
  const head = `| paper | ${heights.map((height) => `${height} mm`).join(' | ')} | papers | right | wrong and sure | not sure |`;
  const wrong = sum(byKind.flatMap(({ cells }) => cells)).wrong;
  console.log(`${head}\n|---|${'---|'.repeat(heights.length + 4)}\n${lines.join('\n')}\n\n${wrong.join('\n')}`);
  const asked = byKind.filter(({ kind }) => ['plain', 'ruled', 'squared', 'boxed', 'table'].includes(kind));
  const all = sum(asked.flatMap(({ cells }) => cells));
  expect(all.right / all.papers).toBeGreaterThanOrEqual(0.95);
  expect(all.wrongAndSure / all.papers).toBeLessThanOrEqual(0.02);
});

/** Rows of digits: what is written, and the distance of neighboring pen paths, which are at least 1 wide. */
const rows: readonly {
  readonly title: string;
  readonly write: (by: Random) => string;
  readonly gap?: (by: Random) => number;
  readonly kind: PaperKind;
  readonly least: number;
}[] = [
  { title: 'rows of four', write: (by) => `${1000 + by.integer(9000)}`, kind: 'ruled', least: 0.7 },
  {
    title: 'two that touch',
    write: (by) => `${10 + by.integer(90)}`,
    gap: (by) => by.uniform(0.6, 0.95),
    kind: 'plain',
    least: 0.5,
  },
  {
    title: 'two that overlap',
    write: (by) => `${10 + by.integer(90)}`,
    gap: (by) => by.uniform(-1, 0.3),
    kind: 'plain',
    least: 0.2,
  },
  {
    title: 'three that touch',
    write: (by) => `${100 + by.integer(900)}`,
    gap: (by) => by.uniform(0.6, 0.95),
    kind: 'plain',
    least: 0.2,
  },
  { title: 'points', write: (by) => `${by.integer(10)}.${10 + by.integer(90)}`, kind: 'plain', least: 0.7 },
  { title: 'commas', write: (by) => `${1 + by.integer(99)},${10 + by.integer(90)}`, kind: 'plain', least: 0.5 },
  { title: 'minus signs', write: (by) => `-${1 + by.integer(99)}`, kind: 'squared', least: 0.7 },
];

test('rows of digits, with marks or touching', { timeout }, () => {
  const tallies = rows.map(({ title, write, gap, kind }) => {
    const papers = Array.from({ length: 5 * count }, (_, k): Paper => {
      const by = random.fork(`${title} ${k}`);
      const text = write(by);
      const apart = gap === undefined ? {} : { gap: gap(by) };
      const path = writtenRow({ text, ...apart, imageOf: (digit) => digitImage(digit, by) }, by);
      return { text, ...photographOf({ kind, height: gap === undefined ? 6 + by.integer(30) : 10, path }, by) };
    });
    return readings(papers, '--split');
  });
  const lines = rows.map(({ title, kind }, k) => row(`${title}, ${kind}`, tallies[k]));
  const head = '| row | papers | right | wrong and sure | not sure |\n|---|---|---|---|---|';
  console.log(`${head}\n${lines.join('\n')}\n\n${tallies.flatMap(({ wrong }) => wrong).join('\n')}`);
  for (const [k, { title, least }] of rows.entries()) {
    expect(tallies[k].right / tallies[k].papers, title).toBeGreaterThanOrEqual(least);
  }
});
