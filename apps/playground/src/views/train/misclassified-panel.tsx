/** The test digits that are misclassified, all or those of one cell of the confusion matrix: found and drawn in frames of their own. */
import { imageAt } from '@longhand/datasets';
import { type MisclassifiedImage, misclassifiedImages } from '@longhand/training';
import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { reportFailure } from '../../session';
import { currentRun } from '../../training/current-run';
import type { TrainingSession } from '../../training/training-session';
import { drawn } from '../../ui/frames';
import { Panel } from '../../ui/panel';
import { imageColumn } from '../../ui/pixels';
import { probabilityText } from '../../ui/probability-text';

/** The cell of the matrix whose digits are shown. */
export const selected = signal<readonly [trueClass: number, predictedClass: number] | undefined>(undefined);

/** Digits that are shown at most, and their width on the page. */
const [mostDigits, digitWidth] = [24, 48];

interface Pictured {
  readonly note: string;
  readonly classes: readonly string[];
  readonly digits: readonly MisclassifiedImage[];
  readonly height: number;
  /** The digits one below the other. */
  readonly url: string;
}

const pictured = signal<Pictured | undefined>(undefined);

export function MisclassifiedPanel() {
  useEffect(followTest, []);
  const { note, classes = [], digits = [], height = 0, url } = pictured.value ?? {};
  return (
    <Panel title="Misclassified" note={note} class="misclassified-panel">
      <ul class="misclassified">
        {digits.map(({ index, trueClass, predictedClass, probability }, at) => (
          <li key={index}>
            <span
              class="pixels"
              role="img"
              aria-label={`Test digit ${index}`}
              style={{
                width: `${digitWidth}px`,
                height: `${height}px`,
                backgroundImage: `url(${url})`,
                backgroundPosition: `0 ${-at * height}px`,
                backgroundSize: `${digitWidth}px ${digits.length * height}px`,
              }}
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
  );
}

/** Draws the digits of the shown test and of the selected cell, whenever either changes. */
function followTest(): () => void {
  const end = effect(() => {
    const [run, cell] = [currentRun.value, selected.value];
    const test = run?.shownTest.value;
    let isOver = false;
    const draw = async (): Promise<void> => {
      // The matrix comes first.
      await drawn();
      if (isOver || run === undefined || test === undefined) return;
      const next = await picture(run.options, test.evaluation, cell);
      const last = pictured.peek();
      if (!isOver) pictured.value = next;
      URL.revokeObjectURL(isOver ? next.url : (last?.url ?? ''));
    };
    draw().catch(reportFailure);
    return () => {
      isOver = true;
    };
  });
  return () => {
    end();
    URL.revokeObjectURL(pictured.value?.url ?? '');
    pictured.value = undefined;
  };
}

async function picture(
  { testing, classes }: TrainingSession['options'],
  evaluation: Parameters<typeof misclassifiedImages>[0],
  cell: (typeof selected)['value'],
): Promise<Pictured> {
  const all = misclassifiedImages(evaluation, testing);
  const [row, column] = cell ?? [];
  const digits = all
    .filter(({ trueClass, predictedClass }) => row === undefined || (trueClass === row && predictedClass === column))
    .slice(0, mostDigits);
  const images = digits.map(({ index }) => imageAt(testing, index));
  return {
    note:
      row === undefined
        ? `${all.length} of ${evaluation.count.toLocaleString('en-US')}, surest first`
        : `${classes[row]} predicted as ${classes[column ?? 0]}`,
    classes,
    digits,
    height: (digitWidth * testing.height) / testing.width,
    url: await imageColumn(images, testing),
  };
}
