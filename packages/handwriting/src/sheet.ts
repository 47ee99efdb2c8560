/**
 * The sheet on its table: an image without its strokes falls into regions of slowly changing brightness, such as a sheet, the table around
 * it, a finger, a part of the sheet in the shade.
 */
import { resizeArea } from './filters';
import type { Box, GrayImage } from './gray-image';
import { closing } from './morphology';

/** The longer side of the image in which regions are looked for, in cells. */
const CELLS = 120;
/** A cell from which the levels of its neighbors differ by more than this fraction lies on an edge between regions. */
const STEP = 0.08;
/** A region is at least this fraction of the image. */
const LEAST_AREA = 0.06;
/** A cell that differs from its surroundings by this fraction may have a part of a stroke. */
const FAINT = 0.05;
/** A region in which a digit may be has strokes in at least this part of its cells. */
const LEAST_INK = 0.002;
/** A sheet is at least this fraction of the image. */
const LEAST_ISLAND = 0.1;
/** What has strokes nearly everywhere is a stroke itself. */
const MOST_INK = 0.5;
/** What is narrower than this fraction of the shorter side is a stroke, light or dark. */
const STROKES = 0.14;

/** One region. */
export interface Region {
  /** Its size in pixels. */
  readonly pixels: number;
  /** Its part of the image, from 0 to 1. */
  readonly area: number;
  /** Its mean level. */
  readonly level: number;
  /** The part of the image's border that it takes. */
  readonly border: number;
  /** The part of its cells in which there are strokes, light or dark. */
  readonly ink: number;
  /** In pixels of the image. */
  readonly box: Box;
}

/** The regions of an image, and where they are. */
export interface Regions {
  readonly list: readonly Region[];
  /** The size in cells. */
  readonly width: number;
  readonly height: number;
  /** For each cell the index of its region, −1 at the edge between regions. */
  readonly labels: Int32Array;
}

/** The regions of an image. Without a table, a finger or a hard shadow there is one. */
export function regionsOf(image: GrayImage): Regions {
  const cell = Math.max(1, Math.max(image.width, image.height) / CELLS);
  const [width, height] = [Math.max(1, Math.round(image.width / cell)), Math.max(1, Math.round(image.height / cell))];
  const small = resizeArea(image, { width, height });
  const side = Math.max(3, Math.round(STROKES * Math.min(width, height)));
  const flat = opening(closing(small, side), side);
  const isEdge = edgesOf(flat);
  const labels = new Int32Array(width * height).fill(-1);
  const list: Region[] = [];
  const queue = new Int32Array(width * height);
  for (let start = 0; start < labels.length; start++) {
    if (labels[start] !== -1 || isEdge[start] === 1) continue;
    const label = list.length;
    let count = 1;
    let sum = 0;
    let border = 0;
    let ink = 0;
    const box = { left: width, top: height, right: 0, bottom: 0 };
    queue[0] = start;
    labels[start] = label;
    for (let next = 0; next < count; next++) {
      const at = queue[next];
      const [x, y] = [at % width, Math.floor(at / width)];
      sum += flat.pixels[at];
      if (Math.abs(small.pixels[at] - flat.pixels[at]) > 3 + FAINT * flat.pixels[at]) ink++;
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) border++;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x + 1);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y + 1);
      for (const [dx, dy] of neighbors) {
        const [nx, ny] = [x + dx, y + dy];
        if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
        const to = ny * width + nx;
        if (labels[to] !== -1 || isEdge[to] === 1) continue;
        labels[to] = label;
        queue[count++] = to;
      }
    }
    list.push({
      pixels: (count * image.width * image.height) / labels.length,
      area: count / labels.length,
      level: sum / count,
      border: border / (2 * (width + height) - 4),
      ink: ink / count,
      box: {
        left: Math.floor((box.left / width) * image.width),
        top: Math.floor((box.top / height) * image.height),
        right: Math.ceil((box.right / width) * image.width),
        bottom: Math.ceil((box.bottom / height) * image.height),
      },
    });
  }
  return { list, width, height, labels };
}

/**
 * 1 where an image's sheet is, else 0: the region, and all that it surrounds, such as wide strokes. Without a region, everywhere.
 */
export function sheetMask(
  { width, height, labels }: Regions,
  sheet: number | undefined,
  image: Pick<GrayImage, 'width' | 'height'>,
): Uint8Array {
  const mask = new Uint8Array(image.width * image.height).fill(1);
  if (sheet === undefined) return mask;
  // Beside the sheet is what can be reached from the border.
  const isBeside = new Uint8Array(labels.length);
  const queue: number[] = [];
  const visit = (x: number, y: number): void => {
    const at = y * width + x;
    if (x < 0 || y < 0 || x >= width || y >= height || isBeside[at] === 1 || labels[at] === sheet) return;
    isBeside[at] = 1;
    queue.push(at);
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) visit(x, y);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) visit(x, y);
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const [x, y] = [at % width, Math.floor(at / width)];
    for (const [dx, dy] of neighbors) visit(x + dx, y + dy);
  }
  for (let row = 0, at = 0; row < image.height; row++) {
    const start = Math.min(Math.floor((row / image.height) * height), height - 1) * width;
    for (let column = 0; column < image.width; column++, at++) {
      mask[at] = 1 - isBeside[start + Math.min(Math.floor((column / image.width) * width), width - 1)];
    }
  }
  return mask;
}

/** 1 where a cell lies on an edge, else 0. */
function edgesOf({ width, height, pixels }: GrayImage): Uint8Array {
  const isEdge = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      for (const [dx, dy] of neighbors) {
        const [nx, ny] = [x + dx, y + dy];
        if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
        const [one, other] = [pixels[at], pixels[ny * width + nx]];
        if (Math.abs(one - other) > 3 + STEP * Math.max(one, other)) isEdge[at] = 1;
      }
    }
  }
  return isEdge;
}

const neighbors = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/** Light things that are narrower than the square take the level around them. */
function opening(image: GrayImage, side: number): GrayImage {
  const inverted = { ...image, pixels: image.pixels.map((level) => 255 - level) };
  const closed = closing(inverted, side);
  return { ...closed, pixels: closed.pixels.map((level) => 255 - level) };
}

/**
 * The region to look for a digit in: the brightest of those that are large and have strokes in them, or the darkest of an image with
 * light ink; undefined where there is one region alone.
 */
export function sheetOf({ list }: Regions, isDarkInk: boolean): number | undefined {
  const large = list.flatMap((region, index) => (region.area >= LEAST_AREA ? [{ ...region, index }] : []));
  if (large.length < 2) return undefined;
  const scored = large
    .filter(({ ink }) => ink >= LEAST_INK)
    .map(({ index, area, level, border }) => ({
      index,
      score: Math.sqrt(area) * (isDarkInk ? level : 255 - level) * (1 - border / 2),
    }))
    .sort((a, b) => b.score - a.score);
  return scored[0]?.index;
}

/** An island: a region that lies on another, with strokes in it. What is around it is the table. */
export function islandOf({ list }: Regions): Region | undefined {
  const large = list.filter(({ area }) => area >= LEAST_AREA);
  if (!large.some(({ border }) => border > 0.5)) return undefined;
  return (
    large
      .filter(({ border, ink, area }) => border < 0.3 && ink >= LEAST_INK && ink <= MOST_INK && area >= LEAST_ISLAND)
      // A sheet is a rectangle, if it is turned a little; a bold digit is none.
      .filter(({ pixels, box }) => pixels >= 0.7 * (box.right - box.left) * (box.bottom - box.top))
      .sort((a, b) => b.area - a.area)[0]
  );
}
