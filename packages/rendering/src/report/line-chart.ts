/**
 * Curves on a page. The drawing is stretched to the room there is, the labels are not: they stay readable on a telephone. Lines
 * differ by dashes and markers, so that colors are not needed.
 */

import type { Scale, Tick } from '../curves/scale';
import type { Point } from '../curves/terminal-curves';
import { html, type Markup } from '../html';

export interface ChartLine {
  readonly name: string;
  /** How it looks: a class of the page's style. One of several alike is one of {@link looks}. */
  readonly look: 'training' | 'validation' | 'batches' | 'smooth' | 'test' | Look;
  /** From left to right; NaN interrupts the line. */
  readonly points: readonly Point[];
  /** What is written beside the name: where it ends. */
  readonly ends?: string;
  /** Whether points are marked. */
  readonly marked?: boolean;
  /** Whether a line joins them. Default: true. */
  readonly joined?: boolean;
}

/** A horizontal axis: positions from 0 to 1, the values that are written below it, and what they are of. */
export interface Axis extends Scale {
  readonly name: string;
}

/** What is said while the pointer is over an epoch. */
export interface Reading {
  /** The epoch; its end on the axis. */
  readonly at: number;
  readonly text: string;
}

export interface LineChartOptions {
  readonly title: string;
  /** What it shows, for those who cannot see it. */
  readonly description: string;
  /** Later ones are drawn over earlier ones. */
  readonly lines: readonly ChartLine[];
  readonly x: Axis;
  readonly y: Scale;
  /** Those of the epochs, first to last; tables have the same for readers without a pointer. Default: none. */
  readonly readings?: readonly Reading[];
}

/** A color and a dash. */
type Look = `color${number} dash${number}`;

/** The looks of lines that are all of one kind: eight colors, and with more lines than that other dashes. */
export const looks: readonly Look[] = Array.from(
  { length: 32 },
  (_, at): Look => `color${(at % 8) + 1} dash${(at + Math.floor(at / 8)) % 4}`,
);

/** Epochs from 0. */
export function epochAxis(epochs: number): Axis {
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => epochs / step <= 8) ?? epochs;
  const marks = Array.from({ length: Math.floor(epochs / every) + 1 }, (_, at) => at * every);
  return {
    name: 'epochs',
    at: (value) => Math.min(value / epochs, 1),
    ticks: marks.map((value) => ({ value, label: String(value) })),
  };
}

/** Units of the drawing, which has no shape of its own. */
const size = 1000;

/** Labels that are closer than this part of the axis would touch. */
const labelDistance = 0.08;

export function lineChart({ title, description, lines, x, y: scale, readings = [] }: LineChartOptions): Markup {
  const down = (value: number): number => Math.round((1 - scale.at(value)) * size);
  const across = (value: number): number => Math.round(x.at(value) * size);
  const ticks = apart(scale);
  const percent = (part: number): string => `${Number((100 * part).toFixed(2))}%`;
  const drawn = lines.map(({ look, points, marked = false, joined = true }) => {
    const path = pathOf(points.map(([at, value]): Point => [across(at), down(value)]));
    const dots = points
      .filter((point) => point.every(Number.isFinite))
      .map(([at, value]) => `M${across(at)} ${down(value)}h0`)
      .join('');
    return html`${joined ? html`<path class="line ${look}" d="${path}"/>` : ''}${marked ? html`<path class="marks ${look}" d="${dots}"/>` : ''}`;
  });
  return html`<figure class="chart">
<figcaption><b>${title}</b>${lines.map(keyOf)}</figcaption>
<div class="plot">
<div class="labels">${ticks.map(({ value, label }) => html`<span style="top:${percent(1 - scale.at(value))}">${label}</span>`)}</div>
<svg viewBox="0 0 ${size} ${size}" preserveAspectRatio="none" role="img"><title>${description}</title><path class="grid" d="${ticks.map(({ value }) => `M0 ${down(value)}h${size}`).join('')}"/>${drawn}</svg>
${readings.length === 0 ? '' : readingsOf(readings, x)}<div class="below">${x.ticks.map(({ value, label }) => html`<span style="left:${percent(x.at(value))}">${label}</span>`)}<i>${x.name}</i></div>
</div>
</figure>
`;
}

/** A strip for each epoch, which shows its figures under the pointer. It needs no script. */
function readingsOf(readings: readonly Reading[], x: Axis): Markup {
  const percent = (part: number): string => `${Number((100 * part).toFixed(2))}%`;
  const strips = readings.map(({ at, text }) => {
    const [left, right] = [x.at(at - 1), x.at(at)];
    // The text stays within the drawing.
    const side = left > 0.3 ? html` class="left"` : '';
    return html`<span style="left:${percent(left)};width:${percent(right - left)}"><b${side}>epoch ${at}: ${text}</b></span>`;
  });
  return html`<div class="readings" aria-hidden="true">${strips}</div>
`;
}

/** The ticks whose labels do not touch the one below. */
function apart({ at, ticks }: Scale): Tick[] {
  let last = Number.NEGATIVE_INFINITY;
  return ticks.filter(({ value }) => {
    const fits = at(value) - last >= labelDistance;
    if (fits) last = at(value);
    return fits;
  });
}

/** A line; points that are not finite interrupt it. */
function pathOf(points: readonly Point[]): string {
  let path = '';
  let pen = 'M';
  for (const [x, y] of points) {
    const drawable = Number.isFinite(x) && Number.isFinite(y);
    if (drawable) path += `${pen}${x} ${y}`;
    pen = drawable ? 'L' : 'M';
  }
  return path;
}

function keyOf({ name, look, ends, marked, joined = true }: ChartLine): Markup {
  const sample = html`<svg class="sample" viewBox="0 0 30 10" aria-hidden="true">${joined ? html`<path class="line ${look}" d="M1 5h28"/>` : ''}${marked ? html`<path class="marks ${look}" d="M15 5h0"/>` : ''}</svg>`;
  return html`<span class="key">${sample}${name}${ends === undefined ? '' : html` <b>${ends}</b>`}</span>`;
}
