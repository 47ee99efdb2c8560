/** A wrong answer is corrected, and the page learns it in a few steps: what that changes, and what it costs on the test digits. */
import { countText, percentText } from '@longhand/rendering';
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { chosen } from '../../drawing/reading';
import {
  type Accuracy,
  corrections,
  type Lesson,
  lesson,
  teach,
  teachingFailure,
  teachingNow,
  undoLesson,
} from '../../drawing/teaching';
import { presentModel } from '../../session';
import { Button } from '../../ui/button';
import { Choice } from '../../ui/field';
import { Notice } from '../../ui/notice';
import { Panel } from '../../ui/panel';
import { Pixels, paintDigit } from '../../ui/pixels';

const stepCounts = ['5', '20', '50', '100'] as const;

export function TeachPanel() {
  const steps = useSignal<(typeof stepCounts)[number]>('20');
  const mixed = useSignal(true);
  const mixedId = useId();
  const busy = teachingNow.value;
  const given = corrections.value;
  return (
    <Panel title="Wrong? Teach it your hand" class="teach-panel">
      <Labels />
      {given.length === 0 ? null : <Corrections />}
      {given.length === 0 ? null : (
        <div class="fields">
          <Choice
            label="Steps of 64 images"
            value={steps.value}
            options={stepCounts}
            onChange={(count) => {
              steps.value = count;
            }}
          />
          <p class="check">
            <input
              id={mixedId}
              type="checkbox"
              checked={mixed.value}
              onChange={({ currentTarget }) => {
                mixed.value = currentTarget.checked;
              }}
            />
            <label for={mixedId}>half of them training digits, against forgetting</label>
          </p>
          <div class="buttons">
            <Button
              primary
              disabled={busy !== undefined}
              onClick={() => teach({ steps: Number(steps.value), mixed: mixed.value })}
            >
              {busy === undefined ? 'Teach it' : `${busy} …`}
            </Button>
            <Button onClick={undoLesson} disabled={busy !== undefined || lesson.value === undefined}>
              Undo the lesson
            </Button>
          </div>
        </div>
      )}
      {lesson.value === undefined ? null : <LessonResult lesson={lesson.value} />}
      {teachingFailure.value === undefined ? null : <Notice kind="failure">{teachingFailure.value}</Notice>}
    </Panel>
  );
}

/** A button for each class: what the digit is. */
function Labels() {
  const digit = chosen.value;
  const classes = presentModel.value?.classes ?? [];
  return (
    <fieldset class="labels">
      <legend>
        {digit === undefined ? 'Draw a digit; if the answer is wrong, say here what it is.' : 'This digit is a'}
      </legend>
      {classes.map((name, label) => (
        <button
          key={name}
          type="button"
          class="label"
          disabled={digit === undefined || teachingNow.value !== undefined}
          onClick={() => {
            if (digit === undefined) return;
            corrections.value = [...corrections.value, { image: digit.prepared.image.pixels, label }];
          }}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

function Corrections() {
  const { network, classes } = presentModel.value ?? {};
  const [height = 0, width = 0, channels = 1] = network?.inputShape ?? [];
  return (
    <ul class="corrections" aria-label="Corrections">
      {corrections.value.map((correction, at) => {
        const name = classes?.[correction.label] ?? '';
        const gray = correction.image.filter((_, k) => k % channels === 0);
        return (
          <li key={`${at}-${name}`}>
            <Pixels
              width={width}
              height={height}
              zoom={1.5}
              label={`Correction ${at + 1}`}
              paint={(into) => paintDigit(gray, into)}
            />
            <span>{name}</span>
            <button
              type="button"
              class="remove"
              aria-label={`Leave out correction ${at + 1}, a ${name}`}
              onClick={() => {
                corrections.value = corrections.value.filter((_, other) => other !== at);
              }}
            >
              ×
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function LessonResult({ lesson: { own, test, steps } }: { readonly lesson: Lesson }) {
  return (
    <div role="status">
      <dl class="lesson">
        <dt>Your images</dt>
        <dd>{`${own.before} of ${own.count} → ${own.after} of ${own.count} correct, after ${steps} steps`}</dd>
        <dt>{`${countText(test.count)} test digits`}</dt>
        <dd>{costText(test)}</dd>
      </dl>
    </div>
  );
}

/** `99.21 % → 98.90 %, 31 fewer correct` */
function costText({ before, after, count }: Accuracy): string {
  const change = after - before;
  const words =
    change === 0 ? 'as many correct' : `${countText(Math.abs(change))} ${change < 0 ? 'fewer' : 'more'} correct`;
  return `${percentText(before / count)} → ${percentText(after / count)}, ${words}`;
}
