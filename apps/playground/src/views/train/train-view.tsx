/** The view that trains: settings at the left, the run and what it learns at the right. */
import { durationText, lossText, percentText, rateText } from '@longhand/rendering';
import { type Signal, signal } from '@preact/signals';
import { changeSettings } from '../../address';
import { loadFailure, presentModel, wantDigits } from '../../session';
import { currentSettings, presetNames, trainingOptions, wholeNumber } from '../../training/train-settings';
import { TrainingSession } from '../../training/training-session';
import { Button } from '../../ui/button';
import { Curves } from '../../ui/curves';
import { Choice, TextField } from '../../ui/field';
import { Figures } from '../../ui/figures';
import { Notice } from '../../ui/notice';
import { Panel } from '../../ui/panel';
import './train-view.css';

/** The run of the page. It goes on while other views are shown. */
const run: Signal<TrainingSession | undefined> = signal(undefined);

export default function TrainView() {
  const session = run.value;
  return (
    <div class="train-view">
      <Panel title="Run" class="train-settings">
        <SettingsFields disabled={session?.status.value === 'running'} />
      </Panel>
      <div class="train-run">
        <Panel title="Training">
          <div class="buttons">
            <Button primary onClick={() => begin('start')} disabled={session?.status.value === 'running'}>
              {session?.status.value === 'paused' ? 'Continue' : 'Train'}
            </Button>
            <Button onClick={() => run.value?.halt()} disabled={session?.status.value !== 'running'}>
              Pause
            </Button>
            <Button onClick={() => begin('step')} disabled={session?.status.value === 'running'}>
              One step
            </Button>
            <Button onClick={() => begin('epoch')} disabled={session?.status.value === 'running'}>
              One epoch
            </Button>
            <Button onClick={restart} disabled={session === undefined}>
              Restart
            </Button>
          </div>
          <RunFigures session={session} />
          {crossOriginIsolated ? null : (
            <Notice kind="hint">
              One worker trains: this server does not send the headers that let workers share memory. The bytes are the
              same.
            </Notice>
          )}
          {session?.failure.value === undefined ? null : <Notice kind="failure">{session.failure.value}</Notice>}
        </Panel>
        <RunCurves session={session} />
      </div>
    </div>
  );
}

function SettingsFields({ disabled }: { readonly disabled: boolean }) {
  const { network, epochs, batchSize, seed } = currentSettings();
  const change = (name: string, least: number) => (text: string) => {
    if (wholeNumber(text, least, Number.MAX_SAFE_INTEGER) !== undefined) changeSettings({ [name]: text });
  };
  return (
    <div class="fields">
      <Choice
        label="Network"
        value={network}
        options={presetNames}
        disabled={disabled}
        onChange={(name) => changeSettings({ network: name })}
      />
      <TextField label="Epochs" value={`${epochs}`} disabled={disabled} onChange={change('epochs', 1)} />
      <TextField label="Batch size" value={`${batchSize}`} disabled={disabled} onChange={change('batch-size', 1)} />
      <TextField label="Seed" value={`${seed}`} disabled={disabled} onChange={change('seed', 0)} />
    </div>
  );
}

async function begin(how: 'start' | 'step' | 'epoch'): Promise<void> {
  try {
    const { training, testing } = await wantDigits();
    const session = await sessionFor(training, testing);
    await session[how]();
    const { model } = session;
    if (model === undefined) return;
    const epochs = session.stepsMade / session.stepsPerEpoch;
    const origin = `trained here, ${Number(epochs.toFixed(2))} ${epochs === 1 ? 'epoch' : 'epochs'}`;
    presentModel.value = { ...model, origin, test: session.tests.value.at(-1)?.evaluation };
  } catch (error) {
    loadFailure.value = error instanceof Error ? error.message : String(error);
  }
}

async function sessionFor(
  dataset: Parameters<typeof trainingOptions>[1],
  testing: Parameters<typeof trainingOptions>[1],
): Promise<TrainingSession> {
  const before = run.value;
  if (before?.status.value === 'ready' || before?.status.value === 'paused') return before;
  await before?.end();
  const training = trainingOptions(currentSettings(), dataset);
  const classes = Array.from({ length: dataset.classes }, (_, digit) => String(digit));
  run.value = new TrainingSession({ training, testing, classes });
  return run.value;
}

async function restart(): Promise<void> {
  await run.value?.end();
  run.value = undefined;
}

function RunFigures({ session }: { readonly session: TrainingSession | undefined }) {
  const progress = session?.progress.value;
  const speed = session?.speed.value;
  const test = session?.tests.value.at(-1);
  if (session === undefined || progress === undefined) {
    return <p class="note">One click trains on 60,000 digits and tests on 10,000 others, in this tab.</p>;
  }
  const left = (session.totalSteps - session.stepsMade) * session.options.training.batchSize;
  return (
    <Figures
      entries={[
        ['epoch', `${progress.epoch} of ${progress.epochs}`],
        ['step', `${progress.step} of ${progress.stepsPerEpoch}`],
        ['loss', lossText(progress.loss)],
        ['test accuracy', test === undefined ? '–' : percentText(test.evaluation.accuracy)],
        ['images per second', speed === undefined ? '–' : rateText(speed)],
        ['time left', speed === undefined ? '–' : durationText(left / speed)],
      ]}
    />
  );
}

function RunCurves({ session }: { readonly session: TrainingSession | undefined }) {
  const until = session?.options.training.epochs ?? currentSettings().epochs;
  const tests = session?.tests.value ?? [];
  return (
    <div class="train-curves">
      <Panel title="Loss" note="mean of successive batches">
        <Curves
          label="Loss"
          scale="loss"
          until={until}
          format={lossText}
          series={[{ name: 'training', color: 'a', points: session?.losses.value ?? [] }]}
        />
      </Panel>
      <Panel title="Accuracy" note="on the 10,000 test digits">
        <Curves
          label="Accuracy"
          scale="accuracy"
          until={until}
          format={(value) => `${(100 * value).toFixed(2)} %`}
          series={[
            { name: 'test', color: 'a', points: tests.map(({ epochs, evaluation }) => [epochs, evaluation.accuracy]) },
          ]}
        />
      </Panel>
    </div>
  );
}
