import { type Erratum, slipValues } from '@longhand/worked-examples';
import { Panel } from '../../ui/panel';
import { derivation, moveToQuantity } from '../../working/choice';
import { Note } from './note';

/** All slips of the note, with their arithmetic. */
export function SlipsPanel() {
  const { errata } = derivation.value;
  if (errata.length === 0) return null;
  return (
    <Panel title="Slips of the note" note={`${errata.length}`} class="slips-panel">
      <ul class="slips">
        {errata.map((slip) => (
          <Slip key={slip.where + slip.says} slip={slip} linked />
        ))}
      </ul>
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
