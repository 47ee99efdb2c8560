/** The page of `longhand visualize`: the digit with what it was read as, then every layer, and what was looked at. */
import { encodePicture } from '@longhand/datasets/node';
import {
  type ColourPicture,
  type MapOfNumbers,
  mapPixels,
  mapsPage,
  outlined,
  type PagePicture,
} from '@longhand/rendering';
import type { MapRow } from './map-rows';

/** Pixels to a number of a map that is laid over the digit. */
const OVER_DIGIT = 16;

export interface VisualizePageOptions {
  readonly title: string;
  /** The first is the input. */
  readonly rows: readonly MapRow[];
  readonly classes: readonly string[];
  readonly probabilities: ArrayLike<number>;
}

export function visualizePage({ title, rows, classes, probabilities }: VisualizePageOptions): string {
  const [input, ...layers] = rows;
  const [digit] = input.maps;
  const about =
    'All maps of a layer have one scale, which its strip of colours tells: from black at zero to white; with numbers of both signs from dark, below zero, over the grey of zero to light, above it.';
  return mapsPage({
    ...{ title, about },
    digit: pictureOf('the image that the network is given', mapPixels(digit, { scale: 1 })),
    probabilities: classes.map((name, at) => [name, probabilities[at]] as const),
    sections: layers.map((row) => sectionOf(row, digit, classes)),
  });
}

function sectionOf(
  row: MapRow,
  digit: MapOfNumbers,
  classes: readonly string[],
): Parameters<typeof mapsPage>[0]['sections'][number] {
  const { title, detail, maps, ofClasses, overDigit, low, high, largest, signed } = row;
  const note = [row.note, detail].filter((text) => text !== undefined).join('. ');
  if (ofClasses) {
    const scores = Array.from(maps[0].values, (score, at) => [classes[at], score] as const);
    return { title, note: `${note}. Softmax makes of them how likely each class is.`, pictures: [], scores };
  }
  const pictures = maps.map((map, at) => {
    const name = maps.length === 1 ? title : `${title}, map ${at}`;
    if (!overDigit) return pictureOf(name, mapPixels(map, { ...row, scale: 1 }));
    return pictureOf(name, outlined(mapPixels(map, { ...row, scale: OVER_DIGIT }), digit, OVER_DIGIT));
  });
  return { title, note, pictures, scale: { low, high, largest, signed } };
}

function pictureOf(title: string, picture: ColourPicture): PagePicture {
  const source = `data:image/png;base64,${Buffer.from(encodePicture(picture)).toString('base64')}`;
  return { title, source, width: picture.width, height: picture.height };
}
