/** The options that a function is given: checked by a schema, whether or not TypeScript has looked at them. */
import type { GenericSchema, InferOutput } from 'valibot';
import { type JsonFault, type ParseOptions, parseJson } from './parse';
import { isRecord } from './schemas';

/** What messages begin with, and the error that carries them. */
export interface CheckOptions {
  /** The function's name. */
  readonly where: string;
  /** Makes the error of the line that says what is wrong. */
  readonly error: (message: string) => Error;
}

/**
 * Options as a schema lets them through: none missing, none unknown. One that is `undefined` counts as absent.
 *
 * @throws what `error` makes of the first fault
 * @example
 * const error = (message: string) => new Error(message);
 * checkOptions(object({ epochs: count }), { epoch: 3 }, { where: 'fit', error }); // throws: fit: …; did you mean 'epochs'?
 */
export function checkOptions<S extends GenericSchema>(
  schema: S,
  options: unknown,
  { where, error }: CheckOptions,
): InferOutput<S> {
  const given = isRecord(options) ? withoutUndefined(options) : options;
  return parseJson(schema, given, { where, error: errorOfOptions(error) });
}

/**
 * An error in which options are named in plain words: `learning rate`.
 *
 * @example
 * const error = errorOfOptions((message) => new Error(message));
 * parseJson(object({ learningRate: positive }), { learningRate: 0 }, { where: 'sgd', error }); // throws: sgd: expected a number above 0 as learning rate, got 0
 */
export function errorOfOptions<Failure extends Error>(error: (message: string) => Failure) {
  return ((message: string, fault?: JsonFault): Failure => {
    if (fault === undefined) return error(message);
    if (fault.kind === 'unknown') return error(message.replace('one of the keys', 'one of the options'));
    const words = fault.path.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return error(message.replace(`'${fault.path}'`, words));
  }) satisfies ParseOptions['error'];
}

/** Without the options that are `undefined`: they count as absent. */
export function withoutUndefined(options: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(options).filter(([, option]) => option !== undefined));
}

/**
 * The options that have a schema, of a record that may have others: what one function passes on to another.
 *
 * @example picked({ epochs: count }, { epochs: 3, patience: 5 }); // { epochs: 3 }
 */
export function picked<Name extends string, Options extends object>(
  entries: Readonly<Record<Name, unknown>>,
  options: Options,
): Pick<Options, Name & keyof Options> {
  const named = Object.entries(options).filter(([name]) => Object.hasOwn(entries, name));
  return Object.fromEntries(named) as Pick<Options, Name & keyof Options>;
}
