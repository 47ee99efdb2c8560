/**
 * All parameters of a network in one flat array, with a name and a shape for each part of it: an optimizer's step
 * and the sum of two gradients are one loop, whatever the network. Its buffers lie in an array of their own.
 */
import { allocateFloats, dtypeOf, type FloatArray, formatShape, type Shape, type Tensor } from '@longhand/tensor';

/** The position of one parameter in the flat array. */
export interface ParameterEntry<Path extends string = string> {
  /** `conv1.weight`: the layer's name, a dot, and the parameter's own, which may have dots in it. */
  readonly path: Path;
  /** The name of its layer. */
  readonly layer: string;
  /** The parameter's shape. */
  readonly shape: Shape;
  /** The index of its first number in the flat array. */
  readonly offset: number;
  /** How many numbers it has. */
  readonly length: number;
}

/** Where one buffer lies in the flat array of buffers, and the initial value of its numbers. */
export interface BufferEntry<Path extends string = string> extends ParameterEntry<Path> {
  /** What each number is at first. */
  readonly initial: number;
}

/** Which numbers lie where: a network is its own layout. */
export interface ParameterLayout<Path extends string = string> {
  /** The parameters, in the order of the flat array. */
  readonly parameterEntries: readonly ParameterEntry<Path>[];
  /** Default: none. */
  readonly bufferEntries?: readonly BufferEntry<Path>[];
}

/** The parameters and buffers that are listed where parameters are printed. */
const entriesShown = 4;

/**
 * Named parts of flat arrays: parameters with buffers, or anything of the same layout, such as gradients. `Path` are their names, where
 * the compiler knows them.
 *
 * @example
 * import { seededRandom } from '@longhand/tensor';
 * const parameters = lenet5().initialize(seededRandom(1));
 * parameters.get('conv1.weight').shape; // [ 6, 1, 5, 5 ]
 */
export class NetworkParameters<Path extends string = string> {
  /** Every learned number, in the order of the entries. */
  readonly values: FloatArray;
  /** Where the parameters lie in `values`. */
  readonly entries: readonly ParameterEntry<Path>[];
  /** Every number of the buffers: saved with the network, not learned. */
  readonly buffers: FloatArray;
  /** Where the buffers lie in `buffers`. */
  readonly bufferEntries: readonly BufferEntry<Path>[];
  readonly #byPath: ReadonlyMap<string, readonly [entry: ParameterEntry, of: FloatArray]>;

  /**
   * @param buffers Default: the initial values.
   * @example new NetworkParameters(network, new Float32Array(network.parameterCount))
   */
  constructor(
    { parameterEntries, bufferEntries = [] }: ParameterLayout<Path>,
    values: FloatArray,
    buffers: FloatArray = initialBuffers(bufferEntries, values),
  ) {
    this.entries = parameterEntries;
    this.values = values;
    this.bufferEntries = bufferEntries;
    this.buffers = buffers;
    this.#byPath = new Map([
      ...parameterEntries.map((entry) => [entry.path, [entry, values]] as const),
      ...bufferEntries.map((entry) => [entry.path, [entry, buffers]] as const),
    ]);
    // What the consoles of Node, Bun and Deno print. Here and no method, since bundlers keep a class with a computed name that nobody uses.
    Object.defineProperty(this, Symbol.for('nodejs.util.inspect.custom'), { value: () => inInspection(this) });
  }

  /** Whether the network has a parameter or a buffer of this path. */
  has(path: string): boolean {
    return this.#byPath.has(path);
  }

  /**
   * A parameter or a buffer as a tensor over this memory: writing to it changes the network.
   *
   * @throws Error that lists the paths
   * @example
   * const parameters = lenet5().zeros();
   * parameters.get('conv1.weight').shape; // [ 6, 1, 5, 5 ]
   */
  get(path: Path): Tensor {
    const found = this.#byPath.get(path);
    if (found === undefined) {
      throw new Error(`parameters: expected one of ${[...this.#byPath.keys()].join(', ')}; got ${path}`);
    }
    const [{ shape, offset, length }, of] = found;
    return { dtype: dtypeOf(of), shape, data: of.subarray(offset, offset + length) };
  }
}

/** A line, rather than a hundred lines of numbers. */
function inInspection({ entries, values, bufferEntries, buffers }: NetworkParameters): string {
  const all = [...entries, ...bufferEntries];
  const shown = all.slice(0, entriesShown).map(({ path, shape }) => `'${path}' ${formatShape(shape)}`);
  if (all.length > entriesShown) shown.push(`… ${all.length - entriesShown} more`);
  return `NetworkParameters { ${[`${values.length + buffers.length} numbers`, ...shown].join(', ')} }`;
}

/** Fills the buffers with their initial values. */
export function resetBuffers(entries: readonly BufferEntry[], buffers: FloatArray): FloatArray {
  for (const { offset, length, initial } of entries) buffers.fill(initial, offset, offset + length);
  return buffers;
}

/** The numbers of all entries together. */
export function lengthOf(entries: readonly Pick<ParameterEntry, 'length'>[]): number {
  return entries.reduce((sum, { length }) => sum + length, 0);
}

function initialBuffers(entries: readonly BufferEntry[], values: FloatArray): FloatArray {
  return resetBuffers(entries, allocateFloats(dtypeOf(values), lengthOf(entries)));
}
