import { type DerivationStep, marksOf, withTrueMinus } from '@longhand/worked-examples';
import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { InlineMath } from '../../ui/formula';
import { Panel } from '../../ui/panel';
import { Said } from '../../ui/said';
import { derivation, isOnDigit, moveToQuantity, played, presentStep, reached, sections } from '../../working/choice';
import { hiddenStep } from '../../working/practice';
import { Legend, Mark } from './mark';

/** The whole step: every quantity with ours and the note's figure, as far as it is worked out. */
export function StepsPanel() {
  const hasFigures = derivation.value.steps.some(({ printed }) => printed !== undefined);
  const list = useRef<HTMLDivElement>(null);
  useSignalEffect(() => {
    void presentStep.value;
    // Once the row is there; only the list is scrolled, not the page.
    requestAnimationFrame(() => {
      const [box, row] = [list.current, list.current?.querySelector<HTMLElement>('[aria-current]')?.closest('tr')];
      if (box === null || row === null || row === undefined) return;
      box.scrollTop = row.offsetTop - box.clientHeight / 2;
    });
  });
  return (
    <Panel title="The whole step" note={<Tally />} class="steps-panel">
      <div class="steps" ref={list}>
        <table>
          <thead>
            <tr>
              <th scope="col">step</th>
              <th scope="col">quantity</th>
              <th scope="col">ours</th>
              {hasFigures ? <th scope="col">the note’s</th> : null}
            </tr>
          </thead>
          {sections.value
            .filter(({ title }) => title !== 'Given')
            .map(({ title, steps }) => (
              <tbody key={title}>
                <tr>
                  <th scope="rowgroup" colSpan={hasFigures ? 4 : 3} class="part">
                    {title}
                  </th>
                </tr>
                {steps.map((step) => (
                  <StepRow key={step.id} step={step} hasFigures={hasFigures} />
                ))}
              </tbody>
            ))}
        </table>
      </div>
      <Legend of={marksOf(derivation.value)} />
    </Panel>
  );
}

function StepRow({ step, hasFigures }: { readonly step: DerivationStep; readonly hasFigures: boolean }) {
  const { id, number, symbol, shown, printed } = step;
  const isPresent = presentStep.value?.id === id;
  const isShown = reached.value.has(id) && hiddenStep.value?.id !== id;
  return (
    <tr class={isPresent ? 'present-row' : isShown ? '' : 'ahead'}>
      <td>{number}</td>
      <th scope="row">
        <button
          type="button"
          class="quantity"
          aria-current={isPresent ? 'step' : undefined}
          onClick={() => moveToQuantity(id)}
        >
          <Said as={symbol.text}>
            <InlineMath latex={symbol.latex} />
          </Said>
        </button>
      </th>
      <td>{isShown ? shown : ''}</td>
      {hasFigures ? (
        <td>
          {isShown && printed !== undefined ? (
            <>
              {withTrueMinus(printed.figure)} <Mark printed={printed} />
            </>
          ) : null}
        </td>
      ) : null}
    </tr>
  );
}

/** How many of the printed figures agree, of those that were reached. */
function Tally() {
  const printed = played.value.filter((step) => step.printed !== undefined);
  if (isOnDigit.value) return <>{`${played.value.length} quantities`}</>;
  if (printed.length === 0) return <>the note prints no figures</>;
  const done = printed.filter(({ id }) => reached.value.has(id) && hiddenStep.value?.id !== id);
  const agreeing = done.filter((step) => step.printed?.agrees);
  return <>{`${agreeing.length} of ${done.length} figures agree, ${printed.length} in all`}</>;
}
