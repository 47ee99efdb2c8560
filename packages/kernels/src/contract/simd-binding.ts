/** What a vector kernel is bound with: the compiled functions, the memory, and where the arrays lie. */
import type { AssemblyFunctions } from '../assembly/module.generated';
import type { BuffersOf, GeometryOf } from './spec';

/** Arrays by the names of a kernel's spec, as addresses in bytes. */
export type AddressesOf<Spec> = { readonly [Name in keyof BuffersOf<Spec>]: number };

/** The memory of the compiled functions, as far as bindings need it: places for copies and tables. */
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
}

/**
 * Binds a kernel: works out once what depends on the geometry alone, and returns what runs it.
 * The images' axis is a multiple of sixteen; other numbers of images have been seen to before (`padded-batch.ts`).
 */
export type SimdBinding<Spec> = (geometry: GeometryOf<Spec>, at: AddressesOf<Spec>, module: SimdModule) => () => void;

/** A binding for each kernel of an operation, or of all operations. */
export type SimdBindingsOf<Table> = { readonly [Name in keyof Table]: SimdBinding<Table[Name]> };

/** Bytes of one number. */
export const numberBytes = 4;
/** How many images a vector kernel takes at once: the line of a cache. */
export const imagesPerCacheLine = 16;

/**
 * Room for so many bytes as an odd number of lines: what lies at a multiple of 4096 bytes would fall into the same places of
 * the first cache.
 */
export function oddCacheLines(bytes: number): number {
  return (Math.ceil(bytes / 64) | 1) * 64;
}
