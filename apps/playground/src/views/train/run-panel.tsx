/** The buttons of a run, its figures, and the command line that trains the same. */
import { durationText, lossText, percentText } from '@longhand/rendering';
import { computed, useSignal } from '@preact/signals';
import { openModelMenu } from '../../model-menu';
import { isKept } from '../../offline';
import {
  canContinue,
  currentRun,
  isPreparing,
  isRunning,
  keep,
  keptRun,
  restart,
  train,
} from '../../training/current-run';
import { currentSettings, numberOf } from '../../training/train-settings';
import { commandOf, networkFile } from '../../training/training-plan';
import type { TrainingSession } from '../../training/training-session';
import { Button } from '../../ui/button';
import { download } from '../../ui/download';
import { Figures } from '../../ui/figures';
import { Notice } from '../../ui/notice';
import { Panel } from '../../ui/panel';
import { networkText } from './network-panel';

export function RunPanel() {
  const run = currentRun.value;
  const made = run?.status.value === 'paused';
  return (
    <Panel title="Training" note={<RunState />} class="run-panel">
      <div class="buttons">
        {isRunning.value ? (
          <Button primary onClick={() => run?.halt()} disabled={isPreparing.value}>
            {isPreparing.value ? 'Preparing …' : 'Pause'}
          </Button>
        ) : (
          <Button primary onClick={() => train('start')}>
            {made && canContinue.value ? 'Continue' : 'Train'}
          </Button>
        )}
        <Button onClick={() => train('step')} disabled={isRunning.value}>
          One step
        </Button>
        <Button onClick={() => train('epoch')} disabled={isRunning.value}>
          One epoch
        </Button>
        <Button onClick={restart} disabled={run === undefined}>
          Restart
        </Button>
        <KeepButton />
        {run?.checksum.value === undefined || isRunning.value ? null : (
          <Button onClick={openModelMenu}>Save it: Model ▸</Button>
        )}
      </div>
      {run === undefined ? <FirstSentence /> : <RunFigures run={run} />}
      {run?.failure.value === undefined ? null : <Notice kind="failure">{run.failure.value}</Notice>}
      {crossOriginIsolated ? null : (
        <Notice kind="hint">
          One worker trains here: this server does not send the two headers by which workers may share memory. The bytes
          are the same.{isKept.value ? ' The page is kept now: load it again to train on all cores.' : ''}
        </Notice>
      )}
      <CommandLine />
    </Panel>
  );
}

function RunState() {
  const run = currentRun.value;
  if (isPreparing.value) return <>loading the digits</>;
  const texts = {
    ready: 'ready',
    running: 'training',
    paused: 'paused',
    finished: 'finished',
    failed: 'failed',
  };
  return <span role="status">{run === undefined ? 'ready' : texts[run.status.value]}</span>;
}

function FirstSentence() {
  const images = numberOf(currentSettings(), 'limit') ?? 60_000;
  return (
    <p class="note">
      One click trains on {images.toLocaleString('en-US')} handwritten digits and tests on 10,000 others, in this tab.
      Nothing leaves your machine.
    </p>
  );
}

/** Whether the current run has something to compare; not each of its losses draws the button again. */
const hasCurve = computed(() => (currentRun.value?.losses.value.length ?? 0) > 0);

function KeepButton() {
  const isKept = keptRun.value !== undefined;
  if (isKept) return <Button onClick={() => keep(false)}>Forget run A</Button>;
  return (
    <Button onClick={() => keep(true)} disabled={isRunning.value || !hasCurve.value}>
      Keep to compare
    </Button>
  );
}

function RunFigures({ run }: { readonly run: TrainingSession }) {
  const progress = run.progress.value;
  const speed = run.speed.value;
  const test = run.tests.value.at(-1);
  const { batchSize, epochs, dataset } = run.options.training;
  const images = progress === undefined ? 0 : (progress.epoch - 1) * dataset.count + progress.images;
  const left = epochs * dataset.count - images;
  const hasLeft = speed !== undefined && run.status.value !== 'finished';
  return (
    <Figures
      entries={[
        ['epoch', progress === undefined ? `1 of ${epochs}` : `${progress.epoch} of ${epochs}`],
        [`step of ${batchSize} images`, progress === undefined ? '–' : `${progress.step} of ${progress.stepsPerEpoch}`],
        ['training loss', progress === undefined ? '–' : lossText(progress.loss)],
        ['test accuracy', test === undefined ? '–' : percentText(test.evaluation.accuracy)],
        ['images per second', speed === undefined ? '–' : Math.round(speed).toLocaleString('en-US')],
        ['time left', hasLeft ? durationText(left / speed) : '–'],
      ]}
    />
  );
}

/** The command of the current run, or of the one that the settings are of. */
const command = computed(() => commandOf(currentSettings()));

function CommandLine() {
  const copied = useSignal(false);
  const checksum = currentRun.value?.checksum.value;
  const isOwn = currentSettings().network === 'own';
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(command.value);
    copied.value = true;
  };
  return (
    <div class="command">
      <p class="note" id="command-note">
        The same seed gives the same bytes on the command line:
      </p>
      <div>
        <code aria-describedby="command-note">{command.value}</code>
        <Button onClick={() => void copy()}>{copied.value ? 'Copied' : 'Copy'}</Button>
        {isOwn ? (
          <Button onClick={() => download(networkFile, networkText.value, 'application/json')}>
            Save {networkFile}
          </Button>
        ) : null}
      </div>
      {checksum === undefined ? null : (
        <p class="note">
          Checksum of the weights after {stepsText(currentRun.value?.stepsMade ?? 0)}:{' '}
          <code class="checksum">{checksum}</code>
        </p>
      )}
    </div>
  );
}

function stepsText(count: number): string {
  return count === 1 ? '1 step' : `${count.toLocaleString('en-US')} steps`;
}
