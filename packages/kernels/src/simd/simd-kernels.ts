/**
 * The vector sets, `strict` and `fused`: every kernel in WebAssembly, four images at a time, for float32.
 *
 * Both are compiled from the same sources (`*.assembly.ts`). `strict` multiplies, then adds, and rounds each: the same
 * bits on every engine and processor. `fused` rounds the two once, where engine and processor can.
 */
import type { FloatArray } from '@longhand/tensor';
import * as activation from '../activation/activation.simd';
import { type AssemblyFunctions, fusedModule, strictModule } from '../assembly/module.generated';
import * as binaryCrossEntropy from '../binary-cross-entropy/binary-cross-entropy.simd';
import * as conv2d from '../conv2d/conv2d.simd';
import * as dense from '../dense/dense.simd';
import { checkBuffers, type KernelSpec } from '../kernel';
import { type KernelSpecs, type Kernels, kernelSpecs } from '../kernel-specs';
import * as meanSquaredError from '../mean-squared-error/mean-squared-error.simd';
import * as microBatchSum from '../micro-batch-sum/micro-batch-sum.simd';
import * as pool2d from '../pool2d/pool2d.simd';
import * as pooledConv2d from '../pooled-conv2d/pooled-conv2d.simd';
import * as reshape from '../reshape/reshape.simd';
import * as softmax from '../softmax/softmax.simd';
import * as softmaxCrossEntropy from '../softmax-cross-entropy/softmax-cross-entropy.simd';
import { paddedBatch } from './padded-batch';
import { numberBytes, type SimdBinding, type SimdModule } from './simd-binding';
import { SimdMemory } from './simd-memory';
import { type WasmMemory, type WasmModule, webAssembly } from './web-assembly';

/** Multiply, then add; or both with one rounding. */
export type Arithmetic = 'strict' | 'fused';

/** What another thread needs to work with the same kernels on the same memory; it can be posted as a message. */
export interface SharedKernels {
  readonly arithmetic: Arithmetic;
  readonly memory: WasmMemory;
  readonly module: WasmModule;
}

/** A vector set over its own memory. */
export interface SimdKernels extends Kernels {
  readonly name: Arithmetic;
  /** The compiled functions, for measurements and tests. */
  readonly functions: AssemblyFunctions;
  readonly shared: SharedKernels;
  /** Room for bytes, in the memory that the functions work on. */
  allocateBytes(length: number): Uint8Array;
  /** Takes back all arrays, in all threads that share the memory: nobody may work with them any more. */
  reset(): void;
  /** An array that another thread allocated, by its `byteOffset`. */
  arrayAt(byteOffset: number, length: number): Float32Array;
}

/** The engine or the processor cannot do what a set of kernels needs. */
export class UnsupportedKernelsError extends Error {
  override readonly name = 'UnsupportedKernelsError';
}

type AnyBinding = (geometry: unknown, at: Readonly<Record<string, number>>, module: SimdModule) => () => void;

const bindings: { readonly [Name in keyof KernelSpecs]: SimdBinding<KernelSpecs[Name]> } = {
  ...conv2d,
  ...pool2d,
  ...dense,
  ...activation,
  ...reshape,
  ...softmax,
  ...softmaxCrossEntropy,
  ...binaryCrossEntropy,
  ...meanSquaredError,
  ...microBatchSum,
  ...pooledConv2d,
};

/** Each build, compiled when it is first asked for. */
const compiled = new Map<Arithmetic, WasmModule>();

function compile(arithmetic: Arithmetic): WasmModule {
  const known = compiled.get(arithmetic);
  if (known !== undefined) return known;
  const bytes = Uint8Array.from(atob(arithmetic === 'fused' ? fusedModule : strictModule), (c) => c.charCodeAt(0));
  if (!webAssembly.validate(bytes)) {
    throw new UnsupportedKernelsError(
      arithmetic === 'fused'
        ? 'kernels fused: expected an engine with relaxed SIMD (Node 22 or newer), got one without; use the strict kernels'
        : 'kernels strict: expected an engine with SIMD and shared memory, got one without; use the reference kernels',
    );
  }
  const module = new webAssembly.Module(bytes);
  compiled.set(arithmetic, module);
  return module;
}

/**
 * A vector set over a memory of its own, or over that of another thread.
 *
 * @throws UnsupportedKernelsError when the engine lacks what the set needs, or `fused` would not fuse
 * @example
 * const kernels = simdKernels('strict');
 * const x = kernels.allocate('float32', 784 * 16); // only arrays from here can be worked on
 */
export function simdKernels(origin: Arithmetic | SharedKernels): SimdKernels {
  const arithmetic = typeof origin === 'string' ? origin : origin.arithmetic;
  const module = typeof origin === 'string' ? compile(arithmetic) : origin.module;
  const memory = new SimdMemory(typeof origin === 'string' ? undefined : origin.memory);
  const instance = new webAssembly.Instance(module, { env: { memory: memory.memory } });
  const functions = instance.exports as unknown as AssemblyFunctions;
  if (arithmetic === 'fused' && !fuses(functions)) {
    throw new UnsupportedKernelsError(
      'kernels fused: expected a processor with fused multiply-add, got one that rounds twice; use the strict kernels',
    );
  }
  return {
    name: arithmetic,
    dtypes: ['float32'],
    functions,
    shared: { arithmetic, memory: memory.memory, module },
    allocateBytes: (length) => memory.bytes(memory.reserve(length), length),
    reset: () => memory.reset(),
    arrayAt: (byteOffset, length) => memory.floats(byteOffset, length),
    allocate(dtype, length) {
      if (dtype !== 'float32') {
        throw new UnsupportedKernelsError(
          `kernels ${arithmetic}: expected float32, got ${dtype}; use the reference kernels`,
        );
      }
      return memory.floats(memory.reserve(length * numberBytes), length);
    },
    prepare(name, geometry, buffers) {
      if (!Object.hasOwn(bindings, name)) throw new Error(`the kernel set '${arithmetic}' has no kernel '${name}'`);
      const spec = kernelSpecs[name] as unknown as KernelSpec<object, string, string>;
      const arrays = buffers as Readonly<Record<string, FloatArray>>;
      const dtype = checkBuffers(name, spec, geometry, arrays);
      if (dtype !== 'float32') {
        throw new UnsupportedKernelsError(`kernels ${arithmetic}: ${name} expected float32 arrays, got ${dtype}`);
      }
      const own = arrays as Readonly<Record<string, Float32Array>>;
      for (const array of [...Object.keys(spec.reads), ...Object.keys(spec.writes)]) {
        memory.addressOf(own[array], `${name}, '${array}'`);
      }
      const bind = bindings[name] as unknown as AnyBinding;
      const at = (of: Readonly<Record<string, Float32Array>>) =>
        Object.fromEntries(Object.entries(of).map(([array, numbers]) => [array, numbers.byteOffset]));
      const wide = paddedBatch(spec, geometry as { readonly batch?: number }, own, memory);
      if (wide === undefined) return bind(geometry, at(own), { functions, memory });
      const run = bind(wide.geometry, at(wide.arrays), { functions, memory });
      return () => {
        wide.copyIn();
        run();
        wide.copyOut();
      };
    },
  };
}

/** (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ when rounded once, and nothing when rounded twice. */
function fuses(functions: AssemblyFunctions): boolean {
  const a = 1 + 2 ** -12;
  return functions.multiplyAddOnce(a, a, -(1 + 2 ** -11)) !== 0;
}
