/**
 * The runs of the page: the current one, and one that is kept beside it to be compared. They go on while other views are shown.
 */
import { computed, type Signal, signal } from '@preact/signals';
import { type PresentModel, presentModel, reportFailure, wantDigits } from '../session';
import { drawn } from '../ui/frames';
import { currentSettings, type TrainSettings } from './train-settings';
import { differences, trainingOptions } from './training-plan';
import { TrainingSession } from './training-session';

/** The current run; undefined before the first, and after a restart. */
export const currentRun: Signal<TrainingSession | undefined> = signal(undefined);

/** An earlier run, for its curves. Its memory is given back. */
export const keptRun: Signal<TrainingSession | undefined> = signal(undefined);

/** Whether a button was pressed whose work has not begun: the digits or the workers are not there yet. */
export const isPreparing = signal(false);

/** Whether the current run trains. */
export const isRunning = computed(() => isPreparing.value || currentRun.value?.status.value === 'running');

/** Whether the current run can go on, and is of the settings that the page shows. */
export const canContinue = computed(() => {
  const run = currentRun.value;
  const status = run?.status.value;
  return (status === 'paused' || status === 'ready') && sameSettings(run?.options.settings ?? {}, currentSettings());
});

export function sameSettings(one: TrainSettings, other: TrainSettings): boolean {
  const text = (of: TrainSettings): string => JSON.stringify([differences(of), of.layers]);
  return text(one) === text(other);
}

/** Trains on, or begins a run of the present settings. */
export async function train(how: 'start' | 'step' | 'epoch'): Promise<void> {
  isPreparing.value = true;
  try {
    const run = canContinue.value ? currentRun.value : await newRun();
    isPreparing.value = false;
    await run?.[how]();
    if (run !== undefined && run === currentRun.value) await present(run);
  } catch (error) {
    reportFailure(error);
  } finally {
    isPreparing.value = false;
  }
}

async function newRun(): Promise<TrainingSession> {
  const settings = currentSettings();
  const digits = await wantDigits(settings.data);
  const { testing, classes, layout, name } = digits;
  const training = trainingOptions(settings, digits);
  const data = settings.data === undefined ? undefined : { name, layout };
  await dropCurrent();
  currentRun.value = new TrainingSession({ settings, training, testing, classes, ...(data && { data }) });
  return currentRun.value;
}

/** The other views see what was trained. A finished run is calibrated, as one of the command is. */
async function present({
  model,
  stepsMade,
  stepsPerEpoch,
  totalSteps,
  tests,
  options,
}: TrainingSession): Promise<void> {
  if (model === undefined) return;
  const epochs = Number((stepsMade / stepsPerEpoch).toFixed(2));
  const origin = `trained here, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
  const shown: PresentModel = { ...model, origin, test: tests.value.at(-1)?.evaluation };
  presentModel.value = shown;
  if (stepsMade < totalSteps) return;
  // Not in the frame that shows the end.
  await drawn();
  const { calibrated } = await import('./calibrated-model');
  const finished = await calibrated(shown, options.testing);
  // Another one may be the present one by now.
  if (presentModel.value === shown) presentModel.value = finished;
}

/** Forgets the current run. */
export async function restart(): Promise<void> {
  try {
    await dropCurrent();
  } catch (error) {
    reportFailure(error);
  }
}

async function dropCurrent(): Promise<void> {
  const run = currentRun.value;
  if (run !== keptRun.value) currentRun.value = undefined;
  await run?.end();
  currentRun.value = undefined;
}

/** Keeps the curves of the current run beside those of the next one; of a run that is kept, no longer. */
export function keep(isKept: boolean): void {
  keptRun.value = isKept ? currentRun.value : undefined;
}
