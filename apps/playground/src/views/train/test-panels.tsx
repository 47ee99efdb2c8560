/** How the model does on the test digits: the confusion matrix, and the digits that are misclassified. */
import { computed } from '@preact/signals';
import { currentRun } from '../../training/current-run';
import { ConfusionMatrix, mostClasses } from '../../ui/confusion-matrix';
import { Panel } from '../../ui/panel';
import { MisclassifiedPanel, selected } from './misclassified-panel';

const isTested = computed(() => currentRun.value?.shownTest.value !== undefined);

export function TestPanels() {
  if (!isTested.value) {
    return (
      <Panel title="Test">
        <p class="note">
          After each epoch, and where a run is paused, the confusion matrix and the misclassified digits.
        </p>
      </Panel>
    );
  }
  return (
    <>
      <ConfusionPanel />
      <MisclassifiedPanel />
    </>
  );
}

function ConfusionPanel() {
  const run = currentRun.value;
  const test = run?.shownTest.value;
  if (run === undefined || test === undefined) return null;
  const { evaluation, epochs } = test;
  const { classes } = run.options;
  return (
    <Panel title="Confusion" note={`after ${Number(epochs.toFixed(2))} ${epochs === 1 ? 'epoch' : 'epochs'}`}>
      {classes.length > mostClasses ? (
        <p class="note">{classes.length} classes are too many for a matrix on this page.</p>
      ) : (
        <ConfusionMatrix
          confusion={evaluation.confusion}
          classes={classes}
          selected={selected.value}
          onSelect={(cell) => {
            selected.value = cell;
          }}
        />
      )}
    </Panel>
  );
}
