/**
 * An option that is out of its range. It has a name of its own because engines throw bare RangeErrors for other reasons,
 * such as an array that is too long. A program that takes options from its user can distinguish the two.
 */
export class OptionError extends RangeError {
  /** Tells it from other errors where `instanceof` cannot: across threads and bundles. */
  override readonly name = 'OptionError';
}
