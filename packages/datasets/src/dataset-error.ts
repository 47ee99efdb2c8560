/** The one error of this package, and the sentences that several files share. */

/**
 * Data that are missing, damaged or not what they should be. The message is one line: where, what was expected, what was
 * found, what to do.
 */
export class DatasetError extends Error {
  /** Tells it from other errors where `instanceof` cannot: across threads and bundles. */
  override readonly name = 'DatasetError';
}

/** A file of the right kind that is not whole. */
export function damagedFile(name: string, expected: string, got: string): DatasetError {
  return new DatasetError(`${name}: expected ${expected}, got ${got}: the file is damaged; save or fetch it again`);
}

/** A file that exists and that the operating system does not let us read. */
export function unreadableFile(name: string, error: unknown): DatasetError {
  return new DatasetError(`${name}: the file cannot be read (${errorCode(error)}); check path and permissions`);
}

/** Node's code of a system error, such as `ENOENT`. */
export function errorCode(error: unknown): string {
  return String((error as { readonly code?: unknown }).code);
}
