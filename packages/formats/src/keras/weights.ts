/** The weights of Keras layers, which each kind of file finds in its own way. */
import type { Tensor } from '@longhand/tensor';
import { FormatError, shown } from '../format-error';
import type { KerasLayer } from './config';

/** Finds the weights of a layer. */
export interface LayerWeights {
  /**
   * A layer's weights, in Keras's order.
   *
   * @param names what Keras calls them: `kernel`, `bias`
   * @throws FormatError naming the weight that is missing
   */
  of(layer: KerasLayer, names: readonly string[]): readonly Tensor[];
}

/**
 * Weights by names such as `dense_1/kernel`, `model/dense_1/kernel:0` or `conv2d_Conv2D1/bias`: the last part is the weight's, the one
 * before it usually the layer's.
 */
export class WeightsByName implements LayerWeights {
  /** By layer, then by weight. */
  readonly #layers = new Map<string, Map<string, Tensor>>();

  constructor(tensors: Iterable<readonly [string, Tensor]>) {
    const all = [...tensors].map(([name, values]) => ({ parts: name.replace(/:\d+$/, '').split('/'), values }));
    // First those whose layer is right before them; the models around a layer are called like a layer at most by chance.
    for (const depth of [2, 3, 4]) {
      for (const { parts, values } of all) {
        const [layer, weight] = [parts.at(-depth), parts.at(-1)];
        if (layer === undefined || weight === undefined) continue;
        const own = this.#layers.get(layer) ?? new Map<string, Tensor>();
        this.#layers.set(layer, own);
        if (!own.has(weight)) own.set(weight, values);
      }
    }
  }

  of({ name: layer, where }: KerasLayer, names: readonly string[]): readonly Tensor[] {
    const own = this.#layers.get(layer);
    return names.map((name) => {
      // Keras 3 calls the only kernel of a depthwise convolution so too.
      const found = own?.get(name) ?? (name === 'depthwise_kernel' ? own?.get('kernel') : undefined);
      if (found !== undefined) return found;
      const others = own === undefined ? 'no weights of that layer' : [...own.keys()].slice(0, 6).map(shown).join(', ');
      throw new FormatError(`${where}: expected its weight ${shown(name)}, got ${others}; save the model again`);
    });
  }
}
