/** The options of layers and networks, checked when they are given, whether or not TypeScript has looked at them. */
import { checkOptions, type Entries, errorOfOptions, type Kind, object } from '@longhand/schema';
import { OptionError } from '@longhand/tensor';

const error = (message: string): OptionError => new OptionError(message);

/**
 * The options that a factory is given, without those that are `undefined`.
 *
 * @throws OptionError when one is missing, unknown or of another type
 */
export function checkedOptions<Options extends object>(kind: Kind<string, Options>, options: Options): Options {
  return kind.check(options, { where: kind.name, error: errorOfOptions(error) });
}

/**
 * @param entries a schema for each option
 * @throws OptionError when one is missing, unknown or of another type
 */
export function checkEntries<Options extends object>(where: string, entries: Entries<Options>, options: Options): void {
  checkOptions(object(entries), options, { where, error });
}
