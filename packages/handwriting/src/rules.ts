/**
 * Printed lines found and taken away: rules, squares, margins, tables. A line becomes a part of the background, so that ink that is
 * darker stays where it crosses one; where ink is no darker, the gap is bridged between the stroke's two ends.
 *
 * A line is found in strips, narrow enough that a line that is turned or bent by the camera is straight in each: a digit's strokes cover
 * a small part of a strip's length, so a low quantile along the strip keeps lines and loses strokes. Pieces in neighboring strips
 * make a line; what spans the sheet, or stands in a lattice with others, is a printed one.
 */
import type { GrayImage } from './gray-image';

/** The length of a strip along the line, as a fraction of the image's longer side. */
const STRIP = 1 / 24;
/** The quantile of a strip's pixels along the line that a line exceeds. */
const QUANTILE = 0.35;
/** A printed line is thinner than this fraction of the image's shorter side. */
const MOST_THICKNESS = 1 / 35;
/** Slopes up to this are searched. A rule that is turned farther is no rule of a paper held to the camera. */
const MOST_SLOPE = 0.2;
const SLOPE_STEP = 0.01;
/** How many strips in a row a line may be hidden in. */
const MOST_HIDDEN = 4;
/** The level of the faintest line, of 255. */
const FAINTEST = 12;
/** Pieces of a line are not darker than others by more than this factor. */
const ALIKE = 2.5;
/** A line alone spans this fraction of the image … */
const SPAN = 0.9;
/** … and one of several that are parallel this one. */
const SPAN_AMONG_OTHERS = 0.3;

/** A line from left to right, or from top to bottom in an image that is transposed. */
interface Line {
  /** Its first and last column. */
  readonly from: number;
  readonly to: number;
  readonly points: readonly LinePoint[];
  /** Of its strips, how many show it. */
  readonly shown: number;
}

/** A line in the middle of a strip. */
interface LinePoint {
  /** The column. */
  readonly x: number;
  /** Its first row and the one after its last, at that column. */
  readonly top: number;
  readonly bottom: number;
  /** Its level. */
  readonly level: number;
}

/** An image without its printed lines. */
export interface WithoutRules {
  readonly foreground: GrayImage;
  /** 1 where a line was, else 0. */
  readonly isRule: Uint8Array;
  /** How many lines there were. */
  readonly count: number;
}

/**
 * Takes printed lines out of a foreground.
 *
 * @param foreground 0 background, 255 full contrast
 * @param noise the standard deviation of its noise, in levels
 */
export function withoutRules(foreground: GrayImage, noise: number): WithoutRules {
  const { width, height } = foreground;
  const upright = transposed(foreground);
  const across = linesOf(foreground, noise);
  const down = linesOf(upright, noise);
  const isPrinted = printedLines(across, down, foreground);
  const [rows, columns] = [across.filter(isPrinted), down.filter(isPrinted)];
  const isRule = new Uint8Array(width * height);
  if (rows.length + columns.length === 0) return { foreground, isRule, count: 0 };
  // Squares hide each other's lines where they cross: all are taken away before strokes are bridged.
  const levels = foreground.pixels.slice();
  const first = { ...foreground, pixels: levels };
  const bands = rows.map((line) => erase(first, line, noise, isRule));
  const turned = transposed(first);
  const turnedRule = transposed({ ...first, pixels: isRule });
  const turnedBands = columns.map((line) => erase(turned, line, noise, turnedRule.pixels));
  for (const band of turnedBands) bridge(turned, band, noise);
  const second = transposed(turned);
  const rules = transposed(turnedRule);
  for (const band of bands) bridge(second, band, noise);
  return { foreground: second, isRule: rules.pixels, count: rows.length + columns.length };
}

function transposed({ width, height, pixels, ...image }: GrayImage): GrayImage {
  const turned = new Uint8Array(pixels.length);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) turned[column * height + row] = pixels[at];
  }
  return { ...image, width: height, height: width, pixels: turned };
}

/**
 * Whether a line is printed. Strokes of digits are straight lines too, so one alone has to span the image; shorter ones have to be three
 * of one extent, or two that end at printed lines of the other direction, as those of a table.
 */
function printedLines(
  across: readonly Line[],
  down: readonly Line[],
  { width, height }: GrayImage,
): (line: Line) => boolean {
  const printed = new Set<Line>();
  const directions = [
    { lines: across, others: down, extent: width },
    { lines: down, others: across, extent: height },
  ];
  for (const { lines, extent } of directions) {
    for (const line of lines) {
      const reachesBoth = line.from <= 0.02 * extent && line.to >= 0.98 * extent;
      const isLong = line.to - line.from >= SPAN_AMONG_OTHERS * extent && line.shown >= 0.5;
      if ((reachesBoth || line.to - line.from >= SPAN * extent) && line.shown >= 0.4) printed.add(line);
      else if (isLong && lines.filter((other) => isOfOneExtent(line, other)).length >= 3) printed.add(line);
    }
    // A line that a hand or a digit hides in the middle is found as two, each of which reaches the border.
    const whole = lines.filter((line) => printed.has(line));
    for (const line of lines) {
      const reaches = line.from <= 0.02 * extent || line.to >= 0.98 * extent;
      if (whole.length >= 2 && reaches && line.to - line.from >= 0.25 * extent && line.shown >= 0.6) printed.add(line);
    }
  }
  for (const { lines, others, extent } of directions) {
    const printedOthers = others.filter((other) => printed.has(other));
    const between = lines.filter((line) => {
      const ends = printedOthers
        .filter((other) => crosses(line, other))
        .map((other) => middleAt(other, middleAt(line, line.from)));
      const isEnd = (at: number): boolean => ends.some((end) => Math.abs(end - at) <= 0.012 * extent + 3);
      return ends.length >= 2 && line.shown >= 0.5 && isEnd(line.from) && isEnd(line.to);
    });
    for (const line of between) {
      if (between.filter((other) => isOfOneExtent(line, other)).length >= 2) printed.add(line);
    }
  }
  return (line) => printed.has(line);
}

/** Whether two lines begin and end beside each other, as those of a table do; one is beside itself, but not its own double. */
function isOfOneExtent(one: Line, other: Line): boolean {
  const length = one.to - one.from;
  const apart = Math.abs(middleAt(one, (one.from + one.to) / 2) - middleAt(other, (one.from + one.to) / 2));
  const isBeside = one === other || apart >= 0.08 * length;
  return isBeside && Math.abs(one.from - other.from) <= 0.12 * length && Math.abs(one.to - other.to) <= 0.12 * length;
}

/** Whether a line and one of the other direction meet. */
function crosses(line: Line, other: Line): boolean {
  const [middle, at] = [middleAt(line, (line.from + line.to) / 2), middleAt(other, (other.from + other.to) / 2)];
  const slack = 0.05 * (line.to - line.from) + 4;
  const otherSlack = 0.05 * (other.to - other.from) + 4;
  return (
    at >= line.from - slack &&
    at <= line.to + slack &&
    middle >= other.from - otherSlack &&
    middle <= other.to + otherSlack
  );
}

/** The lines of an image from left to right. */
function linesOf(image: GrayImage, noise: number): Line[] {
  const { width, height } = image;
  const length = Math.max(16, Math.round(Math.max(width, height) * STRIP));
  const count = Math.max(1, Math.floor(width / length));
  const slope = mainSlope(image, length);
  const pieces = Array.from({ length: count }, (_, strip) =>
    piecesOf(image, {
      from: Math.round((strip * width) / count),
      to: Math.round(((strip + 1) * width) / count),
      slope,
      noise,
    }),
  );
  const most = Math.max(3, Math.min(width, height) * MOST_THICKNESS);
  const open: LinePoint[][] = [];
  for (const found of pieces) {
    for (const piece of found) {
      if (piece.bottom - piece.top > most) continue;
      const near = open
        .map((points) => ({
          points,
          away: Math.abs(expectedAt(points, piece.x, slope) - (piece.top + piece.bottom) / 2),
        }))
        .filter(({ points }) => {
          const last = points[points.length - 1];
          const strips = Math.round(((piece.x - last.x) * count) / width);
          return strips >= 1 && strips <= MOST_HIDDEN + 1;
        })
        .filter(({ points, away }) => {
          const last = points[points.length - 1];
          const isAlike = piece.level <= ALIKE * last.level && last.level <= ALIKE * piece.level;
          return isAlike && away <= 1.5 + (piece.x - last.x) * (points.length < 3 ? 0.03 : 0.015);
        })
        .sort((a, b) => a.away - b.away);
      if (near.length > 0) near[0].points.push(piece);
      else open.push([piece]);
    }
  }
  return open
    .filter((points) => points.length >= 2)
    .map((points) => {
      const [first, last] = [points[0], points[points.length - 1]];
      const [from, to] = [endOf(image, points, -1), endOf(image, points, 1)];
      const strips = Math.round(((last.x - first.x) * count) / width) + 1;
      return { from, to, points, shown: points.length / strips };
    });
}

/** Where a line is expected to go on. */
function expectedAt(points: readonly LinePoint[], x: number, slope: number): number {
  const last = points[points.length - 1];
  const middle = (last.top + last.bottom) / 2;
  if (points.length < 3) return middle + slope * (x - last.x);
  const before = points[Math.max(0, points.length - 6)];
  const own = (middle - (before.top + before.bottom) / 2) / (last.x - before.x);
  return middle + own * (x - last.x);
}

/** How far a line goes beyond its first or last strip. */
function endOf(image: GrayImage, points: readonly LinePoint[], direction: 1 | -1): number {
  const { width, height, pixels } = image;
  const point = direction === 1 ? points[points.length - 1] : points[0];
  const inner = points[direction === 1 ? Math.max(0, points.length - 4) : Math.min(3, points.length - 1)];
  const slope =
    inner === point ? 0 : ((point.top + point.bottom) / 2 - (inner.top + inner.bottom) / 2) / (point.x - inner.x);
  let missed = 0;
  let end = Math.round(point.x);
  for (let x = end; x >= 0 && x < width; x += direction) {
    const shift = slope * (x - point.x);
    let most = 0;
    for (let y = Math.floor(point.top + shift) - 1; y <= Math.ceil(point.bottom + shift); y++) {
      if (y >= 0 && y < height) most = Math.max(most, pixels[y * width + x]);
    }
    if (most >= point.level * 0.5) {
      missed = 0;
      end = x;
    } else if (++missed > 6) break;
  }
  return end;
}

/** The slope at which the sums along sheared rows are the most uneven: that of most lines, if there are any. */
function mainSlope({ width, height, pixels }: GrayImage, length: number): number {
  let best = { slope: 0, score: -1 };
  const count = Math.max(1, Math.floor(width / length));
  const sums = new Float64Array(height);
  for (let step = -Math.round(MOST_SLOPE / SLOPE_STEP); step <= Math.round(MOST_SLOPE / SLOPE_STEP); step++) {
    const slope = step * SLOPE_STEP;
    let score = 0;
    // Every second strip is enough, and every second column of it.
    for (let strip = 0; strip < count; strip += 2) {
      const start = Math.round((strip * width) / count);
      sums.fill(0);
      for (let x = 0; x < length; x += 2) {
        const shift = Math.round(slope * (x - length / 2));
        for (let y = Math.max(0, -shift); y < Math.min(height, height - shift); y++) {
          // Ink is no line, however dark it is.
          const value = pixels[(y + shift) * width + start + x];
          sums[y] += Math.min(value, 80);
        }
      }
      for (let y = 1; y < height; y++) score += (sums[y] - sums[y - 1]) * (sums[y] - sums[y - 1]);
    }
    if (score > best.score) best = { slope, score };
  }
  return best.slope;
}

interface StripOptions {
  readonly from: number;
  readonly to: number;
  readonly slope: number;
  readonly noise: number;
}

/** The pieces of lines in a strip: runs of rows whose low quantile stands out. */
function piecesOf({ width, height, pixels }: GrayImage, { from, to, slope, noise }: StripOptions): LinePoint[] {
  const length = to - from;
  const middle = (from + to) / 2;
  const values = new Uint8Array(length);
  const shifts = new Int32Array(length);
  for (let k = 0; k < length; k++) shifts[k] = Math.round(slope * (from + k + 0.5 - middle));
  const profile = new Float64Array(height);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < length; k++) {
      const row = Math.min(Math.max(y + shifts[k], 0), height - 1);
      values[k] = pixels[row * width + from + k];
    }
    values.sort();
    profile[y] = values[Math.floor(QUANTILE * length)];
  }
  const floor = Math.max(FAINTEST, 2 * noise);
  const pieces: LinePoint[] = [];
  for (let y = 0; y < height; y++) {
    if (profile[y] < floor) continue;
    const top = y;
    let level = 0;
    while (y < height && profile[y] >= floor) level = Math.max(level, profile[y++]);
    pieces.push({ x: middle, top, bottom: y, level });
  }
  return pieces;
}

/** The rows of a line that are taken away, column by column. */
interface Band {
  readonly from: number;
  readonly tops: Int32Array;
  readonly bottoms: Int32Array;
}

/** A line at a column, between the middles of its strips. */
function pointAt({ points }: Line, x: number): LinePoint {
  let at = 0;
  while (at < points.length - 2 && points[at + 1].x < x) at++;
  const [one, other] = [points[at], points[at + 1]];
  // Beyond its ends a line goes on as between its last strips, but not for long.
  const t = Math.min(Math.max((x - one.x) / (other.x - one.x), -1.5), 2.5);
  const nearest = Math.min(Math.max(t, 0), 1);
  const lerp = (a: number, b: number, part: number): number => a + (b - a) * part;
  return {
    x,
    top: lerp(one.top, other.top, t),
    bottom: lerp(one.bottom, other.bottom, t),
    level: lerp(one.level, other.level, nearest),
  };
}

function middleAt(line: Line, x: number): number {
  const { top, bottom } = pointAt(line, x);
  return (top + bottom) / 2;
}

/** Makes a line a part of the background: what is left of each pixel is how much darker it is. */
function erase(image: GrayImage, line: Line, noise: number, isRule: Uint8Array): Band {
  const { width, height, pixels } = image;
  const [from, to] = [Math.max(0, line.from), Math.min(width - 1, line.to)];
  const tops = new Int32Array(to - from + 1);
  const bottoms = new Int32Array(to - from + 1);
  const typical = line.points.map(({ bottom, top }) => bottom - top).sort((a, b) => a - b)[line.points.length >> 1];
  const levels = line.points.map(({ level }) => level).sort((a, b) => a - b);
  const typicalLevel = levels[levels.length >> 1];
  for (let x = from; x <= to; x++) {
    const point = pointAt(line, x);
    // A stroke along the line makes it thicker and darker in a strip: that is the stroke, and stays.
    const thickness = Math.min(point.bottom - point.top, typical + 1);
    const level = Math.min(point.level, typicalLevel * 1.25 + 4);
    const middle = (point.top + point.bottom) / 2;
    const top = Math.max(0, Math.floor(middle - thickness / 2) - 1);
    const bottom = Math.min(height, Math.ceil(middle + thickness / 2) + 1);
    tops[x - from] = top;
    bottoms[x - from] = bottom;
    const allowance = Math.max(14, 3 * noise, level * 0.3);
    for (let y = top; y < bottom; y++) {
      const at = y * width + x;
      const left = pixels[at] > level + allowance ? ((pixels[at] - level) * 255) / Math.max(255 - level, 64) : 0;
      pixels[at] = Math.min(Math.round(left), pixels[at]);
      isRule[at] = 1;
    }
  }
  return { from, tops, bottoms };
}

/** Fills a band where strokes end at both of its sides: a stroke that crosses the line, no darker than it. */
function bridge(image: GrayImage, { from, tops, bottoms }: Band, noise: number): void {
  const { width, height, pixels } = image;
  const least = Math.max(24, 4 * noise);
  const filled: [at: number, level: number][] = [];
  const levelAt = (x: number, y: number): number => (y < 0 || y >= height ? 0 : pixels[y * width + x]);
  for (let k = 0; k < tops.length; k++) {
    const [top, bottom] = [tops[k], bottoms[k]];
    const reach = bottom - top + 1;
    const above = levelAt(from + k, top - 1);
    if (above < least) continue;
    // The stroke goes on below within as many columns as the band has rows.
    let best = { away: reach + 1, column: -1 };
    for (let other = Math.max(0, k - reach); other <= Math.min(tops.length - 1, k + reach); other++) {
      if (levelAt(from + other, bottoms[other]) >= least && Math.abs(other - k) < best.away) {
        best = { away: Math.abs(other - k), column: other };
      }
    }
    if (best.column === -1) continue;
    const below = levelAt(from + best.column, bottoms[best.column]);
    for (let y = top; y < bottom; y++) {
      const t = (y - top + 1) / (bottom - top + 1);
      const column = from + Math.round(k + (best.column - k) * t);
      filled.push([y * width + column, Math.round(above + (below - above) * t)]);
    }
  }
  for (const [at, level] of filled) pixels[at] = Math.max(pixels[at], level);
}
