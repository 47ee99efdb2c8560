/**
 * All parameters of a network in one flat array, with a name and a shape for each part of it: an optimizer's step
 * and the sum of two gradients are one loop, whatever the network.
 */
import { dtypeOf, type FloatArray, type Shape, type Tensor } from '@longhand/tensor';

/** The position of one parameter in the flat array. */
export interface ParameterEntry {
  /** `conv1.weight`: the layer's name, a dot, and the parameter's own, which may have dots in it. */
  readonly path: string;
  /** The name of its layer. */
  readonly layer: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly length: number;
}

/** Named parts of one flat array: parameters, or anything of the same layout, such as their gradients. */
export class Parameters {
  /** Every number, in the order of the entries. */
  readonly values: FloatArray;
  readonly entries: readonly ParameterEntry[];
  readonly #byPath: ReadonlyMap<string, ParameterEntry>;

  constructor(entries: readonly ParameterEntry[], values: FloatArray) {
    this.entries = entries;
    this.values = values;
    this.#byPath = new Map(entries.map((entry) => [entry.path, entry]));
  }

  has(path: string): boolean {
    return this.#byPath.has(path);
  }

  /**
   * A parameter as a tensor over this memory: writing to it changes the network.
   *
   * @throws Error that lists the paths
   * @example parameters.get('conv1.weight').shape // [6, 1, 5, 5]
   */
  get(path: string): Tensor {
    const entry = this.#byPath.get(path);
    if (entry === undefined) {
      const paths = this.entries.map(({ path }) => path).join(', ');
      throw new Error(`parameters: expected one of ${paths}; got ${path}`);
    }
    const data = this.values.subarray(entry.offset, entry.offset + entry.length);
    return { dtype: dtypeOf(this.values), shape: entry.shape, data };
  }
}
