/**
 * Kinds: what can be described as plain data and made again from it, such as layers or optimizers.
 *
 * A family is one record of kinds by name. From it follow the discriminated union of its descriptions, the object that a
 * description stands for, and the names that a command offers.
 */
import { is, type ObjectEntries } from 'valibot';
import { didYouMean, nearestName } from './nearest';
import { withoutUndefined } from './options';
import { type JsonFault, type ParseOptions, parseJson } from './parse';
import { isRecord, type Output, object, type Schema } from './schemas';
import { shown } from './shown';

/**
 * What every description has: the name of a kind. Its options stand beside it.
 *
 * A union, so that an object literal may have any options, and an interface, which is assignable to no index signature, may be one too.
 */
export type Description =
  | { /** The name of the kind. */ readonly kind: string }
  | { /** The name of the kind. */ readonly kind: string; readonly [option: string]: unknown };

/** One kind: its options, and what is made of them. */
export interface Kind<Name extends string = string, Options extends object = object, Made = unknown> {
  /** What descriptions call it. */
  readonly name: Name;
  /** The names of its options. */
  readonly options: readonly string[];
  /**
   * Options of whatever origin, checked. An option that is `undefined` counts as absent.
   *
   * @throws what `error` makes of the first fault
   */
  check(options: unknown, parse: ParseOptions): Options;
  /** A description as one of this kind; undefined where it is of another, or has options that do not fit. */
  match(description: Description): Named<Name, Options> | undefined;
  /** What the options stand for. */
  make(options: Options): Made;
}

/** The description of one kind. */
export type Named<Name extends string, Options> = {
  /** The name of the kind. */
  readonly kind: Name;
} & Readonly<Options>;

/** The union of the descriptions of a family. */
export type DescriptionOf<Kinds extends Readonly<Record<string, Kind>>> = NonNullable<
  ReturnType<Kinds[keyof Kinds]['match']>
>;

/** A schema for each option of an interface. */
export type Entries<Options> = { readonly [Option in keyof Required<Options>]: Schema };

/**
 * A kind from the schemas of its options.
 *
 * @param make may check what the schemas cannot, such as options that exclude each other
 * @example
 * const step = kind('step', { factor: optional(positive) }, ({ factor = 0.1 }) => factor);
 * step.name; // 'step'
 */
/* @__NO_SIDE_EFFECTS__ */
export function kind<const Name extends string, const Options extends ObjectEntries, Made>(
  name: Name,
  entries: Options,
  make: (options: ObjectOf<Options>) => Made,
): Kind<Name, ObjectOf<Options>, Made> {
  const schema = object(entries);
  return {
    name,
    options: Object.keys(entries),
    check: (value, parse) => parseJson(schema, isRecord(value) ? withoutUndefined(value) : value, parse),
    match({ kind: found, ...others }) {
      const options: unknown = withoutUndefined(others);
      return found === name && is(schema, options) ? { kind: name, ...options } : undefined;
    },
    make,
  };
}

type ObjectOf<Options extends ObjectEntries> = Output<ReturnType<typeof object<Options>>>;

/** What error messages of descriptions begin with, and the error that carries them. */
export interface FamilyOptions {
  /** What is described: `optimizer`. */
  readonly where: string;
  /** Makes the error of the first fault. */
  readonly error: (message: string, fault?: JsonFault) => Error;
}

/**
 * What a description stands for. It may come from anywhere.
 *
 * @throws what `error` makes of the first fault: no such kind, or options that the kind does not take
 * @example
 * const kinds = { step: kind('step', { factor: positive }, ({ factor }) => factor * 2) };
 * const family = { where: 'schedule', error: (message: string) => new Error(message) };
 * fromDescription(kinds, { kind: 'step', factor: 0.5 }, family); // 1
 */
export function fromDescription<Made>(
  kinds: Readonly<Record<string, Kind<string, object, Made>>>,
  description: unknown,
  { where, error }: FamilyOptions,
): Made {
  const { kind: name, ...options } = isRecord(description) ? description : { kind: description };
  if (typeof name !== 'string' || !Object.hasOwn(kinds, name)) {
    const names = Object.keys(kinds);
    const got = typeof name === 'string' ? `${name}${didYouMean(nearestName(name, names))}` : shown(name);
    throw error(`${where}: expected one of ${names.join(', ')} as kind, got ${got}`);
  }
  const found = kinds[name];
  return found.make(found.check(options, { where: name, error }));
}
