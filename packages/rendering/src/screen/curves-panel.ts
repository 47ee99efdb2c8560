/** The curves of a run on its screen: loss and accuracy, side by side where there is room. */
import { accuracyScale, lossScale, type Scale } from '../curves/scale';
import { type CurveSeries, type Point, terminalCurves } from '../curves/terminal-curves';
import { type Style, styles } from '../styles';
import { padEnd, truncate } from '../text-width';

/** Curves over the run's epochs: points of (epochs completed, value). */
export interface CurvesState {
  /** The number of epochs of the run. */
  readonly epochs: number;
  /** The loss of the training images. */
  readonly loss: readonly Point[];
  /** From 0 to 1. */
  readonly accuracy: readonly Point[];
  /** The loss of the validation images; empty without any. */
  readonly validationLoss: readonly Point[];
  /** Their accuracy, from 0 to 1; empty without any. */
  readonly validationAccuracy: readonly Point[];
}

export interface CurvesPanelOptions {
  readonly columns: number;
  readonly lines: number;
  readonly color: boolean;
  readonly unicode: boolean;
}

/** The least columns in which there is room for two. */
const twoFrom = 64;
const gap = 3;

/** Exactly `lines` lines, the first of them a legend. */
export function curvesPanel(state: CurvesState, { columns, lines, color, unicode }: CurvesPanelOptions): string[] {
  const { bold, cyan, dim, yellow } = styles({ color });
  const two = columns >= twoFrom;
  const width = two ? Math.floor((columns - gap) / 2) : columns;
  const drawn = (name: string, training: readonly Point[], validation: readonly Point[], scale: ScaleOf): string[] => {
    const series: CurveSeries[] = [
      { points: training, style: cyan, sign: '*' },
      { points: validation, style: yellow, sign: 'o', dashed: true },
    ];
    const sample = (text: string, ascii: string, style: Style): string => style(unicode ? text : ascii);
    const legend = [
      bold(name),
      `${sample('⠒⠒⠒', '***', cyan)} ${dim('training')}`,
      ...(validation.length === 0 ? [] : [`${sample('⠂⠐⠂', 'o o', yellow)} ${dim('validation')}`]),
    ];
    const x = { from: 0, to: state.epochs };
    const y = scale([...training, ...validation].map(([, value]) => value));
    const curves = terminalCurves({ series, x, y, width, height: lines - 1, ascii: !unicode, axisStyle: dim });
    return [truncate(legend.join('  '), width), ...curves.split('\n')];
  };
  const loss = drawn('loss', state.loss, state.validationLoss, lossScale);
  if (!two) return loss;
  const accuracy = drawn('accuracy', state.accuracy, state.validationAccuracy, accuracyScale);
  return loss.map((line, at) => padEnd(line, width + gap) + accuracy[at]);
}

type ScaleOf = (values: readonly number[]) => Scale;
