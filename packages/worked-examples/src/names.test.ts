/** Names as they are printed are names that are accepted. */
import { lenetDocumented } from '@longhand/layers';
import temml from 'temml';
import { describe, expect, test } from 'vitest';
import type { Derivation } from './derivation';
import { examples } from './examples';
import { notesLatex, symbolOfName } from './indexed-symbols';
import { entryNamed, familiesOf, quantityName } from './lenet-quantities';
import { gradientsBeside, idNamed, plainName, stepsNamed } from './names';

const derivationOf = (example: string): Derivation => {
  const found = examples.find(({ name }) => name === example);
  if (found === undefined) throw new Error(`an example ${example}`);
  return found.derive();
};

/** What a browser puts on the clipboard. */
const copied = (latex: string): string => temml.renderToString(latex).replaceAll(/<[^>]*>/g, '');

test.each(examples)('$name: every printed spelling of a name is accepted, and means that quantity', ({ derive }) => {
  const derivation = derive();
  for (const { id, symbol } of derivation.steps) {
    const expected = stepsNamed(derivation, [id]).map((step) => step.id);
    expect(expected).toContain(id);
    for (const spelling of [symbol.text, symbol.latex, `$${symbol.latex}$`, copied(symbol.latex)]) {
      const ids = stepsNamed(derivation, [spelling]).map((step) => step.id);
      expect([spelling, ids, idNamed(derivation, spelling)]).toEqual([spelling, expected, id]);
    }
  }
});

test('a weight and what becomes of it, one of both, and the gradient beside it', () => {
  const [mse, conv1d] = [derivationOf('conv-mse'), derivationOf('conv1d-step')];
  const ids = (derivation: Derivation, ...names: string[]): string[] =>
    stepsNamed(derivation, names).map(({ id }) => id);
  expect(ids(conv1d, 'w1')).toEqual(['w1', 'w1_new']);
  expect(ids(conv1d, 'w1⁺', 'k11')).toEqual(['k11', 'w1_new', 'k11_new']);
  expect(ids(mse, '∂L/∂w11', 'dL/da00')).toEqual(['dL/dw11', 'dL/da00']);
  const beside = (derivation: Derivation, ...names: string[]): string[] =>
    gradientsBeside(derivation, stepsNamed(derivation, names)).map(({ id }) => id);
  expect(beside(mse, 'w11', 'z00')).toEqual(['dL/dw11']);
  expect(beside(mse, 'w11', '∂L/∂w11')).toEqual([]);
  expect(beside(conv1d, 'w1')).toEqual([]);
});

test('an unknown name: which there are, and the near one', () => {
  const derivation = derivationOf('conv1d-step');
  expect(() => stepsNamed(derivation, ['coef_c11'])).toThrow(
    /^expected names among i11, .*; got coef_c11; did you mean 'coef_c1'\?$/,
  );
  expect(() => stepsNamed(derivation, ['nothing of it'])).toThrow(/; got nothing of it$/);
});

describe('quantities of networks', () => {
  const documented = familiesOf(lenetDocumented());

  test.each(documented.map((family) => [family.stem, family] as const))(
    '%s: as printed, for a value and a gradient',
    (_, family) => {
      const id = quantityName(family, 0);
      const { text, latex } = symbolOfName(id, notesLatex);
      for (const name of [text, latex, `dL/d${id}`, `∂L/∂${text}`, `\\frac{\\partial L}{\\partial ${latex}}`]) {
        expect([name, entryNamed(documented, name).id]).toEqual([name, id]);
      }
    },
  );

  test.each([
    ['k²₅,₃,₁,₂', 'k2.5.3.1.2'],
    ['∂L/∂k¹₁,₀,₀', 'dL/dk1.1.0.0'],
    ['\\mathrm{block1.body.running\\_mean}_{3}', 'block1.body.running_mean.3'],
    ['o₇', 'o.7'],
  ])('%s', (printed, plain) => {
    expect(plainName(printed)).toBe(plain);
  });

  test('an unknown name: the near one, if there is one', () => {
    expect(() => entryNamed(documented, 'P3.1.2.2')).toThrow(/, got P3\.1\.2\.2; did you mean 'P1\.1\.2\.2'\?$/);
    expect(() => entryNamed(documented, 'k3.1')).toThrow(/, got k3\.1$/);
  });
});
