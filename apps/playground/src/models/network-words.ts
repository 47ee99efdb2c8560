/** What one network has and another of the same name has not, in the words of Train. */
import { everyLayer, type Network } from '@longhand/layers';

/** @example networkWords(model.network) // 'activation relu, pooling max' */
export function networkWords({ layers }: Network): string {
  const descriptions = everyLayer(layers).map(({ layer }) => layer.description);
  const kinds = [
    ['activation', descriptions.flatMap((of) => ('activation' in of ? [of.activation] : []))],
    ['pooling', descriptions.flatMap((of) => ('pooling' in of ? [of.pooling] : []))],
  ] as const;
  return kinds
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what} ${[...new Set(names)].join(' and ')}`)
    .join(', ');
}
