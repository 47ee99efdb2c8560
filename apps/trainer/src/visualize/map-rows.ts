/** The feature maps of an image, its occlusion map and input gradient, as named rows of maps. */
import { channelNormalizations, type Normalization } from '@longhand/datasets';
import { largestMagnitude, type Matrix, percentText } from '@longhand/rendering';
import { type Classifier, type LayerOutput, occlusionMap } from '@longhand/training';
import type { PreparedPicture } from '../command/picture-source';
import { mapsOf, shownLayers } from '../command/reports';

/** The side of the patch that hides pixels. */
const PATCH = 5;

/** Maps that belong together and are drawn on one scale. */
export interface MapRow {
  readonly title: string;
  /** The title in ASCII. */
  readonly label: string;
  readonly note: string;
  /** A longer explanation, for pages. */
  readonly detail?: string;
  /** Whether each number belongs to a class, in their order. */
  readonly ofClasses?: boolean;
  /** Whether it is an image, whose numbers are ink. */
  readonly isInk?: boolean;
  /** Whether each number belongs to a pixel of the input. */
  readonly overDigit?: boolean;
  readonly maps: readonly Matrix[];
  /** The image itself, where the row is one in color. */
  readonly colored?: PreparedPicture['image'];
  /** The largest magnitude among them. */
  readonly largest: number;
  /** The least number and the greatest. */
  readonly low: number;
  readonly high: number;
  /** Whether there are numbers below zero. */
  readonly signed: boolean;
}

export interface MapRowsOptions {
  readonly image: PreparedPicture['image'];
  readonly normalization: Normalization;
  readonly classIndex: number;
  readonly className: string;
}

/**
 * The image, the feature maps of every layer, the occlusion map, and the gradient at the input. Of a convolution that an
 * activation follows only the activation's maps are shown, as in the documentation.
 */
export function mapRows(classifier: Classifier, options: MapRowsOptions): MapRow[] {
  const { image, normalization, classIndex, className } = options;
  const { pixels, height, width, channels } = image;
  const isDigit = channels === 1;
  const layers = classifier.layerOutputs(pixels);
  const [probabilities] = classifier.classify([pixels]);
  const probability = probabilities[classIndex];
  // A digit is hidden by its background, a picture by the mean color of the training images.
  const means = channelNormalizations('visualize', normalization, channels).map(({ mean }) => Math.round(255 * mean));
  const paint = isDigit ? [0] : means;
  const hidden = occlusionMap(classifier, { image: pixels, height, width, classIndex, patch: PATCH, paint });
  const lost = hidden.map((value) => value - probability);
  const size = { height, width };
  return [
    {
      ...rowOf('input', 'the input of the network', mapsOf([height, width, channels], shares(pixels))),
      ...(isDigit ? { isInk: true } : { colored: image }),
    },
    ...shownLayers(layers).map((layer) => layerRow(layer, layer === layers.at(-1))),
    {
      ...rowOf('occlusion', `the change of the probability of ${className} when a patch around the pixel is hidden`, [
        { ...size, values: lost },
      ]),
      overDigit: true,
      detail: occlusionDetail(hidden, probability, options),
    },
    {
      ...rowOf('gradient', `the derivative of the logit of ${className} by each pixel (saliency)`, [
        { ...size, values: summedChannels(classifier.inputGradient(pixels, classIndex), channels) },
      ]),
      overDigit: true,
      detail: isDigit
        ? `Above zero, more ink there would speak for ${className}; below zero, against it. The line is the digit's edge.`
        : `The sum over all channels: above zero, a lighter pixel there would speak for ${className}; below zero, against it.`,
    },
  ];
}

/** Bytes as shares of 255. */
function shares(bytes: Uint8Array): Float32Array {
  return Float32Array.from(bytes, (byte) => byte / 255);
}

/** The sum over the channels of each pixel: the effect of all of them changing alike. */
function summedChannels(values: Float32Array, channels: number): Float32Array {
  return Float32Array.from({ length: values.length / channels }, (_, pixel) =>
    values.subarray(pixel * channels, (pixel + 1) * channels).reduce((sum, value) => sum + value, 0),
  );
}

/** How much hiding changes the probability at most, and where. */
function occlusionDetail(hidden: Float32Array, probability: number, { image, className }: MapRowsOptions): string {
  const { width, channels } = image;
  const at = hidden.reduce(
    (most, value, k) => (Math.abs(value - probability) > Math.abs(hidden[most] - probability) ? k : most),
    0,
  );
  const change = hidden[at] - probability;
  const patch = `${PATCH}×${PATCH} pixels`;
  const place = `row ${Math.floor(at / width) + 1}, column ${(at % width) + 1}`;
  const points = `${(100 * Math.abs(change)).toFixed(1)} percentage points`;
  const found =
    Math.abs(change) < 0.0005
      ? `Hiding ${patch} changes that nowhere by a tenth of a percentage point.`
      : `With ${patch} hidden around ${place}, that ${change < 0 ? 'falls' : 'rises'} to ${percentText(hidden[at], 1)}: ${points}, more than anywhere else.`;
  return `The unchanged image has ${percentText(probability, 1)} for ${className}. ${found} The scale is in parts of one${channels === 1 ? "; the line is the digit's edge" : ''}.`;
}

function layerRow({ name, kind, symbol, shape, values }: LayerOutput, isLast: boolean): MapRow {
  const title = symbol === undefined ? name : `${symbol.split('→').at(-1)?.trim()}  (${name})`;
  const row = { ...rowOf(title, `${kind}, ${shape.join('×')}`, mapsOf(shape, values)), label: name };
  if (isLast) return { ...row, ofClasses: true };
  if (shape.length === 3) return row;
  const { width } = row.maps[0];
  const list = kind === 'flatten' ? 'The numbers of the maps before it as one list' : 'A list of numbers';
  return { ...row, detail: `${list}, here in rows of ${width}.` };
}

function rowOf(title: string, note: string, maps: readonly Matrix[]): MapRow {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of maps) {
    for (let at = 0; at < values.length; at++) {
      least = Math.min(least, values[at]);
      most = Math.max(most, values[at]);
    }
  }
  const largest = largestMagnitude(maps);
  // A value too small for a color of its own beside the largest is reported as zero.
  const [low, high] = [least, most].map((end) => (Math.abs(end) < largest / 1000 ? 0 : end));
  return { title, label: title, note, maps, largest, low, high, signed: least < 0 };
}
