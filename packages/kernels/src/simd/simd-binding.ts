/** What a vector kernel is bound with: the compiled functions, the memory, and where the arrays lie. */
import type { AssemblyFunctions } from '../assembly/module.generated';
import type { BuffersOf, GeometryOf } from '../kernel';
import type { SimdMemory } from './simd-memory';

/** Arrays by the names of a kernel's spec, as addresses in bytes. */
export type AddressesOf<Spec> = { readonly [Name in keyof BuffersOf<Spec>]: number };

/** The compiled module over its memory. */
export interface SimdModule {
  readonly functions: AssemblyFunctions;
  readonly memory: SimdMemory;
}

/**
 * Binds a kernel: works out once what depends on the geometry alone, and returns what runs it.
 * The images' axis is a multiple of sixteen; other numbers of images have been seen to before (`padded-batch.ts`).
 */
export type SimdBinding<Spec> = (geometry: GeometryOf<Spec>, at: AddressesOf<Spec>, module: SimdModule) => () => void;

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
