/** One map of a layer by itself, large enough for a finger: on a phone the cells of all its maps are some pixels wide. */
import type { Region } from '@longhand/worked-examples';
import { indexOfCell, type MapLayer } from './map-layers';
import type { MapGrid } from './maps-canvas';

/** Cells of fewer pixels are too small to be met by a finger. */
const LEAST_CELL = 10;
/** The side of the enlarged map on a phone, and of a cell of it at most, in pixels. */
const [SIDE, MOST_CELL] = [320, 40];

/** Whether a tap on a map enlarges it before one of its numbers can be chosen. */
export function isTooSmall(grid: MapGrid, isNarrow: boolean): boolean {
  return isNarrow && grid.zoom < LEAST_CELL;
}

/** The layer as if it had that map alone. */
export function oneMap(layer: MapLayer): MapLayer {
  return { ...layer, channels: 1, across: 1 };
}

export function enlargedGrid({ height, width }: MapLayer): MapGrid {
  const zoom = Math.max(2, Math.min(MOST_CELL, Math.floor(SIDE / Math.max(height, width))));
  return { zoom, across: 1, width: width * zoom, height: height * zoom };
}

/** The numbers of a map, row by row. */
export function valuesOfMap(layer: MapLayer, channel: number, values: ArrayLike<number>): Float64Array {
  const { height, width } = layer;
  return Float64Array.from({ length: height * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return values[indexOfCell(layer, { channel, row, column })] ?? 0;
  });
}

/** What of a region lies in a map; undefined for nothing. */
export function regionOfMap(region: Region | undefined, channel: number): Region | undefined {
  const [from, to] = region?.channels ?? [0, 0];
  return region !== undefined && channel >= from && channel < to ? { ...region, channels: [0, 1] } : undefined;
}
