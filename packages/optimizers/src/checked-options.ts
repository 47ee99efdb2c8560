/** The options of optimizers and schedules, checked by the schemas of their kinds. */
import { errorOfOptions, type Kind } from '@longhand/schema';
import { OptionError } from '@longhand/tensor';

/**
 * The options that a factory is given.
 *
 * @param where what messages begin with. Default: the name of the kind.
 * @throws OptionError when an option is out of its range, missing, or none of the kind's
 */
export function checkedOptions<Options extends object>(
  kind: Kind<string, Options>,
  options: Options,
  where: string = kind.name,
): Options {
  return kind.check(options, { where, error: optionError });
}

/** The error of an option, which is named in plain words: `learning rate`. */
export const optionError = errorOfOptions((message) => new OptionError(message));
