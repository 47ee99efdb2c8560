/** Expressions as people write them: in plain characters for a terminal, in LaTeX for typesetting. */
import type { Expression, FunctionName } from '@longhand/kernels';

/** How binding an expression is, to know where parentheses are needed. */
enum Binding {
  Sum = 0,
  Product = 1,
  Atom = 2,
}

/** How the pieces of a formula are written. */
interface Style {
  readonly times: string;
  readonly minus: string;
  readonly parentheses: (inner: string) => string;
  readonly quotient: (numerator: string, denominator: string) => string;
  readonly square: (base: string) => string;
  readonly call: Readonly<Record<FunctionName, (argument: string) => string>>;
  readonly max: (candidates: readonly string[]) => string;
  /** Whether a fraction needs no parentheses around its parts. */
  readonly fractionGroups: boolean;
}

const plain: Style = {
  times: '·',
  minus: ' − ',
  parentheses: (inner) => `(${inner})`,
  quotient: (numerator, denominator) => `${numerator} / ${denominator}`,
  square: (base) => `${base}²`,
  call: {
    exp: (x) => `e^(${x})`,
    log: (x) => `ln(${x})`,
    log1p: (x) => `ln(1 + ${x})`,
    sigmoid: (x) => `σ(${x})`,
    tanh: (x) => `tanh(${x})`,
    abs: (x) => `|${x}|`,
    step: (x) => `[${x} > 0]`,
    normalCdf: (x) => `Φ(${x})`,
    relu6: (x) => `min(max(${x}, 0), 6)`,
    sqrt: (x) => `√(${x})`,
  },
  max: (candidates) => `max(${candidates.join(', ')})`,
  fractionGroups: false,
};

const typeset: Style = {
  times: ' \\cdot ',
  minus: ' - ',
  parentheses: (inner) => `\\left(${inner}\\right)`,
  quotient: (numerator, denominator) => `\\frac{${numerator}}{${denominator}}`,
  // A symbol with a superscript of its own takes no second one.
  square: (base) => (/^[^\\].*\^/.test(base) ? `\\left(${base}\\right)^{2}` : `${base}^{2}`),
  call: {
    exp: (x) => `e^{${x}}`,
    log: (x) => `\\ln\\left(${x}\\right)`,
    log1p: (x) => `\\ln\\left(1 + ${x}\\right)`,
    sigmoid: (x) => `\\sigma\\left(${x}\\right)`,
    tanh: (x) => `\\tanh\\left(${x}\\right)`,
    abs: (x) => `\\left|${x}\\right|`,
    step: (x) => `\\left[${x} > 0\\right]`,
    normalCdf: (x) => `\\Phi\\left(${x}\\right)`,
    relu6: (x) => `\\min\\left(\\max\\left(${x}, 0\\right), 6\\right)`,
    sqrt: (x) => `\\sqrt{${x}}`,
  },
  max: (candidates) => `\\max\\left(${candidates.join(', ')}\\right)`,
  fractionGroups: true,
};

/** Writes the entry with the name; of a number in a logarithm the digits matter that it differs from 1 in. */
export type LeafWriter = (id: string, isInLogarithm?: boolean) => string;

/** Writes a constant number. */
export type NumberWriter = (value: number) => string;

/**
 * A formula in plain characters.
 *
 * @param leaf how an entry is written: its symbol, or its number for a substitution
 */
export function plainFormula(expression: Expression, leaf: LeafWriter, number: NumberWriter): string {
  return write(expression, { ...plain, leaf, number }).text;
}

/** A formula in LaTeX. */
export function latexFormula(expression: Expression, leaf: LeafWriter, number: NumberWriter): string {
  return write(expression, { ...typeset, leaf, number }).text;
}

interface Pen extends Style {
  readonly leaf: LeafWriter;
  readonly number: NumberWriter;
}

interface Written {
  readonly text: string;
  readonly binding: Binding;
  /** Whether it begins with a minus, which needs parentheses after another sign. */
  readonly negative: boolean;
}

function atom(text: string): Written {
  const negative = /^[−-]/.test(text);
  return { text, binding: Binding.Atom, negative };
}

function write(expression: Expression, pen: Pen): Written {
  const inner = (part: Expression, least: Binding): string => {
    const { text, binding, negative } = write(part, pen);
    return binding < least || negative ? pen.parentheses(text) : text;
  };
  switch (expression.kind) {
    case 'entry':
      return atom(pen.leaf(expression.array));
    case 'constant':
      return atom(pen.number(expression.value));
    case 'sum':
      return { text: writeSum(expression.terms, pen), binding: Binding.Sum, negative: false };
    case 'product': {
      const [first, ...rest] = expression.factors;
      if (first?.kind === 'constant' && first.value < 0 && rest.length > 0) {
        const factors = first.value === -1 ? rest : [{ kind: 'constant' as const, value: -first.value }, ...rest];
        const text = factors.map((factor) => inner(factor, Binding.Product)).join(pen.times);
        return { text: `${pen.minus.trim()}${text}`, binding: Binding.Product, negative: true };
      }
      const text = expression.factors.map((factor) => inner(factor, Binding.Product)).join(pen.times);
      return { text, binding: Binding.Product, negative: false };
    }
    case 'quotient': {
      const least = pen.fractionGroups ? Binding.Sum : Binding.Atom;
      const numerator = pen.fractionGroups ? write(expression.numerator, pen).text : inner(expression.numerator, least);
      const denominator = pen.fractionGroups
        ? write(expression.denominator, pen).text
        : inner(expression.denominator, least);
      return { text: pen.quotient(numerator, denominator), binding: Binding.Product, negative: false };
    }
    case 'square':
      return { text: pen.square(inner(expression.base, Binding.Atom)), binding: Binding.Atom, negative: false };
    case 'call':
      if (expression.name === 'log' && expression.argument.kind === 'entry') {
        return atom(pen.call.log(pen.leaf(expression.argument.array, true)));
      }
      return atom(pen.call[expression.name](write(expression.argument, pen).text));
    case 'max':
      return atom(pen.max(expression.candidates.map((candidate) => write(candidate, pen).text)));
    case 'derivative':
      return write(expression.expression, pen);
  }
}

/** Terms with their signs between them: `a − b`, not `a + −b`. */
function writeSum(terms: readonly Expression[], pen: Pen): string {
  return terms
    .map((term, index) => {
      const { text, negative } = write(term, pen);
      const isProduct = term.kind === 'product';
      if (index === 0) return text;
      if (negative && isProduct) return pen.minus + text.replace(/^[−-]/, '');
      return ` + ${negative ? pen.parentheses(text) : text}`;
    })
    .join('');
}
