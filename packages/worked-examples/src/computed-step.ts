/** From an expression over named quantities to a step of a derivation: formula, numbers, value, and the terms of a sum. */
import { type Expression, entriesOf, evaluateExpression } from '@longhand/kernels';
import type { ComputedStep, Digits, Stage, Term } from './derivation';
import { latexFormula, plainFormula } from './formula-text';
import { latexNumber, shownNumber } from './number-notation';
import type { Quantities } from './quantities';
import { decimalText } from './rounding';

/** The step of a quantity from its expression: formula, substitution, inputs. */
export function computedStep(options: {
  readonly stage: Stage;
  readonly id: string;
  readonly value: number;
  readonly expression: Expression;
  readonly quantities: Quantities;
  readonly digits: Digits;
}): ComputedStep {
  const { stage, id, value, expression, quantities, digits } = options;
  const symbol = quantities.note(id, value).symbol;
  const numberText = (number: number): string => shownNumber(number, digits);
  const numberLatex = (number: number): string => latexNumber(number, digits);
  const textOf = (name: string): string => quantities.get(name).symbol.text;
  const latexOf = (name: string): string => quantities.get(name).symbol.latex;
  const valueText = (name: string, isInLogarithm = false): string =>
    shownNumber(quantities.get(name).value, digits, isInLogarithm);
  const valueLatex = (name: string, isInLogarithm = false): string =>
    latexNumber(quantities.get(name).value, digits, isInLogarithm);
  return {
    id,
    stage,
    symbol,
    formula: {
      text: plainFormula(expression, textOf, numberText),
      latex: latexFormula(expression, latexOf, numberLatex),
    },
    substitution: {
      text: plainFormula(expression, valueText, numberText),
      latex: latexFormula(expression, valueLatex, numberLatex),
    },
    value,
    // A result keeps its zeros, as on paper: −0.060.
    shown: digits === 'exact' ? numberText(value) : decimalText(value, digits).replace(/^-/, '−'),
    inputs: namesIn(expression),
  };
}

/** The ids in an expression, each once. */
function namesIn(expression: Expression): string[] {
  return [...new Set(entriesOf(expression).map(({ array }) => array))];
}

/** The ids in each term of a sum; one term for anything else. */
export function inputsOfTerms(expression: Expression): string[][] {
  const terms = expression.kind === 'sum' ? expression.terms : [expression];
  return terms.map(namesIn);
}

/** The terms of a sum with their values; one term for anything else. */
export function termsOfSum(expression: Expression, quantities: Quantities): Term[] {
  const terms = expression.kind === 'sum' ? expression.terms : [expression];
  return terms.map((term) => {
    const factors = term.kind === 'product' ? term.factors : [term];
    const ids = factors.flatMap((factor) => (factor.kind === 'entry' ? [factor.array] : []));
    return {
      factors: ids.map((id) => ({ id, value: quantities.get(id).value })),
      value: evaluateExpression(term, ({ array }) => quantities.get(array).value),
    };
  });
}
