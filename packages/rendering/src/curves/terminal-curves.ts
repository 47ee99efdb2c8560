/**
 * Curves in characters. A braille character has two dots side by side and four above each other, so a block of w × h
 * characters is a drawing of 2w × 4h dots. Where there is no braille, each curve is drawn with a letter of its own.
 */
import type { Style } from '../styles';
import { padStart, visibleWidth } from '../text-width';
import type { Scale, Tick } from './scale';

/** A point of a curve, in values of its axes. */
export type Point = readonly [x: number, y: number];

/** One curve. */
export interface CurveSeries {
  /** From left to right; values outside count as the nearer end, and NaN interrupts the curve. */
  readonly points: readonly Point[];
  /** Dashes distinguish the line where there is no color. Default: false. */
  readonly dashed?: boolean;
  /** Its color. Default: the terminal's. */
  readonly style?: Style;
  /** The character that draws it in ASCII. */
  readonly sign: string;
}

/** The options of {@link terminalCurves}. */
export interface TerminalCurvesOptions {
  /** Later ones are drawn over earlier ones. */
  readonly series: readonly CurveSeries[];
  /** Left and right end, and what is written below. Default: whole numbers. */
  readonly x: { readonly from: number; readonly to: number; readonly ticks?: readonly Tick[] };
  /** The scale of the upright axis: {@link lossScale} or {@link accuracyScale}. */
  readonly y: Scale;
  /** Characters, with the labels of the axes. */
  readonly width: number;
  /** Lines, with the axis. */
  readonly height: number;
  /** Only characters that every terminal has. Default: false. */
  readonly ascii?: boolean;
  /** The style of axes and labels. Default: the terminal's. */
  readonly axisStyle?: Style;
}

/**
 * The curves as exactly `height` lines of at most `width` columns: round values on the left, the ends of the run below.
 * Without room for anything, empty lines.
 *
 * @example
 * const series = [{ points: [[0, 2], [3, 0.05]] as const, sign: '*' }];
 * terminalCurves({ series, x: { from: 0, to: 3 }, y: lossScale([2, 0.05]), width: 40, height: 8 }).split('\n').length; // 8
 */
export function terminalCurves(options: TerminalCurvesOptions): string {
  const { series, x, y, width, height, ascii = false, axisStyle = (text) => text } = options;
  const rows = height - 1;
  const labels = rowLabels(y, rows);
  const gutter = Math.max(0, ...[...labels.values()].map(visibleWidth));
  const columns = width - gutter - 2;
  if (rows < 1 || columns < 1) return '\n'.repeat(Math.max(height - 1, 0));
  const canvas = new Canvas(columns, rows, ascii);
  for (const { points, dashed = false, style, sign } of series) {
    const positions = points.map(([at, value]): Point => [(at - x.from) / (x.to - x.from), y.at(value)]);
    canvas.draw(positions, { dashed, style, sign });
  }
  const [wall, tick, corner, floor] = ascii ? ['|', '+', '+', '-'] : ['│', '┤', '└', '─'];
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = labels.get(row);
    const axis = `${padStart(label ?? '', gutter)} ${label === undefined ? wall : tick}`;
    return axisStyle(axis) + canvas.line(row);
  });
  const below = ' '.repeat(gutter + 1) + corner + axisBelow(x, columns, floor);
  return [...lines, axisStyle(below)].join('\n');
}

/** The label of each row: the ticks, but for those that would touch the one below. */
function rowLabels({ at, ticks }: Scale, rows: number): Map<number, string> {
  const labels = new Map<number, string>();
  let last = Number.POSITIVE_INFINITY;
  for (const { value, label } of ticks) {
    const row = rows - 1 - Math.min(Math.floor(at(value) * rows), rows - 1);
    if (last - row < 2) continue;
    labels.set(row, label);
    last = row;
  }
  return labels;
}

/** A rule with the labels on it, as many as have room. */
function axisBelow({ from, to, ticks }: TerminalCurvesOptions['x'], columns: number, floor: string): string {
  let line = '';
  for (const { value, label } of ticks ?? wholeNumbers({ from, to }, columns)) {
    const center = Math.round(((value - from) / (to - from)) * (columns - 1)) - Math.floor((label.length - 1) / 2);
    const start = Math.max(0, Math.min(center, columns - label.length));
    // Two labels never touch.
    if (start < line.length + (ticks !== undefined && line !== '' ? 1 : 0)) continue;
    line = line.padEnd(start, floor) + label;
  }
  return line.padEnd(columns, floor).slice(0, columns);
}

/** The whole numbers between the ends, as far apart as their labels need. */
function wholeNumbers({ from, to }: TerminalCurvesOptions['x'], columns: number): Tick[] {
  const widest = String(Math.floor(to)).length;
  const least = ((to - from) * (widest + 3)) / columns;
  const every =
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000].find((step) => step >= least) ?? to - from;
  const numbers: Tick[] = [];
  for (let value = Math.ceil(from); value <= to && every > 0; value += every) {
    numbers.push({ value, label: String(value) });
  }
  return numbers;
}

const within = (position: number): number => Math.max(0, Math.min(position, 1));

/** The bits of a braille character's dots, column by column from the top. */
const brailleBits = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

interface Pen {
  readonly dashed: boolean;
  readonly style: Style | undefined;
  readonly sign: string;
}

/** A block of characters to draw in, dot by dot. */
class Canvas {
  readonly #columns: number;
  readonly #ascii: boolean;
  /** The dots, across and down. */
  readonly #across: number;
  readonly #down: number;
  readonly #bits: Uint8Array;
  /** The pen that drew in a character last. */
  readonly #pens: (Pen | undefined)[];

  constructor(columns: number, rows: number, ascii: boolean) {
    this.#columns = columns;
    this.#ascii = ascii;
    this.#across = ascii ? columns : 2 * columns;
    this.#down = ascii ? rows : 4 * rows;
    this.#bits = new Uint8Array(columns * rows);
    this.#pens = Array(columns * rows);
  }

  /** Lines from position to position; positions run from 0 to 1, from the left and from below. */
  draw(positions: readonly Point[], pen: Pen): void {
    let last: Point | undefined;
    let drawn = 0;
    for (const [x, y] of meanPerColumn(positions, this.#across)) {
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        last = undefined;
        continue;
      }
      const to: Point = [Math.round(within(x) * (this.#across - 1)), Math.round((1 - within(y)) * (this.#down - 1))];
      const from = last ?? to;
      const length = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1);
      for (let step = last === undefined ? 0 : 1; step <= length; step++) {
        const part = step / length;
        const gap = pen.dashed && drawn % 4 >= 2;
        if (!gap) this.#dot(from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1]), pen);
        if (from !== to) drawn++;
      }
      last = to;
    }
  }

  /** The characters of a row; neighbors of one style share its escapes. */
  line(row: number): string {
    let line = '';
    for (let from = row * this.#columns, to = from; from < (row + 1) * this.#columns; from = to) {
      const pen = this.#pens[from];
      let text = '';
      while (to < (row + 1) * this.#columns && this.#pens[to] === pen) text += this.#character(to++);
      line += pen?.style === undefined ? text : pen.style(text);
    }
    return line.trimEnd();
  }

  #character(at: number): string {
    if (this.#bits[at] === 0) return ' ';
    return this.#ascii ? (this.#pens[at]?.sign ?? ' ') : String.fromCodePoint(0x2800 + this.#bits[at]);
  }

  #dot(x: number, y: number, pen: Pen): void {
    const [across, down] = [Math.round(x), Math.round(y)];
    if (across < 0 || across >= this.#across || down < 0 || down >= this.#down) return;
    const at = this.#ascii
      ? down * this.#columns + across
      : Math.floor(down / 4) * this.#columns + Math.floor(across / 2);
    this.#bits[at] |= this.#ascii ? 1 : brailleBits[across % 2][down % 4];
    this.#pens[at] = pen;
  }
}

/** One position for each column of dots, the mean of those that fall on it: all of them would fill it from top to bottom. */
function meanPerColumn(positions: readonly Point[], columns: number): Point[] {
  const columnOf = ([x]: Point): number => Math.round(within(x) * (columns - 1));
  const means: Point[] = [];
  for (let from = 0, to = 0; from < positions.length; from = to) {
    let sum = 0;
    while (to < positions.length && columnOf(positions[to]) === columnOf(positions[from])) sum += positions[to++][1];
    means.push(to === from ? positions[to++] : [positions[from][0], sum / (to - from)]);
  }
  return means;
}
