/** All maps of a layer on one canvas, in a grid; and which cell a point of it is in. */
import type { Region } from '@longhand/worked-examples';
import { paintDigit, paintSigned } from '../ui/pixels';
import { type Cell, indexOfCell, type MapLayer } from './map-layers';

/** How the maps of a layer lie on its canvas, in its own pixels. */
export interface MapGrid {
  /** The side of a cell. */
  readonly zoom: number;
  /** The maps in a row, for vectors the numbers in a row. */
  readonly across: number;
  readonly width: number;
  readonly height: number;
}

const GAP = 6;
/** The side that a map is drawn at, about: beside other layers, and on a phone, where the maps of a layer lie in rows. */
const SIDE = { wide: 64, narrow: 48, kernels: 40, manyKernels: 26 };

/** A vector is folded into rows. */
const isFolded = ({ height, channels, width }: MapLayer): boolean => height === 1 && channels === 1 && width > 16;

/** @param isNarrow whether the maps of a layer have the width of the page */
export function mapGrid(layer: MapLayer, isNarrow: boolean): MapGrid {
  const { height, width, channels, kind } = layer;
  const own = isNarrow ? SIDE.narrow : SIDE.wide;
  const side = kind !== 'parameter' ? own : channels > 12 ? SIDE.manyKernels : SIDE.kernels;
  if (isFolded(layer)) {
    // Of thousands of numbers about a square.
    const few = (isNarrow ? 2 : 1) * (width % 12 === 0 ? 12 : 16);
    const across = Math.max(few, 16 * Math.round(Math.sqrt(width) / 16));
    const rows = Math.ceil(width / across);
    const zoom = Math.max(3, Math.min(12, Math.floor(256 / Math.max(rows, across))));
    return { zoom, across, width: across * zoom, height: rows * zoom };
  }
  const wanted = kind === 'input' ? 2 * side : side;
  const isVector = height === 1 && channels === 1;
  const zoom = isVector ? 14 : Math.max(2, Math.round(wanted / Math.max(width, height)));
  const across = layer.across ?? (isNarrow ? Math.min(6, channels) : Math.ceil(channels / 6));
  const down = Math.ceil(channels / across);
  const extent = (count: number, size: number): number => count * size * zoom + (count - 1) * GAP;
  return { zoom, across, width: extent(across, width), height: extent(down, height) };
}

/** The left upper corner of a cell. */
export function cornerOf(
  layer: MapLayer,
  grid: MapGrid,
  { channel, row, column }: Cell,
): readonly [x: number, y: number] {
  const { zoom, across } = grid;
  if (isFolded(layer)) return [(column % across) * zoom, Math.floor(column / across) * zoom];
  const [left, top] = [channel % across, Math.floor(channel / across)];
  return [left * (layer.width * zoom + GAP) + column * zoom, top * (layer.height * zoom + GAP) + row * zoom];
}

/** The cell at a point; undefined between maps. */
export function cellAt(layer: MapLayer, grid: MapGrid, x: number, y: number): Cell | undefined {
  const { zoom, across } = grid;
  if (isFolded(layer)) {
    const column = Math.floor(y / zoom) * across + Math.floor(x / zoom);
    return x >= 0 && x < grid.width && column >= 0 && column < layer.width ? { channel: 0, row: 0, column } : undefined;
  }
  const [pitchX, pitchY] = [layer.width * zoom + GAP, layer.height * zoom + GAP];
  const [left, top] = [Math.floor(x / pitchX), Math.floor(y / pitchY)];
  const [column, row] = [Math.floor((x - left * pitchX) / zoom), Math.floor((y - top * pitchY) / zoom)];
  const channel = top * across + left;
  const isInside = left >= 0 && left < across && top >= 0 && channel < layer.channels;
  return isInside && column < layer.width && row < layer.height && row >= 0 && column >= 0
    ? { channel, row, column }
    : undefined;
}

export interface MapsPicture {
  /** In memory order; undefined before anything is drawn. */
  readonly values: ArrayLike<number> | undefined;
  /** The magnitude of the full color. */
  readonly largest: number;
  /** What lights up; undefined for nothing, so that all does. */
  readonly region: Region | undefined;
  /** Whether something is focused, and all that it is not computed from fades. */
  readonly isFaded: boolean;
  /** The colors of the page. */
  readonly colors: Readonly<Record<'frame' | 'fade' | 'light' | 'edge', string>>;
}

export function paintMaps(
  context: CanvasRenderingContext2D,
  layer: MapLayer,
  grid: MapGrid,
  picture: MapsPicture,
): void {
  const { values, largest, region, isFaded, colors } = picture;
  const ratio = context.canvas.width / grid.width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, grid.width, grid.height);
  context.imageSmoothingEnabled = false;
  const size = ownSize(layer, grid);
  const maps = mapsOf(layer, size, values, largest);
  for (let channel = 0; channel < layer.channels; channel++) {
    const [x, y] = cornerOf(layer, grid, { channel, row: 0, column: 0 });
    const [width, height] = [size.width * grid.zoom, size.height * grid.zoom];
    context.drawImage(maps, 0, channel * size.height, size.width, size.height, x, y, width, height);
    context.lineWidth = 1;
    context.strokeStyle = colors.edge;
    context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    if (isFaded || region !== undefined) light(context, { layer, grid, channel, region, isFaded, x, y, size, colors });
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of a map in its own pixels. */
function ownSize(layer: MapLayer, { across }: MapGrid): Size {
  if (!isFolded(layer)) return layer;
  return { width: across, height: Math.ceil(layer.width / across) };
}

/** The maps in their own pixels, one below the other: a canvas for each would cost more than all their pixels. */
function mapsOf(
  layer: MapLayer,
  { width, height }: Size,
  values: ArrayLike<number> | undefined,
  largest: number,
): OffscreenCanvas {
  const folded = isFolded(layer);
  const size = width * height;
  const cells = new Float64Array(layer.channels * size);
  for (let k = 0; k < cells.length && values !== undefined; k++) {
    const [channel, at] = [Math.floor(k / size), k % size];
    const [row, column] = folded ? [0, at] : [Math.floor(at / width), at % width];
    // A vector may end before its last row does.
    cells[k] = values[indexOfCell(layer, { channel, row, column })] ?? 0;
  }
  const image = new ImageData(width, layer.channels * height);
  if (layer.kind === 'input') paintDigit(cells, image.data);
  else paintSigned(cells, largest, image.data);
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return canvas;
}

interface Lighting extends Pick<MapsPicture, 'region' | 'isFaded' | 'colors'> {
  readonly layer: MapLayer;
  readonly grid: MapGrid;
  readonly channel: number;
  readonly x: number;
  readonly y: number;
  readonly size: Size;
}

/** A frame around a map's part of the region; the rest of it fades. */
function light(context: CanvasRenderingContext2D, lighting: Lighting): void {
  const { layer, grid, channel, region, isFaded, x, y, size, colors } = lighting;
  const { zoom } = grid;
  const [width, height] = [size.width * zoom, size.height * zoom];
  context.save();
  context.fillStyle = colors.fade;
  const isLit = region !== undefined && channel >= region.channels[0] && channel < region.channels[1];
  const folded = isFolded(layer);
  const isWhole = isLit && folded && region.columns[1] - region.columns[0] > 1;
  context.beginPath();
  context.rect(x, y, width, height);
  let box: readonly [number, number, number, number] | undefined;
  if (isWhole) box = [x, y, width, height];
  else if (isLit) {
    const [left, top] = cornerOf(layer, grid, { channel, row: region.rows[0], column: region.columns[0] });
    const columns = folded ? 1 : region.columns[1] - region.columns[0];
    box = [left, top, columns * zoom, (region.rows[1] - region.rows[0]) * zoom];
  }
  if (box !== undefined) context.rect(...box);
  if (isFaded) context.fill('evenodd');
  if (box !== undefined) {
    // Two lines, so that the frame is seen on ink and on paper.
    const [left, top, boxWidth, boxHeight] = box;
    context.lineWidth = 3;
    context.strokeStyle = colors.light;
    context.strokeRect(left - 0.5, top - 0.5, boxWidth + 1, boxHeight + 1);
    context.lineWidth = 1.5;
    context.strokeStyle = colors.frame;
    context.strokeRect(left - 0.5, top - 0.5, boxWidth + 1, boxHeight + 1);
  }
  context.restore();
}
