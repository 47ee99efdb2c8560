/**
 * The vector sets, `strict` and `fused`: every kernel in WebAssembly, four images at a time, for float32.
 *
 * Both are compiled from the same sources (`*.assembly.ts`). `strict` multiplies, then adds, and rounds each: the same
 * bits on every engine and processor. `fused` rounds the two once, where engine and processor can.
 */
import { OptionError } from '@longhand/tensor';
import { type AssemblyFunctions, buildLengths, deflatedBuilds, pieceLength } from '../assembly/module.generated';
import type { SteadyParameters } from '../contract/kernel-set';
import { type AddressesOf, type BindingMemory, numberBytes } from '../contract/simd-binding';
import { type AnySpec, type Arrays, checkBuffers, lengthsOf } from '../contract/spec';
import { type KernelSpecs, type Kernels, kernelSpecs, simdBindings } from '../operations';
import { paddedBatch } from './padded-batch';
import { scratchInTurns } from './scratch-in-turns';
import { SimdMemory } from './simd-memory';
import { unpacked } from './unpacked';
import { type WasmMemory, type WasmModule, type WebAssemblyInterface, webAssembly } from './web-assembly';

/** Multiply, then add; or both with one rounding. */
export type Arithmetic = 'strict' | 'fused';

/** What another thread needs to work with the same kernels on the same memory; it can be posted as a message. */
export interface SharedKernels {
  /** Whether multiply-adds are rounded twice (`strict`) or once (`fused`). */
  readonly arithmetic: Arithmetic;
  /** The memory that all threads work in. */
  readonly memory: WasmMemory;
  /** The compiled kernels. */
  readonly module: WasmModule;
  /**
   * Whether the engine makes one vector of 256 bits out of two, as V8 does with `--experimental-wasm-revectorize`: kernels take larger
   * tiles then. It changes no bit of their results. Default: as {@link expectWideVectors} was told last, otherwise false.
   */
  readonly wide: boolean;
}

/** The arithmetic of a vector set; with a memory, or with a compiled module too, to be used instead of new ones. */
export type KernelsOrigin = Arithmetic | (Pick<SharedKernels, 'arithmetic'> & Partial<SharedKernels>);

/** A vector set over its own memory. */
export interface SimdKernels extends Kernels {
  readonly name: Arithmetic;
  /** What another thread makes the same kernel set from. */
  readonly shared: SharedKernels;
  /**
   * Takes back all arrays, in all threads that share the memory: nobody may work with them any more.
   *
   * @param from a {@link position}: only arrays that were allocated since then. Default: all.
   */
  reset(from?: number): void;
  /** The address of the next array. */
  position(): number;
  /** The bytes of memory in use, by all threads that share it. */
  bytesInUse(): number;
  /** An array that another thread allocated, by its `byteOffset`. */
  arrayAt(byteOffset: number, length: number): Float32Array;
  forPassesInTurns(): () => SimdKernels;
  withSteadyParameters(parameters: SteadyParameters): SimdKernels;
}

/** The engine or the processor cannot do what a set of kernels needs. */
export class UnsupportedKernelsError extends Error {
  /** Tells it from other errors where `instanceof` cannot: across threads and bundles. */
  override readonly name = 'UnsupportedKernelsError';
}

const bindings = /* @__PURE__ */ simdBindings();

let wideVectors = false;

/**
 * Says whether the engine makes wide vectors: to the sets of kernels that are made from now on, and to those that share their memory.
 *
 * @example
 * const { wide } = simdKernels('strict').shared;
 * expectWideVectors(true);
 * simdKernels('strict').shared.wide; // true
 * expectWideVectors(wide);
 */
export function expectWideVectors(expected: boolean): void {
  wideVectors = expected;
}

/** Each build, compiled when it is first asked for. */
const compiled = new Map<Arithmetic, WasmModule>();

/** The bytes of a build, out of the alternating pieces of both. */
function buildOf(arithmetic: Arithmetic): Uint8Array<ArrayBuffer> {
  const both = unpacked(deflatedBuilds);
  const build = new Uint8Array(buildLengths[arithmetic]);
  let from = 0;
  for (let at = 0; from < both.length; at += pieceLength) {
    for (const name of ['strict', 'fused'] as const) {
      const piece = both.subarray(from, from + Math.max(0, Math.min(pieceLength, buildLengths[name] - at)));
      // One build ends some pieces before the other.
      if (name === arithmetic && piece.length > 0) build.set(piece, at);
      from += piece.length;
    }
  }
  return build;
}

function compile(arithmetic: Arithmetic): WasmModule {
  const known = compiled.get(arithmetic);
  if (known !== undefined) return known;
  const { validate, Module } = engineFor(arithmetic);
  const bytes = buildOf(arithmetic);
  if (!validate(bytes)) {
    throw new UnsupportedKernelsError(
      arithmetic === 'fused'
        ? 'kernels fused: expected an engine with relaxed SIMD (Node 22 or newer), got one without; use the strict kernels'
        : 'kernels strict: expected an engine with SIMD and shared memory, got one without; use the reference kernels',
    );
  }
  const module = permitted(arithmetic, () => new Module(bytes));
  compiled.set(arithmetic, module);
  return module;
}

function engineFor(arithmetic: Arithmetic): WebAssemblyInterface {
  const engine = webAssembly();
  if (engine !== undefined) return engine;
  throw new UnsupportedKernelsError(
    `kernels ${arithmetic}: expected an engine with WebAssembly, got one without, as Node is with --jitless; leave that out, or use the reference kernels`,
  );
}

/** Does what a page's content security policy may forbid. */
function permitted<Made>(arithmetic: Arithmetic, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    // The words of Chromium, Firefox and Safari, whose errors have different classes.
    if (!/unsafe-eval|\bCSP\b/.test(String(error))) throw error;
    throw new UnsupportedKernelsError(
      `kernels ${arithmetic}: expected to be allowed to compile WebAssembly, got a content security policy that forbids it; add 'wasm-unsafe-eval' to its script-src, or use the reference kernels`,
    );
  }
}

/** The compiled functions over a memory: of their own, or that of another thread. */
export interface SimdInstance extends SharedKernels {
  readonly functions: AssemblyFunctions;
  readonly simdMemory: SimdMemory;
}

/**
 * Instantiates a build. The package keeps its functions to itself: outside, kernels are reached by {@link simdKernels}.
 *
 * @throws UnsupportedKernelsError when the engine lacks what the set needs, or `fused` would not fuse
 */
export function simdInstance(origin: KernelsOrigin): SimdInstance {
  const given: Exclude<KernelsOrigin, string> = typeof origin === 'string' ? { arithmetic: origin } : origin;
  const { arithmetic } = given;
  if (!Object.hasOwn(buildLengths, arithmetic)) {
    throw new OptionError(`simdKernels: expected ${Object.keys(buildLengths).join(' or ')}, got ${String(arithmetic)}`);
  }
  const { Instance } = engineFor(arithmetic);
  const { memory, module = compile(arithmetic), wide = wideVectors } = given;
  const simdMemory = new SimdMemory(memory);
  const instance = permitted(arithmetic, () => new Instance(module, { env: { memory: simdMemory.memory } }));
  // What the module exports is what assemble.mjs wrote into the interface, from the sources.
  const functions = instance.exports as AssemblyFunctions;
  if (arithmetic === 'fused' && !fuses(functions)) {
    throw new UnsupportedKernelsError(
      'kernels fused: expected multiply-adds that round once, got ones that round twice, as the engine of Bun and Safari makes them, and some processors; use the strict kernels',
    );
  }
  return { arithmetic, module, memory: simdMemory.memory, wide, functions, simdMemory };
}

/**
 * A vector set over a memory of its own, or over that of another thread.
 *
 * @throws UnsupportedKernelsError when the engine lacks what the set needs, or `fused` would not fuse
 * @example
 * const kernels = simdKernels('strict');
 * kernels.allocate('float32', 784 * 16).length; // 12544 (only arrays from here can be worked on)
 */
export function simdKernels(origin: KernelsOrigin): SimdKernels {
  const instance = simdInstance(origin);
  return kernelsOver(instance, instance.simdMemory);
}

/** @param scratch where kernels reserve what they need besides their arrays */
function kernelsOver(instance: SimdInstance, scratch: BindingMemory, steady?: SteadyParameters): SimdKernels {
  const { arithmetic, module, wide, functions, simdMemory: memory } = instance;
  const bound = { functions, memory: scratch, steady, wide };
  return {
    name: arithmetic,
    dtypes: ['float32'],
    shared: { arithmetic, memory: memory.memory, module, wide },
    allocateBytes: (length) => memory.bytes(memory.reserve(length), length),
    reset: (from) => memory.reset(from),
    position: () => memory.position,
    region: () => memory.region(),
    bytesInUse: () => memory.bytesInUse,
    forPassesInTurns() {
      const beginPass = scratchInTurns(memory);
      return () => kernelsOver(instance, beginPass(), steady);
    },
    withSteadyParameters: (parameters) => kernelsOver(instance, scratch, parameters),
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
      const spec: AnySpec = kernelSpecs[name];
      const arrays: Arrays = buffers;
      const dtype = checkBuffers(name, spec, geometry, arrays);
      if (dtype !== 'float32') {
        throw new UnsupportedKernelsError(`kernels ${arithmetic}: ${name} expected float32 arrays, got ${dtype}`);
      }
      const addresses: Record<string, number> = {};
      for (const [array] of lengthsOf(spec)) addresses[array] = memory.addressOf(arrays[array], `${name}, '${array}'`);
      const bind = bindings[name];
      const at = (of: Readonly<Record<string, number>>) => of as AddressesOf<KernelSpecs[typeof name]>;
      const padded = paddedBatch(spec, geometry, arrays, memory);
      if (padded === undefined) return bind(geometry, at(addresses), bound);
      const run = bind(padded.geometry, at({ ...addresses, ...padded.addresses }), bound);
      return () => {
        padded.copyIn();
        run();
        padded.copyOut();
      };
    },
  };
}

/** (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ when rounded once, and nothing when rounded twice. */
function fuses(functions: AssemblyFunctions): boolean {
  const a = 1 + 2 ** -12;
  return functions.multiplyAddOnce(a, a, -(1 + 2 ** -11)) !== 0;
}
