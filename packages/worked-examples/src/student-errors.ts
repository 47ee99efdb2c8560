/** The usual errors of students in a derivation, carried out: the answer that each error leads to. */
import { type Expression, entry, evaluateExpression, mapEntries, mapParts } from '@longhand/kernels';
import type { Stage, StudentError, UpdateOrder } from './derivation';
import type { OtherExpression } from './quantities';

export interface StudentErrorContext {
  readonly stage: Stage;
  readonly order: UpdateOrder;
  /** The value of a quantity by its id; undefined for an unknown id. */
  readonly find: (id: string) => number | undefined;
  readonly round: (value: number) => number;
  /** The formula with the other kind of convolution; undefined where there is no kernel to flip. */
  readonly other: OtherExpression | undefined;
}

/** The values that usual errors lead to for this expression, where they differ from the correct value and each other. */
export function studentErrors(expression: Expression, correct: number, context: StudentErrorContext): StudentError[] {
  const { stage, order, find, round, other } = context;
  const evaluate = (wrong: Expression): number =>
    round(evaluateExpression(wrong, ({ array }) => find(array) ?? Number.NaN));
  const candidates: StudentError[] = [{ name: 'forgot σ′', value: evaluate(withoutDerivatives(expression)) }];
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
  if (other !== undefined) {
    const name = other.isTrueConvolution ? 'flipped the kernel' : 'did not flip the kernel';
    candidates.push({ name, value: evaluate(other.expression) });
  }
  if (stage !== 'forward') candidates.push({ name: 'wrong sign', value: evaluate(withWrongSign(expression)) });
  return candidates.filter(({ value }, at) => {
    const known = [correct, ...candidates.slice(0, at).map((candidate) => candidate.value)];
    return Number.isFinite(value) && !known.some((other) => Math.abs(other - value) < 1e-9);
  });
}

/** Every derivative of an activation left out. */
function withoutDerivatives(expression: Expression): Expression {
  if (expression.kind === 'derivative') return { kind: 'constant', value: 1 };
  return mapParts(expression, withoutDerivatives);
}

/** Every quantity under another id, where a quantity of that id exists. */
function renamed(
  expression: Expression,
  rename: (id: string) => string,
  find: (id: string) => number | undefined,
): Expression {
  return mapEntries(expression, (read) => {
    const other = rename(read.array);
    return find(other) === undefined ? read : entry(other, 0);
  });
}

/** An update that adds the gradient instead of subtracting it; any other expression with its sign changed. */
function withWrongSign(expression: Expression): Expression {
  if (expression.kind === 'sum' && expression.terms.length === 2) {
    const [start, change] = expression.terms as [Expression, Expression];
    if (change.kind === 'product' && change.factors[0]?.kind === 'constant' && change.factors[0].value === -1) {
      return { kind: 'sum', terms: [start, { kind: 'product', factors: change.factors.slice(1) }] };
    }
  }
  return { kind: 'product', factors: [{ kind: 'constant', value: -1 }, expression] };
}
