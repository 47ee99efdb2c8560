/**
 * The one error of this package, and how its messages show values of a file.
 */
import { kindOf } from '@longhand/schema';

/** A file that violates its format, or data that the format cannot store. */
export class FormatError extends Error {
  /** Tells it from other errors where `instanceof` cannot: across threads and bundles. */
  override readonly name = 'FormatError';
}

/** How messages show values of a file. */
export { kindOf, shown } from '@longhand/schema';

/** @throws FormatError for bytes in anything but a Uint8Array, such as the ArrayBuffer of a response */
export function checkBytes(bytes: unknown, where: string): void {
  if (bytes instanceof Uint8Array) return;
  const remark = bytes instanceof ArrayBuffer ? '; give new Uint8Array(bytes)' : '';
  throw new FormatError(`${where}: expected bytes in a Uint8Array, got ${kindOf(bytes)}${remark}`);
}
