/** Formulas as MathML, which browsers set themselves; a long one may break before its signs. */
import { cutAtDots, cutAtSigns } from '@longhand/worked-examples';
import type { JSX } from 'preact';
import { type MathNode, parseLatex, SUM } from './latex';
import './formula.css';

export interface FormulaProps {
  /** Parts with equals signs between them, in LaTeX. */
  readonly parts: readonly string[];
}

/** One equation, as large as one on a line of its own. Browsers do not break lines within `math`, but between two. */
export function Formula({ parts }: FormulaProps) {
  const pieces = parts.flatMap((part, at) => cutAtSigns(at === 0 ? part : ` = ${part}`));
  return (
    <span class="formula">
      {pieces.map((piece, at) => (
        <span key={at}>
          {cutAtDots(piece).map((part, k) => (
            <math key={k} displaystyle={true}>
              {typeset(infix(parseLatex(part), part))}
            </math>
          ))}
        </span>
      ))}
    </span>
  );
}

/** A symbol or a number within a line of text. */
export function InlineMath({ latex }: { readonly latex: string }) {
  return <math>{typeset(parseLatex(latex))}</math>;
}

/** At the start of a piece a browser would set an operator as the sign of a number, without space. */
function infix(node: MathNode, latex: string): MathNode {
  if (node.kind !== 'row' || !/^ (?:[+=-]|\\cdot) /.test(latex)) return node;
  return { ...node, parts: [{ kind: 'row', parts: [] }, ...node.parts] };
}

function typeset(node: MathNode): JSX.Element {
  switch (node.kind) {
    case 'identifier':
      return <mi>{node.text}</mi>;
    case 'word':
      // Several letters stand upright by themselves; one would not.
      return <mi mathvariant="normal">{node.text}</mi>;
    case 'number':
      return <mn>{node.text}</mn>;
    case 'operator':
      return <mo>{node.text}</mo>;
    case 'text':
      return <mtext>{node.text}</mtext>;
    case 'row':
      return <mrow>{node.parts.map(typeset)}</mrow>;
    case 'fraction':
      return (
        <mfrac>
          {typeset(node.numerator)}
          {typeset(node.denominator)}
        </mfrac>
      );
    case 'root':
      return <msqrt>{typeset(node.of)}</msqrt>;
    case 'hat':
      return (
        <mover>
          {typeset(node.of)}
          <mo>^</mo>
        </mover>
      );
    case 'brackets':
      return (
        <mrow>
          <mo>{node.open}</mo>
          {typeset(node.inner)}
          <mo>{node.close}</mo>
        </mrow>
      );
    case 'script':
      return scripted(node);
  }
}

function scripted({ base, below, above }: Extract<MathNode, { kind: 'script' }>): JSX.Element {
  if (below !== undefined && above !== undefined) {
    if (base.kind === 'operator' && base.text === SUM) {
      return (
        <munderover>
          <mo>{SUM}</mo>
          {typeset(below)}
          {typeset(above)}
        </munderover>
      );
    }
    return (
      <msubsup>
        {typeset(base)}
        {typeset(below)}
        {typeset(above)}
      </msubsup>
    );
  }
  return below === undefined ? (
    <msup>
      {typeset(base)}
      {above && typeset(above)}
    </msup>
  ) : (
    <msub>
      {typeset(base)}
      {typeset(below)}
    </msub>
  );
}
