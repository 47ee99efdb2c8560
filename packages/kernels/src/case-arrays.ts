/**
 * The arrays of one case, drawn from its fills, with sentinels on both sides: a kernel that writes where it should
 * not is caught. Outputs start as NaN: a kernel that leaves an entry out is caught too. For tests and benchmarks.
 */
import { type DType, dtypeOf, type FloatArray, type Random, seededRandom } from '@longhand/tensor';
import { anyBytes, type OperationCase, type OperationCases, uniform } from './contract/cases';
import { type AnySpec, lengthsOf, type NumericArray } from './contract/spec';
import { type KernelName, type KernelSpecs, type Kernels, kernelSpecs } from './operations';

/** The spec of a kernel, for code that treats all kernels alike. */
export const specOf = (name: KernelName): AnySpec => kernelSpecs[name];

const guard = 8;
const sentinel = { float: 12345, byte: 0xa5 };

/** All arrays of one case, by name. */
export class CaseArrays {
  readonly #operation: OperationCases<KernelSpecs>;
  readonly #case: OperationCase<unknown>;
  readonly #kernels: Kernels;
  readonly #dtype: DType;
  readonly #random: Random;
  /** The arrays with the sentinels on both sides. */
  readonly #guarded = new Map<string, NumericArray>();
  readonly arrays: Record<string, NumericArray> = {};

  constructor(
    operation: OperationCases<KernelSpecs>,
    { kernels, dtype, seed = 1 }: { kernels: Kernels; dtype: DType; seed?: number },
    index: number,
  ) {
    this.#operation = operation;
    this.#case = operation.cases[index];
    this.#kernels = kernels;
    this.#dtype = dtype;
    this.#random = seededRandom(seed).fork(this.#case.name);
  }

  /**
   * Prepares a kernel: arrays that it reads and that no kernel wrote before are drawn, those that it writes are
   * filled with NaN.
   */
  prepare(name: KernelName): () => void {
    const spec = specOf(name);
    const { geometry, fills } = this.#case;
    for (const [array, lengthOf] of Object.entries(spec.reads)) {
      if (this.arrays[array] !== undefined) continue;
      const bytes = spec.bytes.includes(array);
      const length = lengthOf(geometry);
      const batch = (geometry as { batch?: number }).batch ?? 1;
      const fill = fills?.[array] ?? this.#operation.fills?.[array] ?? (bytes ? anyBytes : uniform);
      this.#add(array, length, bytes).set(fill(this.#random.fork(array), length, batch));
    }
    for (const [array, lengthOf] of Object.entries(spec.writes)) {
      (this.arrays[array] ?? this.#add(array, lengthOf(geometry), false)).fill(Number.NaN);
    }
    const buffers = Object.fromEntries(lengthsOf(spec).map(([array]) => [array, this.arrays[array]]));
    // That these arrays and this geometry belong to a kernel chosen at run time, `prepare` checks itself.
    return this.#kernels.prepare(name, geometry as never, buffers as never);
  }

  /** An array that holds floats. */
  floats(name: string): FloatArray {
    const array = this.arrays[name];
    if (array === undefined || array instanceof Uint8Array) throw new Error(`${name}: no array of floats`);
    return array;
  }

  /** The names of arrays beside which a sentinel was overwritten. */
  overrun(): string[] {
    return [...this.#guarded]
      .filter(([, whole]) => {
        const expected = whole instanceof Uint8Array ? sentinel.byte : sentinel.float;
        return [...whole.subarray(0, guard), ...whole.subarray(-guard)].some((value) => value !== expected);
      })
      .map(([name]) => name);
  }

  #add(name: string, length: number, bytes: boolean): NumericArray {
    const whole = bytes
      ? this.#kernels.allocateBytes(length + 2 * guard).fill(sentinel.byte)
      : this.#kernels.allocate(this.#dtype, length + 2 * guard).fill(sentinel.float);
    const array = whole.subarray(guard, guard + length);
    if (!(array instanceof Uint8Array) && dtypeOf(array) !== this.#dtype) {
      throw new Error(`${name}: the set allocated ${dtypeOf(array)}`);
    }
    this.#guarded.set(name, whole);
    this.arrays[name] = array;
    return array;
  }
}
