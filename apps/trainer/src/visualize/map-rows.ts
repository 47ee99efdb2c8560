/** What a network makes of an image, as named rows of maps. */
import { largestOf, type MapOfNumbers } from '@longhand/rendering';
import { type ImageReader, type LayerOutput, occlusionMap } from '@longhand/training';
import { mapsOf, shownLayers } from '../command/layer-maps';

/** Maps that belong together and are drawn on one scale. */
export interface MapRow {
  readonly title: string;
  readonly note: string;
  readonly maps: readonly MapOfNumbers[];
  /** The largest magnitude among them. */
  readonly largest: number;
  /** Whether there are numbers below zero. */
  readonly signed: boolean;
}

export interface MapRowsOptions {
  readonly image: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly ofClass: number;
  readonly className: string;
}

/**
 * The image, every layer's output, what an occlusion takes away, and the gradient at the image. Of a convolution that an activation
 * follows only the activation's maps are shown: the notes name no others.
 */
export function mapRows(reader: ImageReader, options: MapRowsOptions): MapRow[] {
  const { image, height, width, ofClass, className } = options;
  const layers = reader.outputsOf(image);
  const [probabilities] = reader.read([image]);
  const sure = probabilities[ofClass];
  const lost = occlusionMap(reader, options).map((probability) => probability - sure);
  const size = { height, width };
  return [
    rowOf('input', 'what the network is given', [{ ...size, values: Array.from(image, (byte) => byte / 255) }]),
    ...shownLayers(layers).map(layerRow),
    rowOf('occlusion', `how the probability of ${className} changes when a patch hides what is around a pixel`, [
      { ...size, values: lost },
    ]),
    rowOf('gradient', `how the score of ${className} changes with each pixel`, [
      { ...size, values: reader.gradientAt(image, ofClass) },
    ]),
  ];
}

function layerRow({ name, kind, symbol, shape, values }: LayerOutput): MapRow {
  const title = symbol === undefined ? name : `${symbol.split('→').at(-1)?.trim()}  (${name})`;
  return rowOf(title, `${kind}, ${shape.join('×')}`, mapsOf(shape, values));
}

function rowOf(title: string, note: string, maps: readonly MapOfNumbers[]): MapRow {
  const signed = maps.some(({ values }) => Array.from(values).some((value) => value < 0));
  return { title, note, maps, largest: largestOf(maps), signed };
}
