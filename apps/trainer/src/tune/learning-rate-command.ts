/** `longhand tune --find-learning-rate`: the loss over a learning rate that grows from step to step. */
import { columnsOf, lossScale, lossText, styles, takesUnicode, terminalCurves, wantsColor } from '@longhand/rendering';
import { log } from '@longhand/tensor';
import { type LearningRateRange, learningRateRange } from '@longhand/training';
import { withEngine } from '../command/engine-session';
import { commandLine, sayLine } from '../command/failure';
import type { RunSettings } from '../run/run-settings';
import { fitOptionsOf } from '../train/complete-run';
import { type NewRun, newInputs } from '../train/run-inputs';
import type { TuneOptions } from './search';
import { trainWords } from './train-words';

/** The lines of the drawing. */
const height = 14;

export async function findLearningRate(settings: RunSettings, options: TuneOptions, sources: NewRun): Promise<void> {
  const { kernels } = settings;
  const { threads, wideVectors, steps, quiet, json } = options;
  await withEngine(
    { kernels, wideVectors, ...(threads === undefined ? {} : { threads }) },
    () => 'interrupted before the last step; nothing is saved',
    async (engine) => {
      const inputs = await newInputs(settings, sources);
      if (inputs.found !== undefined && !quiet && !json) sayLine(inputs.found);
      const {
        epochs: _,
        schedule: __,
        closeAugmentation: ___,
        hardExamples: ____,
        ...run
      } = fitOptionsOf({
        inputs: { ...inputs, validation: undefined },
      });
      const range = await learningRateRange({ ...run, steps, engine });
      process.stdout.write(
        json
          ? `${JSON.stringify({ suggestion: range.suggestion ?? null, points: range.points })}\n`
          : `${rangeText(range)}\n\n${suggestionText(range, settings)}\n`,
      );
    },
  );
}

/** Both axes are logarithmic. */
function rangeText({ points }: LearningRateRange): string {
  const color = wantsColor(process.stdout, process.env);
  const { bold, cyan, dim } = styles({ color });
  const ascii = !takesUnicode(process.env);
  const x = ({ learningRate }: { readonly learningRate: number }): number => log(learningRate);
  const [first, last] = [points[0], points[points.length - 1]];
  const curves = terminalCurves({
    series: [
      { points: points.map((point) => [x(point), point.loss]), style: dim, sign: '.' },
      { points: points.map((point) => [x(point), point.smoothed]), style: cyan, sign: '*' },
    ],
    x: {
      from: x(first),
      to: Math.max(x(last), x(first) + 1),
      ticks: ticksBetween(first.learningRate, last.learningRate),
    },
    y: lossScale(points.flatMap(({ loss, smoothed }) => [loss, smoothed])),
    width: Math.min(columnsOf(process.stdout), 90),
    height,
    ascii,
    axisStyle: dim,
  });
  return `${bold('loss by learning rate')}, one step for each rate, and smoothed\n${curves}`;
}

/** The powers of ten between two rates. */
function ticksBetween(from: number, to: number): { readonly value: number; readonly label: string }[] {
  return Array.from({ length: 25 }, (_, at) => Number(`1e${at - 12}`))
    .filter((rate) => rate >= from * 0.999 && rate <= to * 1.001)
    .map((rate) => ({ value: log(rate), label: String(rate) }));
}

function suggestionText({ points, suggestion }: LearningRateRange, settings: RunSettings): string {
  if (suggestion === undefined) {
    return `The loss fell at no learning rate; it began with ${lossText(points[0].loss)}. Check data and network, or take more --steps.`;
  }
  const learningRate = Number(suggestion.toPrecision(2));
  const { limit: _, validation: __, ...rest } = settings;
  const words = trainWords({ ...rest, learningRate });
  return `Try ${learningRate}, a third of the rate with the lowest loss:\n  ${commandLine('train', ...words)}`;
}
