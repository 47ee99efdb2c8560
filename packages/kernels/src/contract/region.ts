/** Memory that is freed together. */

/** `Symbol.dispose`, where the standard library of TypeScript knows it. */
type DisposeKey = SymbolConstructor['dispose' & keyof SymbolConstructor];

/** What holds memory of a kernel set, and can give it back: by `release()`, or at the end of a block by `using`. */
export type Releasable = {
  /** Gives the memory back. Whatever uses it after that is an error; a second call does nothing. */
  release(): void;
} & { readonly [Key in DisposeKey]: () => void };

/** What is allocated while some work is done, by kernels too. */
export interface Region {
  /** Does the work: what it allocates belongs to this region, and to those around it. */
  within<Made>(work: () => Made): Made;
  /** Frees what belongs to the region, for others to use. */
  release(): void;
}
