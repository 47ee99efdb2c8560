import { type Erratum, slipValues } from '@longhand/worked-examples';
import { Panel } from '../../ui/panel';
import { derivation, moveToQuantity } from '../../working/choice';
import { shownSlips } from '../../working/practice';
import { Note } from './note';

/** All slips of the note, with their arithmetic. */
export function SlipsPanel() {
  const { errata } = derivation.value;
  if (errata.length === 0) return null;
  // What should be where the note has a slip is the answer of its step.
  const slips = shownSlips.value;
  const hidden = errata.length - slips.length;
  return (
    <Panel title="Slips of the note" note={`${errata.length}`} class="slips-panel">
      <ul class="slips">
        {slips.map((slip) => (
          <Slip key={slip.where + slip.says} slip={slip} linked />
        ))}
      </ul>
      {hidden === 0 ? null : (
        <p class="note">{`${hidden} ${hidden === 1 ? 'is' : 'are'} hidden while you try: what should be is the answer of a step.`}</p>
      )}
    </Panel>
  );
}

export interface SlipProps {
  readonly slip: Erratum;
  /** Whether it leads to the step of its quantity. */
  readonly linked?: boolean;
}

/** One slip: what the note says, what it should be, and by which number one sees it. */
export function Slip({ slip, linked = false }: SlipProps) {
  const { where, says, correct, evidence, quantity } = slip;
  const values = slipValues(slip);
  return (
    <li>
      <strong>
        <Note text={where} />
      </strong>{' '}
      says <Note text={says} />; should be <Note text={correct} />
      {values === undefined ? null : ` (${values})`}.{' '}
      <span class="note">
        <Note text={evidence} />.
      </span>
      {linked && quantity !== undefined ? (
        <>
          {' '}
          <button
            type="button"
            class="link"
            aria-label={`See the step of ${where}`}
            onClick={() => moveToQuantity(quantity)}
          >
            See the step
          </button>
        </>
      ) : null}
    </li>
  );
}
