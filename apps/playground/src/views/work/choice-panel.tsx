import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { followDerivation } from '../../inside/derivation-address';
import { Button } from '../../ui/button';
import { Choice, TextField } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { choose, chooseExample, chosen, derivation, everyExample, isOnDigit, toggles } from '../../working/choice';
import { ask, askedNumber, digitWorksheet } from '../../working/digit-example';
import { isPracticing } from '../../working/practice';
import { Note } from './note';
import { printWorksheet } from './worksheet';

/** Which example, how it is worked out, and on paper. */
export function ChoicePanel() {
  const { example: name, title, about } = derivation.value;
  return (
    <Panel title={title} class="choice-panel">
      <p>
        <Note text={about} />
      </p>
      <div class="choices">
        <Choice
          label="Example"
          value={name}
          options={everyExample.value.map((other) => ({ value: other.name, title: `${other.name}: ${other.title}` }))}
          onChange={chooseExample}
        />
        {isOnDigit.value ? <NumberField /> : null}
        {toggles.value.map((toggle) => (
          <Choice
            key={toggle.name}
            label={toggle.label}
            value={chosen(toggle)}
            options={toggle.options.map(({ value, title }) => ({
              value,
              title: value === toggle.own ? `${title} (as the source)` : title,
            }))}
            onChange={(value) => choose(toggle, value)}
          />
        ))}
      </div>
      <div class="buttons">
        <Button
          onClick={() => {
            isPracticing.value = !isPracticing.value;
          }}
        >
          {isPracticing.value ? 'Stop trying' : 'Try it yourself'}
        </Button>
        {isOnDigit.value && digitWorksheet.value === undefined ? null : (
          <Button onClick={() => printWorksheet('blank')}>Print a blank worksheet</Button>
        )}
        <Button onClick={() => printWorksheet('solved')}>Print it with solutions</Button>
      </div>
    </Panel>
  );
}

/** Which number of the step is derived. */
function NumberField() {
  const refusal = useSignal<string | undefined>(undefined);
  useEffect(followDerivation, []);
  return (
    <TextField
      label="The number, by its name"
      inputMode="text"
      value={askedNumber.value}
      refusal={refusal.value}
      onChange={(typed) => {
        refusal.value = ask(typed);
      }}
    />
  );
}
