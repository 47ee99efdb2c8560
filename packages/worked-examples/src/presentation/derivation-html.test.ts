import { describe, expect, test } from 'vitest';
import type { Derivation, DerivationStep } from '../derivation';
import { examples } from '../examples';
import { cutAtDots, cutAtSigns, shortenedSum } from './asked-quantities';
import { derivationHtml } from './derivation-html';
import { equationHtml, noteHtml } from './formula-html';

const conv1d = examples.find(({ name }) => name === 'conv1d-step')?.derive() as Derivation;
const page = derivationHtml(conv1d);

describe('the page of conv1d-step', () => {
  test('numbers what is computed and lets what is given flow', () => {
    const given = conv1d.steps.filter(({ stage }) => stage === 'given');
    expect(page.match(/<li class="given">/g)).toHaveLength(given.length);
    expect(page.match(/<li value="/g)).toHaveLength(conv1d.steps.length - given.length);
  });

  test('names of several letters are one word, the plus stands over the subscript', () => {
    expect(page).toContain('<mi>KK</mi>');
    expect(page).not.toMatch(/<mi>K<\/mi>/);
    expect(page).toMatch(/<msubsup><mi>w<\/mi><mn>1<\/mn><mo[^>]*>\+<\/mo><\/msubsup>/);
  });

  test('notes have true minus signs and typeset names', () => {
    expect(page.replace(/<style>.*?<\/style>/s, '')).not.toMatch(/[\s(]-\d/);
    expect(page).toMatch(/is −0\.144 only with −0\.207/);
    expect(page).not.toContain('coef_c2');
  });

  test('says what the marks mean that there are', () => {
    const legendOf = (steps: Derivation['steps']): readonly string[] => {
      const [, paragraph = ''] = /<h1>.*\n<p>.*<\/p>\n<p>(.*)<\/p>/.exec(derivationHtml({ ...conv1d, steps })) ?? [];
      return paragraph.replaceAll(/<[^>]*>/g, '').split(' · ');
    };
    const [agrees, slip] = ['✓ agrees with the printed figure', '† correct, where the source has a slip'];
    expect(legendOf(conv1d.steps)).toEqual([agrees, slip]);
    expect(legendOf(conv1d.steps.filter(({ printed }) => printed?.reading === undefined))).toEqual([agrees]);
    expect(legendOf(conv1d.steps.filter(({ printed }) => printed === undefined))).toEqual(['']);
    expect(page.match(/class="agrees">✓<\/span>(?! agrees)/g)).toHaveLength(19);
    expect(page.match(/class="agrees">†<\/span>(?! correct)/g)).toHaveLength(6);
  });

  test('says of the givens that they are a reconstruction', () => {
    expect(page).toMatch(/<\/ol>\n<p>The givens are a reconstruction: [^<]*<\/p>\n<\/section>/);
  });
});

test('a step without a number is not taken for something given', () => {
  const step: DerivationStep = {
    id: 'w1',
    stage: 'forward',
    symbol: { text: 'w1', latex: 'w_{1}' },
    value: 1,
    shown: '1',
    inputs: [],
  };
  expect(derivationHtml({ ...conv1d, steps: [step] })).toContain('<li class="unnumbered">');
});

test('a quantity that was asked for leads, without its terms that are zero', () => {
  const symbol = { text: 'o1', latex: 'o_{1}' };
  const factor = (id: string, value: number) => ({ id, value });
  const asked: DerivationStep = {
    id: 'o1',
    stage: 'forward',
    symbol,
    formula: symbol,
    substitution: symbol,
    value: -6,
    shown: '−6',
    inputs: [],
    terms: [
      { factors: [factor('w1', 2), factor('x1', -3)], value: -6 },
      { factors: [factor('w2', 2), factor('x2', 0)], value: 0 },
    ],
    oneSided: { left: -1, right: 2 },
  };
  const html = derivationHtml({ ...conv1d, steps: [asked], errata: [] });
  expect(html).toMatch(/<h2><math>.*<mn>6<\/mn>.*<\/math><\/h2>\n<p>The sum of 2 terms:<\/p>/);
  expect(html.match(/<tr><td>/g)).toHaveLength(1);
  expect(html).toContain('<td>2 · −3</td><td>−6</td>');
  expect(html).toContain('<p>1 more term is zero.</p>');
  expect(html).toContain(
    'The loss has a kink here, with the one-sided differences −1 and 2: entries tie for a maximum',
  );
});

test('formulas are cut outside of parentheses and braces only', () => {
  expect(cutAtSigns('a·b − (c + d)·e + f')).toEqual(['a·b', ' − (c + d)·e', ' + f']);
  expect(cutAtSigns('\\frac{a + b}{c} - \\left(d + e\\right)')).toEqual([
    '\\frac{a + b}{c}',
    ' - \\left(d + e\\right)',
  ]);
  expect(cutAtDots('a \\cdot \\left(b \\cdot c\\right) \\cdot d')).toEqual([
    'a',
    ' \\cdot \\left(b \\cdot c\\right)',
    ' \\cdot d',
  ]);
});

test('a sign that begins a piece has the space of one between two terms, a sign of a number has none', () => {
  const html = equationHtml(['L', '-a - b', '3']).text;
  expect(html.match(/<mo form="infix">[^<]*<\/mo>/g)?.map((operator) => operator.slice(17, -5))).toEqual([
    '=',
    '−',
    '=',
  ]);
  expect(html.replaceAll(/<[^>]*>/g, '')).toBe('L=−a−b=3');
});

test('names in notes are typeset, words and numbers are not', () => {
  const symbols = new Map([['b1', { text: 'b1', latex: 'b_{7}' }]]);
  const html = noteHtml('b1 & KK in <w3> of 0.5', symbols).text;
  expect(html).toMatch(/^<math>.*<mn>7<\/mn>.*<\/math> &amp; KK in &lt;<math>.*<\/math>&gt; of 0\.5$/);
});

test('a long sum is shown by its first terms', () => {
  const sum = (sign: string) => Array.from({ length: 7 }, (_, at) => `a${at}`).join(sign);
  expect(shortenedSum({ text: sum(' + '), latex: sum(' + ') })).toEqual({
    text: 'a0 + a1 + a2 + … (7 terms)',
    latex: 'a0 + a1 + a2 + \\cdots\\text{ (7 terms)}',
  });
  expect(shortenedSum({ text: 'a0 + a1', latex: 'b' })).toEqual({ text: 'a0 + a1', latex: 'b' });
});
