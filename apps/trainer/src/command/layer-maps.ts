/** What layers give, as maps to be drawn. */
import type { MapOfNumbers } from '@longhand/rendering';
import type { LayerOutput } from '@longhand/training';

/** The layers worth showing: of one that an activation follows only the activation, as in the notes, which name no other. */
export function shownLayers(layers: readonly LayerOutput[]): readonly LayerOutput[] {
  return layers.filter((_, at) => layers[at + 1]?.kind !== 'activation');
}

/** The channels of `[height, width, channels]`; a vector in rows of sixteen. */
export function mapsOf(shape: readonly number[], values: Float32Array): MapOfNumbers[] {
  if (shape.length < 3) {
    const width = values.length % 16 === 0 ? 16 : values.length;
    return [{ height: values.length / width, width, values }];
  }
  const [height, width, channels] = shape;
  return Array.from({ length: channels }, (_, channel) => ({
    ...{ height, width },
    values: Float32Array.from({ length: height * width }, (_, at) => values[at * channels + channel]),
  }));
}
