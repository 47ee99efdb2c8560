/** A network as rows of maps: which outputs are shown, how they lie, and how one of their cells is called. */
import { everyLayer, type Network } from '@longhand/layers';
import { type Family, quantityName, type Region } from '@longhand/worked-examples';

/** The input, a layer's output, or the probabilities, as maps of one size. A vector is one map. */
export interface MapLayer {
  /** That of its family: `x`, `C1`, `conv1.y`, `p`. */
  readonly stem: string;
  /** `input`, `C¹`, `conv1`. */
  readonly title: string;
  /** What it is: `activation`, `pool2d`. */
  readonly kind: string;
  readonly family: Family;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Whether each number belongs to a class. */
  readonly ofClasses: boolean;
  /** Whether memory has one map after another, as weights lie, and not the channels of a pixel side by side. Default: false. */
  readonly isMapFirst?: boolean;
  /** The maps in a row. Default: as many as look well. */
  readonly across?: number;
}

/** A cell of a layer's maps. */
export interface Cell {
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/**
 * The layers worth showing: of a convolution, its normalization and its activation only the activation, as in the notes, and no dropout.
 * What is left out appears in the arithmetic of the cells.
 */
export function mapLayers(network: Network, families: readonly Family[]): readonly MapLayer[] {
  const named = everyLayer(network.layers);
  const kindOf = (family: Family): string => {
    const { source } = family;
    if (source.kind !== 'output') return source.kind;
    return named.find(({ name }) => name === source.layer)?.layer.description.kind ?? '';
  };
  const listOf = (family: Family): string =>
    family.source.kind === 'output' ? family.source.layer.slice(0, family.source.layer.lastIndexOf('.') + 1) : '';
  const outputs = families.filter((family) => family.source.kind === 'output' && kindOf(family) !== 'dropout');
  const kept = outputs.filter((family, at) => {
    const next = outputs[at + 1];
    const follows = next !== undefined && ['activation', 'batchNorm'].includes(kindOf(next));
    return !(follows && listOf(next) === listOf(family));
  });
  const of = (kind: Family['source']['kind']): readonly Family[] =>
    families.filter(({ source }) => source.kind === kind);
  const last = kept.at(-1);
  return [...of('input'), ...kept, ...of('prediction')].map((family) => {
    const kind = kindOf(family);
    return {
      stem: family.stem,
      title: titleOf(family),
      kind,
      family,
      ...extentsOf(family),
      ofClasses: family === last || kind === 'prediction',
    };
  });
}

/** `C1` as `C¹`; a path without its `y`. */
function titleOf({ stem, source }: Family): string {
  if (source.kind === 'input') return 'input';
  if (source.kind === 'prediction') return 'softmax';
  return stemTitle(stem);
}

/** `C1` as `C¹`, `k2` as `k²`, `conv1.y` as `conv1`. */
export function stemTitle(stem: string): string {
  return stem.replace(/\.y$/, '').replace(/^([A-Za-z])([12])$/, (_, letter, number) => letter + '⁰¹²'[Number(number)]);
}

function extentsOf({ axes }: Family): Pick<MapLayer, 'height' | 'width' | 'channels'> {
  const countOf = (...names: readonly string[]): number => axes.find((axis) => names.includes(axis.name))?.count ?? 1;
  return {
    height: countOf('row'),
    width: countOf('column', 'position', 'value', 'output', 'feature'),
    channels: countOf('map', 'channel'),
  };
}

/** Its index in memory. */
export function indexOfCell({ height, width, channels, isMapFirst }: MapLayer, { channel, row, column }: Cell): number {
  return isMapFirst ? (channel * height + row) * width + column : (row * width + column) * channels + channel;
}

export function cellOfIndex({ height, width, channels, isMapFirst }: MapLayer, index: number): Cell {
  if (isMapFirst) {
    const pixel = index % (height * width);
    return { channel: Math.floor(index / (height * width)), row: Math.floor(pixel / width), column: pixel % width };
  }
  const pixel = Math.floor(index / channels);
  return { channel: index % channels, row: Math.floor(pixel / width), column: pixel % width };
}

/** The name that a step knows a cell by: `C1.2.3.7`. */
export function cellName(layer: MapLayer, cell: Cell): string {
  return quantityName(layer.family, indexOfCell(layer, cell));
}

/** A cell in words, counted as its name does: `C¹, map 2, row 3, column 7`. */
export function cellWords(layer: MapLayer, cell: Cell): string {
  const { axes, indicesOf } = layer.family;
  const indices = indicesOf(indexOfCell(layer, cell));
  return [layer.title, ...axes.map(({ name, from }, at) => `${name} ${indices[at] + from}`)].join(', ');
}

/** The cell that an arrow key leads to: within its map, or by Page Up and Page Down to the same place of another map. */
export function cellBeside(layer: MapLayer, { channel, row, column }: Cell, key: string): Cell | undefined {
  const within = (value: number, count: number): number => Math.min(Math.max(value, 0), count - 1);
  const at = { channel, row, column };
  switch (key) {
    case 'ArrowUp':
      return { ...at, row: within(row - 1, layer.height) };
    case 'ArrowDown':
      return { ...at, row: within(row + 1, layer.height) };
    case 'ArrowLeft':
      return { ...at, column: within(column - 1, layer.width) };
    case 'ArrowRight':
      return { ...at, column: within(column + 1, layer.width) };
    case 'PageUp':
      return { ...at, channel: within(channel - 1, layer.channels) };
    case 'PageDown':
      return { ...at, channel: within(channel + 1, layer.channels) };
    case 'Home':
      return { ...at, column: 0 };
    case 'End':
      return { ...at, column: layer.width - 1 };
    default:
      return undefined;
  }
}

/** Whether a cell lies in a region. */
export function isWithin({ rows, columns, channels }: Region, { channel, row, column }: Cell): boolean {
  const within = ([from, to]: readonly [number, number], value: number): boolean => value >= from && value < to;
  return within(rows, row) && within(columns, column) && within(channels, channel);
}
