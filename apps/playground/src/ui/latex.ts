/**
 * The LaTeX of derivations as a tree, which `formula.tsx` sets as MathML: fractions, roots, indices, brackets, upright words, the
 * Greek letters and functions that formulas of networks have. Anything else is refused: a wrong formula is worse than none.
 */

export type MathNode =
  | { readonly kind: 'identifier' | 'word' | 'number' | 'operator' | 'text'; readonly text: string }
  | { readonly kind: 'row'; readonly parts: readonly MathNode[] }
  | { readonly kind: 'fraction'; readonly numerator: MathNode; readonly denominator: MathNode }
  | { readonly kind: 'root' | 'hat'; readonly of: MathNode }
  | { readonly kind: 'brackets'; readonly open: string; readonly close: string; readonly inner: MathNode }
  | {
      readonly kind: 'script';
      readonly base: MathNode;
      readonly below: MathNode | undefined;
      readonly above: MathNode | undefined;
    };

/** The sign of a sum, whose range stands below and above it. */
export const SUM = '∑';

const letters: Readonly<Record<string, string>> = {
  sigma: 'σ',
  Phi: 'Φ',
  partial: '∂',
  alpha: 'α',
  delta: 'δ',
  eta: 'η',
  varphi: 'φ',
};
const functions: readonly string[] = ['ln', 'max', 'min', 'tanh'];
const operators: Readonly<Record<string, string>> = {
  cdot: '·',
  cdots: '⋯',
  ast: '∗',
  circledast: '⊛',
  odot: '⊙',
  sum: SUM,
};

const superscripts = { of: '0123456789-', are: '⁰¹²³⁴⁵⁶⁷⁸⁹⁻' };

/**
 * @throws Error naming what it does not know
 * @example parseLatex('\\frac{\\partial L}{\\partial w_{1}}').kind // 'fraction'
 */
export function parseLatex(latex: string): MathNode {
  const parser = new Parser(latex);
  const row = parser.row(() => false);
  return row;
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(readonly latex: string) {
    this.#tokens = latex.match(/\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|./gu) ?? [];
  }

  /** Parts up to a token that ends it, which is left. */
  row(isEnd: (token: string) => boolean): MathNode {
    const parts: MathNode[] = [];
    for (let token = this.#peek(); token !== undefined && !isEnd(token); token = this.#peek()) {
      if (/^\s+$/.test(token)) this.#at++;
      else parts.push(this.#signed(parts.at(-1)));
    }
    return parts.length === 1 ? parts[0] : { kind: 'row', parts };
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #expect(token: string): void {
    if (this.#tokens[this.#at++] !== token) throw this.#unknown(`expected ${token}`);
  }

  #unknown(what: string): Error {
    return new Error(`formula: ${what} at ${this.#tokens.slice(0, this.#at).join('').length} of ${this.latex}`);
  }

  /** A part, with the sign in front of it where it has one: a minus between two parts is an operator of its own. */
  #signed(before: MathNode | undefined): MathNode {
    const part = this.#scripted();
    const isSign =
      part.kind === 'operator' && part.text === '−' && (before === undefined || before.kind === 'operator');
    if (!isSign) return part;
    while (/^\s+$/.test(this.#peek() ?? '')) this.#at++;
    return { kind: 'row', parts: [part, this.#scripted()] };
  }

  #scripted(): MathNode {
    const base = this.#single();
    let [below, above]: (MathNode | undefined)[] = [];
    for (let token = this.#peek(); token === '_' || token === '^'; token = this.#peek()) {
      this.#at++;
      if ((token === '_' ? below : above) !== undefined) throw this.#unknown(`second ${token}`);
      if (token === '_') below = this.#single();
      else above = this.#single();
    }
    return below === undefined && above === undefined ? base : { kind: 'script', base, below, above };
  }

  #single(): MathNode {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw this.#unknown('unexpected end');
    if (token === '{') return this.#closed();
    if (token.startsWith('\\')) return this.#command(token.slice(1));
    if (/^\d/.test(token)) return this.#number(token);
    if (/^\p{L}$/u.test(token)) return { kind: 'identifier', text: token };
    if (/^[∂∞σ]$/u.test(token)) return { kind: 'identifier', text: token };
    if ('+-−=,>()[]|/…·✓'.includes(token)) return { kind: 'operator', text: token === '-' ? '−' : token };
    throw this.#unknown(`unknown ${token}`);
  }

  /** A number, with the power of ten behind it where it has one: characters of its font are closer than any script. */
  #number(text: string): MathNode {
    const rest = this.#tokens.slice(this.#at, this.#at + 9).join('');
    const [power, exponent] = /^ \\cdot 10\^\{(-?\d+)\}/.exec(rest) ?? [];
    if (power === undefined || exponent === undefined) return { kind: 'number', text };
    for (let left = power.length; left > 0; ) left -= this.#tokens[this.#at++]?.length ?? left;
    const raised = exponent.replace(/./g, (digit) => superscripts.are.charAt(superscripts.of.indexOf(digit)));
    return { kind: 'number', text: `${text}·10${raised}` };
  }

  /** A group whose brace is open. */
  #closed(): MathNode {
    const inner = this.row((token) => token === '}');
    this.#expect('}');
    return inner;
  }

  #group(): MathNode {
    this.#expect('{');
    return this.#closed();
  }

  #command(name: string): MathNode {
    switch (name) {
      case 'frac': {
        const numerator = this.#group();
        return { kind: 'fraction', numerator, denominator: this.#group() };
      }
      case 'sqrt':
        return { kind: 'root', of: this.#group() };
      case 'hat':
        return { kind: 'hat', of: this.#group() };
      case 'mathrm':
        return { kind: 'word', text: this.#words() };
      case 'text':
        return { kind: 'text', text: this.#words() };
      case 'left': {
        const open = this.#tokens[this.#at++] ?? '';
        const inner = this.row((token) => token === '\\right');
        this.#expect('\\right');
        return { kind: 'brackets', open, close: this.#tokens[this.#at++] ?? '', inner };
      }
      default:
    }
    if (letters[name] !== undefined) return { kind: 'identifier', text: letters[name] };
    if (functions.includes(name)) return { kind: 'word', text: name };
    if (operators[name] !== undefined) return { kind: 'operator', text: operators[name] };
    throw this.#unknown(`unknown \\${name}`);
  }

  /** The characters of a group as they are. */
  #words(): string {
    this.#expect('{');
    const from = this.#at;
    while (this.#peek() !== undefined && this.#peek() !== '}') this.#at++;
    const words = this.#tokens.slice(from, this.#at).join('').replaceAll('\\_', '_');
    this.#expect('}');
    return words;
  }
}
