/** The usual mistakes in a derivation, carried out: what the answer would be if one had made them. */
import { type Expression, entriesOf, entry, evaluateExpression, mapParts } from '@longhand/kernels';
import type { Mistake, Stage, UpdateOrder } from './derivation';
import { replaceEntries } from './quantities';

export interface MistakeContext {
  readonly stage: Stage;
  readonly order: UpdateOrder;
  /** The value of a quantity by its id; undefined for one that there is not. */
  readonly find: (id: string) => number | undefined;
  readonly round: (value: number) => number;
  /** Whether the formula is a convolution's: only there is a kernel to lay on the wrong way round. */
  readonly isConvolution: boolean;
}

/** The values that usual mistakes lead to for this expression, where they differ from the right one and each other. */
export function mistakesOf(expression: Expression, right: number, context: MistakeContext): Mistake[] {
  const { stage, order, find, round, isConvolution } = context;
  const evaluate = (wrong: Expression): number =>
    round(evaluateExpression(wrong, ({ array }) => find(array) ?? Number.NaN));
  const candidates: Mistake[] = [{ name: 'forgot σ′', value: evaluate(withoutDerivatives(expression)) }];
  if (stage === 'backward') {
    candidates.push(
      order === 'standard'
        ? { name: 'used the new weights', value: evaluate(renamed(expression, (id) => `${id}_new`, find)) }
        : {
            name: 'used the old weights',
            value: evaluate(renamed(expression, (id) => id.replace(/_new$/, ''), find)),
          },
    );
  }
  if (isConvolution) candidates.push({ name: 'flipped the kernel', value: evaluate(withTurnedKernels(expression)) });
  if (stage !== 'forward') candidates.push({ name: 'wrong sign', value: evaluate(withWrongSign(expression)) });
  return candidates.filter(({ value }, at) => {
    const known = [right, ...candidates.slice(0, at).map((candidate) => candidate.value)];
    return Number.isFinite(value) && !known.some((other) => Math.abs(other - value) < 1e-9);
  });
}

/** Every derivative of an activation left out. */
function withoutDerivatives(expression: Expression): Expression {
  if (expression.kind === 'derivative') return { kind: 'constant', value: 1 };
  return mapParts(expression, withoutDerivatives);
}

/** Every quantity under another id, where there is one of that id. */
function renamed(
  expression: Expression,
  rename: (id: string) => string,
  find: (id: string) => number | undefined,
): Expression {
  return replaceEntries(expression, (read) => {
    const other = rename(read.array);
    return find(other) === undefined ? read : entry(other, 0);
  });
}

/** In every sum of products, the second factors in the opposite order: a kernel laid on the other way round. */
function withTurnedKernels(expression: Expression): Expression {
  if (expression.kind !== 'sum') return mapParts(expression, withTurnedKernels);
  const isPair = (term: Expression): boolean =>
    term.kind === 'product' && term.factors.length === 2 && entriesOf(term).length === 2;
  const seconds = expression.terms.flatMap((term) =>
    term.kind === 'product' && isPair(term) ? [term.factors[1]] : [],
  );
  const turned = expression.terms.map((term): Expression => {
    if (term.kind !== 'product' || !isPair(term)) return term;
    return { kind: 'product', factors: [term.factors[0], seconds.pop()] as Expression[] };
  });
  return { kind: 'sum', terms: turned };
}

/** An update that adds what should be taken away; anything else with its sign changed. */
function withWrongSign(expression: Expression): Expression {
  if (expression.kind === 'sum' && expression.terms.length === 2) {
    const [start, change] = expression.terms as [Expression, Expression];
    if (change.kind === 'product' && change.factors[0]?.kind === 'constant' && change.factors[0].value === -1) {
      return { kind: 'sum', terms: [start, { kind: 'product', factors: change.factors.slice(1) }] };
    }
  }
  return { kind: 'product', factors: [{ kind: 'constant', value: -1 }, expression] };
}
