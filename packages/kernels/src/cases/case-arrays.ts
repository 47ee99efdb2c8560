/**
 * The arrays of one case, drawn from its fills, with sentinels on both sides: a kernel that writes where it should
 * not is caught. Outputs start as NaN: a kernel that leaves an entry out is caught too.
 */
import { type DType, dtypeOf, type FloatArray, type Random, seededRandom } from '@longhand/tensor';
import type { KernelSpec } from '../kernel';
import { type KernelName, type Kernels, kernelSpecs } from '../kernel-specs';
import { type OperationCase, type OperationCases, uniform } from './operation-cases';

type AnySpec = KernelSpec<unknown, string, string>;

/** The spec of a kernel, without its types: for code that treats all kernels alike. */
export function specOf(name: KernelName): AnySpec {
  return kernelSpecs[name] as unknown as AnySpec;
}

const guard = 8;
const sentinel = 12345;

/** All arrays of one case, by name, and what is known of them. */
export class CaseArrays {
  readonly #operation: OperationCases;
  readonly #case: OperationCase<unknown>;
  readonly #kernels: Kernels;
  readonly #dtype: DType;
  readonly #random: Random;
  readonly #guarded = new Map<string, FloatArray>();
  readonly arrays: Record<string, FloatArray> = {};

  constructor(
    operation: OperationCases,
    { kernels, dtype, seed = 1 }: { kernels: Kernels; dtype: DType; seed?: number },
    at: number,
  ) {
    this.#operation = operation;
    this.#case = operation.cases[at] as OperationCase<unknown>;
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
    for (const [array, lengthOf] of Object.entries(spec.reads)) {
      if (this.arrays[array] !== undefined) continue;
      const length = lengthOf(this.#case.geometry);
      const batch = (this.#case.geometry as { batch?: number }).batch ?? 1;
      const fill = this.#case.fills?.[array] ?? this.#operation.fills?.[array] ?? uniform;
      this.#add(array, length).set(fill(this.#random.fork(array), length, batch));
    }
    for (const [array, lengthOf] of Object.entries(spec.writes)) {
      const length = lengthOf(this.#case.geometry);
      (this.arrays[array] ?? this.#add(array, length)).fill(Number.NaN);
    }
    const buffers = Object.fromEntries(
      [...Object.keys(spec.reads), ...Object.keys(spec.writes)].map((array) => [array, this.arrays[array]]),
    );
    return this.#kernels.prepare(name, this.#case.geometry as never, buffers as never);
  }

  /** The names of arrays beside which a sentinel was overwritten. */
  overrun(): string[] {
    return [...this.#guarded]
      .filter(([, { buffer, byteOffset, length }]) => {
        const whole = this.#dtype === 'float64' ? new Float64Array(buffer) : new Float32Array(buffer);
        const start = byteOffset / whole.BYTES_PER_ELEMENT;
        const before = whole.subarray(start - guard, start);
        const after = whole.subarray(start + length, start + length + guard);
        return [...before, ...after].some((value) => value !== sentinel);
      })
      .map(([name]) => name);
  }

  #add(name: string, length: number): FloatArray {
    const whole = this.#kernels.allocate(this.#dtype, length + 2 * guard);
    whole.fill(sentinel);
    const array = whole.subarray(guard, guard + length);
    if (dtypeOf(array) !== this.#dtype) throw new Error(`${name}: the set allocated ${dtypeOf(array)}`);
    this.#guarded.set(name, array);
    this.arrays[name] = array;
    return array;
  }
}
