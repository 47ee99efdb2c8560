import { examples } from '@longhand/worked-examples';
import { Button } from '../../ui/button';
import { Choice } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { choose, chooseExample, chosen, example, toggles } from '../../working/choice';
import { isPracticing } from '../../working/practice';
import { Note } from './note';
import { printWorksheet } from './worksheet';

/** Which example, how it is worked out, and on paper. */
export function ChoicePanel() {
  const { name, title, about } = example.value;
  return (
    <Panel title={title} class="choice-panel">
      <p>
        <Note text={about} />
      </p>
      <div class="choices">
        <Choice
          label="Example"
          value={name}
          options={examples.map((other) => ({ value: other.name, title: `${other.name}: ${other.title}` }))}
          onChange={chooseExample}
        />
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
          pressed={isPracticing.value}
          onClick={() => {
            isPracticing.value = !isPracticing.value;
          }}
        >
          Try it yourself
        </Button>
        <Button onClick={() => printWorksheet('blank')}>Print a blank worksheet</Button>
        <Button onClick={() => printWorksheet('solved')}>Print it with solutions</Button>
      </div>
    </Panel>
  );
}
