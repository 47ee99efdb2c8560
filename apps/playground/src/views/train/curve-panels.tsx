/** The curves of the current run, over those of the kept one, and in which settings the two differ. */
import { figureText, lossText, percentText } from '@longhand/rendering';
import { hardExamplesBegin } from '@longhand/training';
import { currentRun, keptRun } from '../../training/current-run';
import { currentSettings, numberOf, type TrainSettings } from '../../training/train-settings';
import { commandOf, differences } from '../../training/training-plan';
import type { TrainingSession } from '../../training/training-session';
import { Curves, type Series } from '../../ui/curves';
import { Notice } from '../../ui/notice';
import { Panel } from '../../ui/panel';

export function CurvePanels() {
  const [run, kept] = [currentRun.value, keptRun.value];
  const other = kept === run ? undefined : kept;
  return (
    <>
      {kept === undefined || other !== undefined ? null : (
        <Notice kind="hint">
          This run is kept as run A. Change a setting and train again: that is run B, and both stand beside each other.
        </Notice>
      )}
      {other === undefined ? null : <Comparison run={run} kept={other} />}
      <div class="train-curves">
        <Panel title="Loss" note={`means of successive batches, logarithmic${hardNote(run)}`}>
          <LossCurves run={run} other={other} />
        </Panel>
        <Panel title="Accuracy" note="on the test digits">
          <AccuracyCurves run={run} other={other} />
        </Panel>
      </div>
    </>
  );
}

interface RunsProps {
  readonly run: TrainingSession | undefined;
  /** The kept one, where it is another. */
  readonly other: TrainingSession | undefined;
}

/** Apart from the accuracy, which changes far more rarely. */
function LossCurves(runs: RunsProps) {
  const series = seriesOf(runs, 'training', (of) => of.losses.value);
  return <Curves label="Training loss" scale="loss" until={lastEpoch(runs)} format={lossText} series={series} />;
}

function AccuracyCurves(runs: RunsProps) {
  const series = seriesOf(runs, 'test', (of) =>
    of.tests.value.map(({ epochs, evaluation }) => [epochs, evaluation.accuracy]),
  );
  return (
    <Curves
      label="Test accuracy"
      scale="accuracy"
      until={lastEpoch(runs)}
      format={(value) => percentText(value)}
      series={series}
    />
  );
}

function lastEpoch({ run, other }: RunsProps): number {
  const epochsOf = (of: TrainingSession | undefined): number => of?.options.training.epochs ?? 0;
  return Math.max(epochsOf(run) || (numberOf(currentSettings(), 'epochs') ?? 3), epochsOf(other));
}

/** Names tell the runs apart only where there are two. */
function seriesOf({ run, other }: RunsProps, text: string, pointsOf: (of: TrainingSession) => Series['points']) {
  const points = run === undefined ? [] : pointsOf(run);
  const own: Series = { name: other === undefined ? text : `${text} B`, color: 'a', points };
  return other === undefined ? [own] : [{ name: `${text} A`, color: 'b', points: pointsOf(other) } as const, own];
}

/** Where the training loss rises although the network learns. */
function hardNote(run: TrainingSession | undefined): string {
  const { hardExamples, epochs = 0 } = run?.options.training ?? {};
  if (hardExamples === undefined) return '';
  const { fraction, after = hardExamplesBegin } = hardExamples;
  return `; after ${figureText(after * epochs)} of ${epochs} epochs those of the hardest ${percentText(fraction, 0)}`;
}

interface ComparisonProps {
  readonly run: TrainingSession | undefined;
  readonly kept: TrainingSession;
}

/** Of the run that is not there yet, those that are shown. */
function settingsOf(run: TrainingSession | undefined): TrainSettings {
  return run?.options.settings ?? currentSettings();
}

function Comparison({ run, kept }: ComparisonProps) {
  const [a, b] = [kept, run].map((of) => differences(settingsOf(of)));
  const names = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])].filter(
    (name) => a?.[name] !== b?.[name],
  );
  const figures = (of: TrainingSession | undefined): string => {
    const test = of?.tests.value.at(-1);
    return test === undefined ? '–' : percentText(test.evaluation.accuracy);
  };
  return (
    <Panel title="Two runs" note={names.length === 0 ? 'their settings are the same' : 'where their settings differ'}>
      <table class="comparison">
        <thead>
          <tr>
            <th scope="col">setting</th>
            <th scope="col" class="color-b">
              run A
            </th>
            <th scope="col" class="color-a">
              run B
            </th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{a?.[name] ?? 'default'}</td>
              <td>{b?.[name] ?? 'default'}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">test accuracy</th>
            <td>{figures(kept)}</td>
            <td>{figures(run)}</td>
          </tr>
          <tr>
            <th scope="row">command</th>
            <td>
              <code>{commandOf(settingsOf(kept))}</code>
            </td>
            <td>
              <code>{commandOf(settingsOf(run))}</code>
            </td>
          </tr>
          <tr>
            <th scope="row">checksum</th>
            <td>{kept.checksum.value ?? '–'}</td>
            <td>{run?.checksum.value ?? '–'}</td>
          </tr>
        </tbody>
      </table>
    </Panel>
  );
}
