import { type DerivationStep, type FigureMark, figureMark, markMeanings } from '@longhand/worked-examples';
import { Said } from '../../ui/said';

/** A tick where the printed figure agrees, another mark where it does once the note's slip is corrected, else a cross. */
export function Mark({ printed }: { readonly printed: DerivationStep['printed'] }) {
  const mark = figureMark(printed === undefined ? {} : { printed });
  if (mark === undefined) return null;
  return (
    <span class={mark === '✗' ? 'differs' : 'agrees'} title={markMeanings[mark]}>
      <Said as={markWords[mark]}>{mark}</Said>
    </span>
  );
}

const markWords = { '✓': 'agrees', '†': 'corrected', '✗': 'differs' } as const;

/** What the marks mean that there are. */
export function Legend({ of }: { readonly of: readonly FigureMark[] }) {
  return of.length === 0 ? null : <p class="note">{of.map((mark) => `${mark} ${markMeanings[mark]}`).join(' · ')}</p>;
}
