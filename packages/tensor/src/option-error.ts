/**
 * An option that is out of its range. It has a name of its own because engines throw bare RangeErrors for other reasons,
 * such as an array that is too long; whoever took the option from a person can tell the two apart.
 */
export class OptionError extends RangeError {
  override readonly name = 'OptionError';
}
