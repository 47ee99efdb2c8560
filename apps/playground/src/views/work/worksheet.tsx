/** The example on paper: with room for the values, or with all of them. It is seen in print only. */
import { type DerivationStep, derivationSections, latexValue } from '@longhand/worked-examples';
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Formula, InlineMath } from '../../ui/formula';
import { derivation, isOnDigit, sections } from '../../working/choice';
import { digitWorksheet } from '../../working/digit-example';
import { Mark } from './mark';
import { Note } from './note';
import { Slip } from './slips-panel';

type Kind = 'blank' | 'solved';

/** What is to be printed; each time another object, so that it is printed each time. */
const wanted = signal<{ readonly kind: Kind } | undefined>(undefined);

/** Prints the example. */
export function printWorksheet(kind: Kind): void {
  wanted.value = { kind };
}

export function Worksheet() {
  const asked = wanted.value;
  useEffect(() => {
    if (asked !== undefined) print();
  }, [asked]);
  // Hundreds of formulas that are seen on paper only: they wait until they are asked for.
  if (asked === undefined && isOnDigit.value) return null;
  const { title, about, aboutGivens, errata } = derivation.value;
  const isSolved = asked?.kind !== 'blank';
  const blankSteps = isOnDigit.value ? digitWorksheet.value : undefined;
  const shown =
    isSolved || blankSteps === undefined
      ? sections.value
      : derivationSections({ ...derivation.value, steps: blankSteps });
  return (
    <article class="worksheet">
      <h1>{title}</h1>
      <p>
        <Note text={about} />
      </p>
      {isSolved ? null : <p class="name-line">Name</p>}
      {shown.map((section) => (
        <section key={section.title}>
          <h2>{section.title}</h2>
          {section.title === 'Given' && aboutGivens !== undefined ? <p>{aboutGivens}</p> : null}
          <ol class={section.title === 'Given' ? 'givens' : ''}>
            {section.steps.map((step) => (
              <li key={step.id} value={step.number}>
                {section.title === 'Given' ? (
                  <InlineMath latex={`${step.symbol.latex} = ${latexValue(step.shown)}`} />
                ) : (
                  <Line step={step} isSolved={isSolved} />
                )}
              </li>
            ))}
          </ol>
        </section>
      ))}
      {isSolved && errata.length > 0 ? (
        <section>
          <h2>Slips of the note</h2>
          <ul>
            {errata.map((slip) => (
              <Slip key={slip.where + slip.says} slip={slip} />
            ))}
          </ul>
        </section>
      ) : null}
    </article>
  );
}

function Line({ step, isSolved }: { readonly step: DerivationStep; readonly isSolved: boolean }) {
  const { symbol, formula, substitution, shown, printed } = step;
  const parts = [symbol.latex, formula?.latex, ...(isSolved ? [substitution?.latex, latexValue(shown)] : [])];
  return (
    <div class="line">
      <Formula parts={parts.filter((part) => part !== undefined)} />
      {isSolved ? <Mark printed={printed} /> : <span class="room">=</span>}
    </div>
  );
}
