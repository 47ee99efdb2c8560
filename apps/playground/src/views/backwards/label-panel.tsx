/** The label that the loss is of, the loss itself, and what hiding a part of the image does to the label's probability. */
import { chosen } from '../../drawing/reading';
import { StepFormula } from '../../inside/cell-panel';
import { mostChanged, occlusion, PATCH } from '../../inside/occlusion';
import { hasModes, label, mode, presentStep, shownLabel } from '../../inside/present-step';
import { presentModel } from '../../session';
import { Choice } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { Pixels, paintSigned } from '../../ui/pixels';
import { probabilityText } from '../../ui/probability-text';

export function LabelPanel() {
  const classes = presentModel.value?.classes ?? [];
  const digit = chosen.value;
  const step = presentStep.value;
  return (
    <Panel title="The loss" note="softmax with cross-entropy">
      <fieldset class="labels">
        <legend>{digit === undefined ? 'Draw a digit first.' : 'As if its label were'}</legend>
        {classes.map((name, at) => (
          <button
            key={name}
            type="button"
            class="label"
            disabled={digit === undefined}
            aria-pressed={digit !== undefined && at === shownLabel.value}
            onClick={() => {
              label.value = at;
            }}
          >
            {name}
          </button>
        ))}
      </fieldset>
      {hasModes.value ? <ModeChoice /> : null}
      {step === undefined ? null : (
        <div class="loss">
          <StepFormula step={step.stepOf('L')} />
        </div>
      )}
    </Panel>
  );
}

const modes = [
  { value: 'evaluate', title: 'in use' },
  { value: 'train', title: 'in training, this image the batch' },
] as const;

/** How batch normalization and dropout work. */
function ModeChoice() {
  return (
    <Choice
      label="Its layers work as"
      value={mode.value}
      options={modes}
      onChange={(value) => {
        mode.value = value;
      }}
    />
  );
}

export function OcclusionPanel() {
  const now = occlusion.value;
  const name = presentModel.value?.classes[shownLabel.value ?? 0] ?? '';
  return (
    <Panel
      title="Where it looks"
      note={now === undefined ? '' : `the probability of ${name} with ${PATCH}×${PATCH} pixels hidden`}
    >
      {now === undefined ? (
        <p class="note">Each pixel’s surroundings are hidden in turn; what that does to the answer appears here.</p>
      ) : (
        <div class="occlusion">
          <Pixels
            width={now.width}
            height={now.height}
            zoom={Math.max(1, Math.round(196 / now.width))}
            label={`Occlusion map of ${name}`}
            paint={(into) => paintSigned(now.change, largestOf(now.change), into)}
          />
          <p class="note">{sentence(now, name)}</p>
        </div>
      )}
    </Panel>
  );
}

function largestOf(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

function sentence(now: NonNullable<typeof occlusion.value>, name: string): string {
  const { row, column, change } = mostChanged(now);
  const whole = `The whole image has ${probabilityText(now.probability)} for ${name}.`;
  if (Math.abs(change) < 0.0005)
    return `${whole} Hiding a part of it changes that nowhere by a tenth of a percentage point.`;
  const moved = change < 0 ? 'falls' : 'rises';
  return `${whole} Hidden around row ${row}, column ${column}, it ${moved} to ${probabilityText(now.probability + change)}, more than anywhere else. Orange: hiding it speaks against ${name}; blue: for it.`;
}
