/** How the model does on the test digits: the confusion matrix, and the digits that are misclassified. */
import { imageAt } from '@longhand/datasets';
import { misclassifiedImages } from '@longhand/training';
import { computed, signal } from '@preact/signals';
import { currentRun } from '../../training/current-run';
import { ConfusionMatrix, mostClasses } from '../../ui/confusion-matrix';
import { Panel } from '../../ui/panel';
import { Pixels, paintImage } from '../../ui/pixels';
import { probabilityText } from '../../ui/probability-text';

/** The cell of the matrix whose digits are shown. */
const selected = signal<readonly [trueClass: number, predictedClass: number] | undefined>(undefined);

/** Digits that are shown at most. */
const mostDigits = 24;

const latest = computed(() => {
  const run = currentRun.value;
  const test = run?.shownTest.value;
  if (run === undefined || test === undefined) return undefined;
  const { testing, classes } = run.options;
  return { ...test, testing, classes, misclassified: misclassifiedImages(test.evaluation, testing) };
});

export function TestPanels() {
  const test = latest.value;
  if (test === undefined) {
    return (
      <Panel title="Test">
        <p class="note">
          After each epoch, and where a run is paused, the confusion matrix and the misclassified digits.
        </p>
      </Panel>
    );
  }
  const { evaluation, testing, classes, misclassified, epochs } = test;
  const [row, column] = selected.value ?? [];
  const shown = misclassified.filter(
    ({ trueClass, predictedClass }) => row === undefined || (trueClass === row && predictedClass === column),
  );
  return (
    <>
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
      <Panel
        title="Misclassified"
        note={
          row === undefined
            ? `${misclassified.length} of ${evaluation.count.toLocaleString('en-US')}, surest first`
            : `${classes[row]} predicted as ${classes[column ?? 0]}`
        }
        class="misclassified-panel"
      >
        <ul class="misclassified">
          {shown.slice(0, mostDigits).map(({ index, trueClass, predictedClass, probability }) => (
            <li key={index}>
              <Pixels
                width={testing.width}
                height={testing.height}
                zoom={48 / testing.width}
                paint={(into) => paintImage(imageAt(testing, index), testing.channels, into)}
                label={`Test digit ${index}`}
              />
              <span>
                {classes[trueClass]}
                <span class="note"> → </span>
                {classes[predictedClass]}
              </span>
              <span class="note">{probabilityText(probability, 0)}</span>
            </li>
          ))}
        </ul>
      </Panel>
    </>
  );
}
