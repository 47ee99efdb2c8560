/** The marks beside figures of a source, and what they mean; and what of a slip shows in numbers. */
import type { Derivation, DerivationStep, Erratum } from '../derivation';
import { valueText } from '../number-notation';

/** `✓` the source prints our value, `†` ours is correct and the source has a slip, `✗` the source prints another value. */
export type FigureMark = '✓' | '†' | '✗';

/** What each mark means. */
export const markMeanings: Readonly<Record<FigureMark, string>> = {
  '✓': 'agrees with the printed figure',
  '†': 'correct, where the source has a slip',
  '✗': 'differs from the printed figure',
};

/**
 * The mark of a quantity; undefined where the source has no figure for it.
 *
 * @example examples[0].derive().steps.map(figureMark).filter((mark) => mark === '†').length; // 6
 */
export function figureMark({ printed }: Pick<DerivationStep, 'printed'>): FigureMark | undefined {
  if (printed === undefined) return undefined;
  if (!printed.agrees) return '✗';
  return printed.reading === undefined ? '✓' : '†';
}

/**
 * The marks that a derivation has.
 *
 * @example marksOf(examples[0].derive()); // [ '✓', '†' ]
 */
export function marksOf({ steps }: Pick<Derivation, 'steps'>): readonly FigureMark[] {
  const found = new Set(steps.map(figureMark));
  return (['✓', '†', '✗'] as const).filter((mark) => found.has(mark));
}

/**
 * The values of a slip: what it leads to, and what is correct; undefined for a slip in a name alone.
 *
 * @example slipValues({ ...examples[0].derive().errata[0], wrong: 1, right: 2 }); // '1 in the place of 2'
 */
export function slipValues({ wrong, right }: Erratum): string | undefined {
  if (wrong === undefined || right === undefined) return undefined;
  const [said, correct] = [valueText(wrong), valueText(right)];
  return said === correct ? `${correct} all the same` : `${said} in the place of ${correct}`;
}

/**
 * What a changed given was before; undefined for any other quantity.
 *
 * @example
 * const { steps } = examples[0].derive({ givens: { i11: 0.3 } });
 * changeText(steps[0]); // 'was 0.1'
 */
export function changeText({ changedFrom }: DerivationStep): string | undefined {
  return changedFrom === undefined ? undefined : `was ${valueText(changedFrom)}`;
}
