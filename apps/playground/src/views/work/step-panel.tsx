import {
  cutAtSigns,
  type DerivationStep,
  latexValue,
  readingText,
  shortenedSum,
  valueText,
  withTrueMinus,
} from '@longhand/worked-examples';
import { Button } from '../../ui/button';
import { Formula, InlineMath } from '../../ui/formula';
import { Panel } from '../../ui/panel';
import { Said } from '../../ui/said';
import { derivation, moveTo, moveToQuantity, played, position, presentStep } from '../../working/choice';
import { hiddenStep } from '../../working/practice';
import { Mark } from './mark';
import { Note } from './note';
import { PracticeForm } from './practice-form';
import { Slip } from './slips-panel';

/** The present step: formula, numbers, value, what the note has; and the way forward and back. */
export function StepPanel() {
  const step = presentStep.value;
  return (
    <Panel
      title={step === undefined ? 'What is given' : `Step ${position.value}: ${stageWords[step.stage]}`}
      note={`${position.value} of ${played.value.length}`}
      class="step-panel"
    >
      <Scrubber />
      <div class="present" aria-live="polite">
        {step === undefined ? <Givens /> : <StepArithmetic step={step} />}
      </div>
    </Panel>
  );
}

const stageWords: Readonly<Record<DerivationStep['stage'], string>> = {
  given: 'given',
  forward: 'forward',
  backward: 'backward',
  update: 'a new value',
  after: 'after the update',
};

function Scrubber() {
  const [now, last] = [position.value, played.value.length];
  return (
    <div class="scrubber">
      <Button disabled={now === 0} onClick={() => moveTo(0)}>
        Start
      </Button>
      <Button disabled={now === 0} onClick={() => moveTo(now - 1)}>
        Back
      </Button>
      <input
        type="range"
        aria-label="Step"
        aria-valuetext={`${now} of ${last}${presentStep.value === undefined ? '' : `, ${presentStep.value.symbol.text}`}`}
        min={0}
        max={last}
        step={1}
        value={now}
        onInput={({ currentTarget }) => moveTo(Number(currentTarget.value))}
      />
      <Button primary disabled={now === last} onClick={() => moveTo(now + 1)}>
        Next
      </Button>
      <Button disabled={now === last} onClick={() => moveTo(last)}>
        End
      </Button>
    </div>
  );
}

/** All that is given, before the first step. */
function Givens() {
  const { steps, aboutGivens } = derivation.value;
  const given = steps.filter(({ stage }) => stage === 'given');
  return (
    <>
      <ul class="givens">
        {given.map(({ id, symbol, shown }) => (
          <li key={id}>
            <InlineMath latex={`${symbol.latex} = ${latexValue(shown)}`} />
          </li>
        ))}
      </ul>
      {aboutGivens === undefined ? null : <p class="note">{aboutGivens}</p>}
      <p class="note">Next begins. The arrow keys to the right and left go forward and back, too.</p>
    </>
  );
}

/** More terms than this, and more numbers that a quantity is made of, are not all written out. */
const [MOST_TERMS, MOST_ORIGINS] = [16, 24];

function StepArithmetic({ step }: { readonly step: DerivationStep }) {
  const { id, symbol, shown, inputs, remark, centralDifference, summation } = step;
  // No one reads hundreds of terms in a row.
  const isLong = step.formula !== undefined && cutAtSigns(step.formula.text).length > MOST_TERMS;
  const [formula, substitution] = [step.formula, step.substitution].map((notation) =>
    isLong && notation !== undefined ? shortenedSum(notation) : notation,
  );
  const isHidden = hiddenStep.value?.id === id;
  const slips = derivation.value.errata.filter(({ quantity }) => quantity === id);
  return (
    <>
      {summation === undefined ? null : <Formula parts={[symbol.latex, summation.latex]} />}
      {formula === undefined ? null : <Formula parts={[summation === undefined ? symbol.latex : '', formula.latex]} />}
      {substitution === undefined || isHidden ? null : <Formula parts={['', substitution.latex]} />}
      {isHidden ? null : <Formula parts={[formula === undefined ? symbol.latex : '', latexValue(shown)]} />}
      {remark === undefined ? null : <p class="note">{remark}</p>}
      {centralDifference === undefined || isHidden ? null : (
        <p class="note">{`Central difference of the loss: ${valueText(centralDifference)}`}</p>
      )}
      <PracticeForm />
      {inputs.length === 0 ? null : (
        <p class="origins">
          <span class="note">made of</span>
          {inputs.slice(0, MOST_ORIGINS).map((input) => (
            <Origin key={input} id={input} />
          ))}
          {inputs.length > MOST_ORIGINS ? <span class="note">{`and ${inputs.length - MOST_ORIGINS} more`}</span> : null}
        </p>
      )}
      {isHidden ? null : <Source step={step} />}
      {isHidden || slips.length === 0 ? null : (
        <ul class="slips">
          {slips.map((slip) => (
            <Slip key={slip.says} slip={slip} />
          ))}
        </ul>
      )}
    </>
  );
}

/** A number in the formula: given, or with the way to its own step. */
function Origin({ id }: { readonly id: string }) {
  const step = derivation.value.steps.find((other) => other.id === id);
  if (step === undefined) return null;
  const words = <InlineMath latex={`${step.symbol.latex} = ${latexValue(step.shown)}`} />;
  if (step.stage === 'given') return <span class="origin">{words}</span>;
  return (
    <button type="button" class="origin" onClick={() => moveToQuantity(id)}>
      <Said as={`${step.symbol.text} = ${step.shown}, step ${step.number}`}>{words}</Said>
    </button>
  );
}

/** What the note has for the quantity, where it has a figure. */
function Source({ step }: { readonly step: DerivationStep }) {
  const { printed } = step;
  if (printed === undefined) return null;
  const reading = readingText(step);
  return (
    <p class="source">
      {reading === undefined ? 'The note has' : 'Corrected, the note has'}{' '}
      <strong>{withTrueMinus(printed.figure)}</strong>, ours is <strong>{step.shown}</strong> <Mark printed={printed} />
      {reading === undefined ? null : (
        <span class="note">
          {' '}
          <Note text={reading} />
        </span>
      )}
    </p>
  );
}
