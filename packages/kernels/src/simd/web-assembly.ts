/**
 * The part of WebAssembly's interface that is used here. It is declared by the types of browsers only, which would
 * bring a thousand other names along.
 */

/** A memory that several threads may share; it can be posted as a message. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

/** A compiled module; it can be posted as a message. */
export type WasmModule = object;

export interface WebAssemblyInterface {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: { env: { memory: WasmMemory } }) => { readonly exports: object };
  validate(bytes: Uint8Array): boolean;
}

/** @returns undefined where the engine has none, as Node with --jitless */
export function webAssembly(): WebAssemblyInterface | undefined {
  return (globalThis as typeof globalThis & { WebAssembly?: WebAssemblyInterface }).WebAssembly;
}
