/** What a SIMD kernel is bound to: the compiled functions, their memory, and the addresses of its arrays. */
import type { AssemblyFunctions } from '../assembly/module.generated';
import type { SteadyParameters } from './kernel-set';
import type { BuffersOf, GeometryOf } from './spec';

/** Arrays by the names of a kernel's spec, as addresses in bytes. */
export type AddressesOf<Spec> = { readonly [Name in keyof BuffersOf<Spec>]: number };

/** The memory of the compiled functions, as far as bindings need it: room for copies and tables. */
export interface BindingMemory {
  /** The address of fresh bytes, all zero. */
  reserve(bytes: number): number;
  /** The floats at an address. */
  floats(address: number, length: number): Float32Array;
  /** The address of a table of distances or indices, as unsigned integers of 32 bits. */
  table(numbers: readonly number[]): number;
}

/** The compiled module over its memory. */
export interface SimdModule {
  readonly functions: AssemblyFunctions;
  readonly memory: BindingMemory;
  /** Parameters that change only when their version does; see {@link whenParametersChange}. */
  readonly steady: SteadyParameters | undefined;
  /** Whether the engine makes a wide vector of two: larger tiles fit into its registers then. It decides no bit of any result. */
  readonly wide: boolean;
}

/**
 * Work that depends on nothing but a parameter, such as packing weights: done at a run only if the parameter may have changed since the
 * last one. It may write to scratch memory, which passes in turns share: they write the same there.
 *
 * @param parameter its address
 */
export function whenParametersChange({ steady }: SimdModule, parameter: number, work: () => void): () => void {
  if (steady === undefined) return work;
  const from = steady.values.byteOffset;
  if (parameter < from || parameter >= from + steady.values.byteLength) return work;
  let seen: number | undefined;
  return () => {
    if (seen === steady.version) return;
    work();
    seen = steady.version;
  };
}

/**
 * Binds a kernel: works out once what depends on the geometry alone, and returns the function that runs it.
 * The batch is a multiple of {@link imagesPerCacheLine}, or {@link fewImages} where the spec says so; any other has been padded before
 * (`simd/padded-batch.ts`).
 */
export type SimdBinding<Spec> = (geometry: GeometryOf<Spec>, at: AddressesOf<Spec>, module: SimdModule) => () => void;

/** A binding for each kernel of an operation, or of all operations. */
export type SimdBindingsOf<Table> = { readonly [Name in keyof Table]: SimdBinding<Table[Name]> };

/** Bytes of one number. */
export const numberBytes = 4;
/** Bytes of a vector of WebAssembly. */
export const vectorBytes = 16;
/** The images that a SIMD kernel takes at once: one float of each fills a cache line of 64 bytes. */
export const imagesPerCacheLine = 16;
/** The images of a small batch, for kernels that take one: half the work. */
export const fewImages = 8;

/**
 * Bytes padded to an odd number of cache lines. 4 KiB aliasing: rows a multiple of 4096 bytes apart map to the same sets of the
 * first cache and evict each other; an odd number of lines apart they do not.
 */
export function oddCacheLines(bytes: number): number {
  return (Math.ceil(bytes / 64) | 1) * 64;
}
