/** Curves over the steps of a run, with the values under the pointer. Arrow keys move the cursor as the pointer does. */
import { accuracyScale, lossScale } from '@longhand/rendering';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { useWidth } from './width';

export interface Series {
  readonly name: string;
  /** The run that it is of. */
  readonly color: 'a' | 'b';
  readonly dashed?: boolean;
  /** Points from left to right; x in epochs. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface CurvesProps {
  readonly series: readonly Series[];
  readonly scale: 'loss' | 'accuracy';
  /** Where the axis ends, in epochs. */
  readonly until: number;
  readonly format: (value: number) => string;
  /** What the curves are of. */
  readonly label: string;
}

const height = 190;
const margin = { top: 6, right: 8, bottom: 22, left: 48 };
const scales = { loss: lossScale, accuracy: accuracyScale } as const;

export function Curves({ series, scale: kind, until, format, label }: CurvesProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, 600);
  const cursor = useSignal<number | undefined>(undefined);
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const scale = scales[kind](series.flatMap(({ points }) => points.map(([, y]) => y)));
  const xOf = (x: number): number => margin.left + (x / until) * inner.width;
  const yOf = (y: number): number => margin.top + (1 - scale.at(y)) * inner.height;
  const pointed = cursor.value;
  const move = (x: number): void => {
    cursor.value = Math.min(Math.max(x, 0), until);
  };
  return (
    <div class="curves" ref={frame}>
      <div class="key">
        {series.map(({ name, color, points }) => {
          const point = pointed === undefined ? points.at(-1) : nearest(points, pointed);
          return (
            <span key={name} class={`color-${color}`}>
              <i />
              {name} <span class="value">{point === undefined ? '' : format(point[1])}</span>
            </span>
          );
        })}
        {pointed === undefined ? null : <span class="note">at epoch {pointed.toFixed(2)}</span>}
      </div>
      <svg
        role="img"
        aria-label={describe(label, series, format)}
        viewBox={`0 0 ${width} ${height}`}
        height={height}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read the values off.
        tabIndex={0}
        onPointerMove={({ offsetX }) => move(((offsetX - margin.left) / inner.width) * until)}
        onPointerLeave={() => {
          cursor.value = undefined;
        }}
        onKeyDown={(event) => {
          const step = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          move((cursor.value ?? until) + step * until);
        }}
        onBlur={() => {
          cursor.value = undefined;
        }}
      >
        {scale.ticks.map(({ value, label: text }) => (
          <g key={text}>
            <line class="grid" x1={margin.left} x2={width - margin.right} y1={yOf(value)} y2={yOf(value)} />
            <text class="tick" x={margin.left - 6} y={yOf(value) + 4} text-anchor="end">
              {text}
            </text>
          </g>
        ))}
        {epochTicks(until).map((epoch) => (
          <text key={epoch} class="tick" x={xOf(epoch)} y={height - 6} text-anchor={anchorOf(epoch, until)}>
            {epoch === until ? `${epoch} ${epoch === 1 ? 'epoch' : 'epochs'}` : epoch}
          </text>
        ))}
        {series.map(({ name, color, dashed = false, points }) => (
          <g key={name} class={`color-${color}`}>
            <path class={dashed ? 'dashed' : ''} d={pathOf(points, xOf, yOf)} />
            {points.length <= 12 ? points.map(([x, y]) => <circle key={x} cx={xOf(x)} cy={yOf(y)} r="2.5" />) : null}
          </g>
        ))}
        {pointed === undefined ? null : (
          <line class="cursor" x1={xOf(pointed)} x2={xOf(pointed)} y1={margin.top} y2={height - margin.bottom} />
        )}
      </svg>
    </div>
  );
}

function describe(label: string, series: readonly Series[], format: CurvesProps['format']): string {
  const ends = series.flatMap(({ name, points }) => {
    const last = points.at(-1);
    return last === undefined ? [] : [`${name} ${format(last[1])}`];
  });
  return ends.length === 0 ? `${label}: nothing yet` : `${label}: ${ends.join(', ')}`;
}

function pathOf(points: Series['points'], xOf: (x: number) => number, yOf: (y: number) => number): string {
  return points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${xOf(x).toFixed(1)} ${yOf(y).toFixed(1)}`).join('');
}

function nearest(points: Series['points'], x: number): readonly [number, number] | undefined {
  let best = points[0];
  for (const point of points) {
    if (best === undefined || Math.abs(point[0] - x) < Math.abs(best[0] - x)) best = point;
  }
  return best;
}

/** At most nine whole epochs, the last among them. */
function epochTicks(until: number): number[] {
  const every = Math.ceil(until / 8);
  const ticks = Array.from({ length: Math.floor(until / every) + 1 }, (_, at) => at * every);
  const last = ticks.at(-1);
  return last === until ? ticks : [...ticks.filter((tick) => until - tick >= every / 2), until];
}

function anchorOf(epoch: number, until: number): 'start' | 'middle' | 'end' {
  return epoch === 0 ? 'start' : epoch === until ? 'end' : 'middle';
}
