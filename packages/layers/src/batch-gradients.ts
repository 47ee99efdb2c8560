/** The parameters of a network whose gradients are computed over the whole batch, see `batch-gradient.ts`. */
import type { ChannelNormalization } from '@longhand/kernels';
import { isBuiltIn } from '@longhand/schema';
import type { BatchGradient } from './batch-gradient';
import type { NamedLayer } from './layer';
import { beginWithPixels } from './pixel-dense';

/**
 * The parameters of a network whose gradients may be computed so, by path. Layers of the user's own have none, nor have layers
 * within such.
 *
 * @param pixels the normalization of each channel, where the passes are given the bytes of images. Default: they are not.
 * @example
 * const network = sequential({ input: [1024], layers: { fc1: dense({ outFeatures: 256 }), fc2: dense({ outFeatures: 10 }) } });
 * batchGradients(network.layers).get('fc1.weight')?.rows; // 256
 */
export function batchGradients(
  layers: readonly NamedLayer[],
  pixels: readonly ChannelNormalization[] = [],
): ReadonlyMap<string, BatchGradient> {
  return new Map(
    (beginWithPixels(layers, pixels) ?? layers).flatMap(
      ({ name, layer, inputShape }): (readonly [string, BatchGradient])[] => {
        if (!isBuiltIn(layer)) return [];
        const own = layer.batchGradient?.(name, inputShape);
        const nested = batchGradients(layer.nested?.(name, inputShape) ?? []);
        return [
          ...(own === undefined ? [] : [[`${name}.${own.parameter}`, own] as const]),
          ...Array.from(nested, ([path, gradient]) => [`${name}.${path}`, gradient] as const),
        ];
      },
    ),
  );
}
