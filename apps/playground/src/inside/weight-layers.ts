/** The parameters of a network as rows of maps: kernels by their input maps, dense weights by the maps that were flattened. */
import { everyLayer, type NamedLayer, type Network } from '@longhand/layers';
import type { Family } from '@longhand/worked-examples';
import { type MapLayer, stemTitle } from './map-layers';

/** A layer of maps for each parameter, in the order of the network. */
export function weightLayers(network: Network, families: readonly Family[]): readonly MapLayer[] {
  const layers = everyLayer(network.layers);
  return families.flatMap((family): MapLayer[] => {
    const { source, stem } = family;
    if (source.kind !== 'parameter') return [];
    const at = layers.findIndex(({ name, parameters }) =>
      parameters.some((parameter) => `${name}.${parameter.name}` === source.path),
    );
    // Running means and their kin are kept, and not learned.
    if (at === -1) return [];
    const shape = layers[at].parameters.find(({ name }) => source.path.endsWith(`.${name}`))?.shape ?? [];
    const extents = extentsOf(shape, layers[at - 1]);
    return [
      { stem, title: stemTitle(stem), kind: 'parameter', family, ofClasses: false, isMapFirst: true, ...extents },
    ];
  });
}

type Extents = Pick<MapLayer, 'height' | 'width' | 'channels' | 'across'>;

function extentsOf(shape: readonly number[], before: NamedLayer | undefined): Extents {
  const [outputs = 1, inputs = 1, ...kernel] = shape;
  if (shape.length === 1) return { height: 1, width: outputs, channels: 1 };
  if (kernel.length > 0) {
    const [height, width] = kernel.length === 1 ? [1, kernel[0]] : kernel;
    return { height, width, channels: outputs * inputs, across: inputs === 1 ? Math.min(outputs, 6) : inputs };
  }
  // Flattening puts the maps one after another, as PyTorch does: a row of the weight is an image for each of them.
  if (before?.layer.description.kind === 'flatten' && before.inputShape.length === 3) {
    const [height, width, maps] = before.inputShape;
    return { height, width, channels: outputs * maps, across: maps };
  }
  return { height: outputs, width: inputs, channels: 1 };
}
