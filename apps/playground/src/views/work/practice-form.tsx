import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { Button } from '../../ui/button';
import { derivation } from '../../working/choice';
import { answer, giveAway, hiddenStep, isPracticing, score, verdict } from '../../working/practice';

/** Asks for the value of the present step while it is hidden, and says what became of the answer. */
export function PracticeForm() {
  const step = hiddenStep.value;
  if (!isPracticing.value) return null;
  return (
    <div class="practice">
      {step === undefined ? null : <AnswerField key={step.id} name={step.symbol.text} />}
      <p class={`verdict-line ${verdict.value?.kind ?? ''}`} role="status">
        {verdict.value?.text}
      </p>
      {score.value === undefined ? null : <p class="note">{score.value}</p>}
    </div>
  );
}

function AnswerField({ name }: { readonly name: string }) {
  const id = useId();
  const typed = useSignal('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        answer(typed.value);
      }}
    >
      <label for={id}>
        {name} = ? <span class="note">{derivation.value.digits === 3 ? 'three decimals' : 'three digits will do'}</span>
      </label>
      <div class="answer">
        <input
          id={id}
          type="text"
          inputMode="text"
          autocomplete="off"
          value={typed.value}
          aria-invalid={verdict.value !== undefined}
          onInput={({ currentTarget }) => {
            typed.value = currentTarget.value;
          }}
        />
        <button type="submit" class="button">
          Check
        </button>
        <Button onClick={giveAway}>Show it</Button>
      </div>
    </form>
  );
}
