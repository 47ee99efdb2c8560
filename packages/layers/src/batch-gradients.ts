/** The parameters of a network whose gradients are computed over the whole batch, see `batch-gradient.ts`. */
import { isBuiltIn } from '@longhand/schema';
import type { BatchGradient } from './batch-gradient';
import type { NamedLayer } from './layer';

/**
 * The parameters of a network whose gradients may be computed so, by path. Layers of the user's own have none, nor have layers
 * within such.
 *
 * @example
 * const network = sequential({ input: [1024], layers: { fc1: dense({ outFeatures: 256 }), fc2: dense({ outFeatures: 10 }) } });
 * batchGradients(network.layers).get('fc1.weight')?.rows; // 256
 */
export function batchGradients(layers: readonly NamedLayer[]): ReadonlyMap<string, BatchGradient> {
  return new Map(
    layers.flatMap(({ name, layer, inputShape }): (readonly [string, BatchGradient])[] => {
      if (!isBuiltIn(layer)) return [];
      const own = layer.batchGradient?.(name, inputShape);
      const nested = batchGradients(layer.nested?.(name, inputShape) ?? []);
      return [
        ...(own === undefined ? [] : [[`${name}.${own.parameter}`, own] as const]),
        ...Array.from(nested, ([path, gradient]) => [`${name}.${path}`, gradient] as const),
      ];
    }),
  );
}
