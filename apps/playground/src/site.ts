/** What the server says of itself: `longhand serve` offers data and runs; a host of static files has neither. */

/** Data of the user's own. */
export interface OfferedData {
  readonly name: string;
  /** What `--data` was, for the command line. */
  readonly path: string;
  readonly classes: readonly string[];
  readonly normalization: { readonly mean: number | readonly number[]; readonly std: number | readonly number[] };
  readonly layout: object;
}

/** A finished run. */
export interface OfferedRun {
  readonly name: string;
  readonly network: string;
  readonly data: string;
  readonly epochs: number;
  readonly seed: number;
  /** Of its test images, from 0 to 1. */
  readonly accuracy: number;
}

export interface Site {
  /** `longhand`, or `static files`. */
  readonly server: string;
  readonly data?: OfferedData;
  readonly runs: readonly OfferedRun[];
}

let asked: Promise<Site> | undefined;

/** Asks once. */
export function askSite(): Promise<Site> {
  asked ??= fetch(new URL('site.json', document.baseURI)).then((response) => response.json());
  return asked;
}
