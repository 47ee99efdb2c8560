/** The answer: the digit or the number, how sure the model is, and the probability of every class. */
import { chosen, chosenAt, type ReadDigit, type Reading, reading } from '../../drawing/reading';
import { presentModel } from '../../session';
import { Panel } from '../../ui/panel';
import { Pixels, paintDigit } from '../../ui/pixels';
import { probabilityText } from '../../ui/probability-text';

export function AnswerPanel() {
  const now = reading.value;
  const classes = presentModel.value?.classes ?? [];
  const digit = chosen.value;
  return (
    <Panel title="Answer" class="answer-panel">
      <p class="answer" role="status">
        <span class="verdict">{now?.digits.map(({ predicted }) => classes[predicted]).join('') ?? ''}</span>
        <span class="note">{sentence(now, classes)}</span>
      </p>
      {now !== undefined && now.digits.length > 1 ? <DigitChoice digits={now.digits} classes={classes} /> : null}
      <ol class="bars">
        {classes.map((name, at) => {
          const probability = digit?.probabilities[at];
          return (
            <li key={name} class={at === digit?.predicted ? 'best' : ''}>
              <span class="name">{name}</span>
              <span class="track" aria-hidden="true">
                <span class="fill" style={{ transform: `scaleX(${probability ?? 0})` }} />
              </span>
              <span class="percent">{probability === undefined ? '' : probabilityText(probability)}</span>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}

function sentence(now: Reading | undefined, classes: readonly string[]): string {
  if (now === undefined) return 'The paper is blank.';
  if (now.problem !== undefined) return now.problem.replace(/^drawing: /, '');
  const unsure = now.digits.filter(({ doubt }) => doubt !== undefined);
  const [first] = now.digits;
  if (now.digits.length === 1 && first !== undefined) {
    const percent = probabilityText(first.probabilities[first.predicted]);
    if (first.doubt === undefined) return `${percent} sure`;
    return `Not sure, ${percent}${first.doubt === 'similarity' ? `, but unlike other ${classes[first.predicted]}` : ''}`;
  }
  const names = unsure.map(({ predicted }) => classes[predicted]).join(', ');
  return unsure.length === 0
    ? `${now.digits.length} digits, all sure`
    : `${now.digits.length} digits; not sure of ${names}`;
}

interface DigitChoiceProps {
  readonly digits: readonly ReadDigit[];
  readonly classes: readonly string[];
}

/** Which of several digits is looked at. */
function DigitChoice({ digits, classes }: DigitChoiceProps) {
  return (
    <fieldset class="digit-choice">
      <legend class="visually-hidden">The digit to look at</legend>
      {digits.map(({ prepared, predicted, doubt }, at) => {
        const { height, width, channels, pixels } = prepared.image;
        return (
          <button
            key={`${prepared.box.left}-${prepared.box.top}`}
            type="button"
            class={doubt === undefined ? 'digit' : 'digit unsure'}
            aria-pressed={at === chosenAt.value}
            onClick={() => {
              chosenAt.value = at;
            }}
          >
            <Pixels
              width={width}
              height={height}
              zoom={2}
              label={`Digit ${at + 1}`}
              paint={(into) => paintDigit(channels === 1 ? pixels : pixels.filter((_, k) => k % channels === 0), into)}
            />
            {classes[predicted]}
            {doubt === undefined ? '' : '?'}
          </button>
        );
      })}
    </fieldset>
  );
}
