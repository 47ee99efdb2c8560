/**
 * Schemas, on top of valibot. The message of a schema is what it expects, in words that follow "expected":
 * `a number of at least 0`. `parseJson` makes the rest of the line.
 */
import {
  array,
  type BaseIssue,
  custom,
  type ExactOptionalSchema,
  exactOptional,
  type GenericSchema,
  type InferInput,
  type InferOutput,
  type IssuePathItem,
  is,
  type ObjectEntries,
  type ObjectPathItem,
  object as objectSchema,
  picklist,
  pipe,
  rawCheck,
  safeParse,
  union,
  unknown as unknownSchema,
} from 'valibot';

/** A schema that lets values of type `T` through. */
export type Schema<T = unknown> = GenericSchema<unknown, T>;

/** The schema of an entry of an object. */
export type EntrySchema<T> = GenericSchema<T>;

/** The schema of an entry that may be absent, as `optional` makes it. */
export type OptionalEntrySchema<T> = ExactOptionalSchema<GenericSchema<T>, undefined>;

/** The type of what a schema lets through. */
export type Output<S extends GenericSchema> = InferOutput<S>;

/** Any value, to be judged elsewhere. */
export const unknown = unknownSchema();

/** `true` or `false`. */
export const boolean = where<boolean>('true or false', (value) => typeof value === 'boolean');

/** A text. */
export const string = where<string>('a text', (value) => typeof value === 'string');

/** Any number but NaN. */
export const number = numberWhere('a number', (value) => !Number.isNaN(value));

/** Any number but NaN and the infinities. */
export const finiteNumber = numberWhere('a finite number', Number.isFinite);

/** A finite number of at least 0. */
export const nonNegative = numberWhere(
  'a number of at least 0',
  (value) => value >= 0 && value < Number.POSITIVE_INFINITY,
);

/** A finite number above 0. */
export const positive = numberWhere('a number above 0', (value) => value > 0 && value < Number.POSITIVE_INFINITY);

/** For factors that forget, such as a momentum. */
export const belowOne = numberWhere('a number from 0 to below 1', (value) => value >= 0 && value < 1);

/** For parts of a whole, such as an accuracy. */
export const share = numberWhere('a number from 0 to 1', (value) => value >= 0 && value <= 1);

/** A whole number of at least 0, exact in a double. */
export const wholeNumber = numberWhere(
  'a whole number of at least 0',
  (value) => Number.isSafeInteger(value) && value >= 0,
);

/** A whole number of at least one. */
export const count = numberWhere('a whole number of at least 1', (value) => Number.isSafeInteger(value) && value >= 1);

/**
 * A number that a test accepts.
 *
 * @param expected in words that follow "expected": `a number from 0 to below 1`
 * @example
 * const even = numberWhere('an even number', (value) => value % 2 === 0);
 * const error = (message: string) => new Error(message);
 * parseJson(object({ size: even }), { size: 3 }, { where: 'a.json', error }); // throws: a.json: expected an even number as 'size', got 3
 */
/* @__NO_SIDE_EFFECTS__ */
export function numberWhere(expected: string, test: (value: number) => boolean) {
  return custom<number>((value) => typeof value === 'number' && test(value), expected);
}

/**
 * A value of type `T`, recognized by a test.
 *
 * @example
 * const date = where<Date>('a date', (value) => value instanceof Date);
 * const error = (message: string) => new Error(message);
 * parseJson(object({ at: date }), { at: 'today' }, { where: 'a.json', error }); // throws: a.json: expected a date as 'at', got "today"
 */
/* @__NO_SIDE_EFFECTS__ */
export function where<T>(expected: string, test: (value: unknown) => boolean) {
  return custom<T>(test, expected);
}

/**
 * One of some names.
 *
 * @example
 * const error = (message: string) => new Error(message);
 * parseJson(oneOf('max', 'mean'), 'max', { where: 'pooling', error }); // 'max'
 */
/* @__NO_SIDE_EFFECTS__ */
export function oneOf<const Names extends readonly string[]>(...names: Names) {
  return picklist(names, names.map((name) => `"${name}"`).join(' or '));
}

/**
 * A list of any length.
 *
 * @example
 * const error = (message: string) => new Error(message);
 * parseJson(list(number), [1, 2], { where: 'a.json', error }); // [ 1, 2 ]
 */
/* @__NO_SIDE_EFFECTS__ */
export function list<S extends GenericSchema>(entry: S, expected = 'a list') {
  return array(entry, expected);
}

/**
 * Two values of one kind.
 *
 * @example
 * const error = (message: string) => new Error(message);
 * parseJson(pair(number), [1, 2, 3], { where: 'size', error }); // throws: size: expected a list of two, got …
 */
/* @__NO_SIDE_EFFECTS__ */
export function pair<S extends GenericSchema>(entry: S, expected = 'a list of two') {
  return custom<[InferInput<S>, InferInput<S>]>(
    (value) => Array.isArray(value) && value.length === 2 && value.every((each) => is(entry, each)),
    expected,
  );
}

/**
 * A value that at least one of the schemas lets through.
 *
 * @example
 * const error = (message: string) => new Error(message);
 * parseJson(either('a number or a pair', number, pair(number)), [3, 5], { where: 'kernel', error }); // [ 3, 5 ]
 */
/* @__NO_SIDE_EFFECTS__ */
export function either<const Options extends readonly GenericSchema[]>(expected: string, ...options: Options) {
  return union(options, expected);
}

/**
 * An entry of an object that may be absent.
 *
 * @example
 * const error = (message: string) => new Error(message);
 * parseJson(object({ bias: optional(boolean) }), {}, { where: 'dense', error }); // {}
 */
/* @__NO_SIDE_EFFECTS__ */
export function optional<S extends GenericSchema>(schema: S) {
  return exactOptional(schema);
}

/**
 * An object with these keys and no others. A key too many is reported first: it may be the misspelled one.
 * The object stays the one that came, with its keys in their order.
 *
 * @example
 * const error = (message: string) => new Error(message);
 * parseJson(object({ x: number }), { x: 1 }, { where: 'a.json', error }); // { x: 1 }
 */
/* @__NO_SIDE_EFFECTS__ */
export function object<const Entries extends ObjectEntries>(entries: Entries, expected = 'an object') {
  const schema = objectSchema(entries, (issue) => expectedOfEntry(entries, expected, issue));
  return pipe(
    // To valibot a list is an object too.
    custom<InferInput<typeof schema>>(isRecord, expected),
    rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const names = Object.keys(entries);
      const key = Object.keys(dataset.value).find((name) => !names.includes(name));
      if (key === undefined) return;
      const message = names.length === 0 ? 'no keys' : `one of the keys ${names.join(', ')}`;
      // The known keys travel with the issue, to find the one that was meant.
      const item = { ...pathItem('key', dataset.value, key), value: names };
      addIssue({ message, input: key, expected: 'never', path: [item] });
    }),
    fits(schema),
  );
}

/**
 * An object with these keys; others stay, unchecked. The object stays the one that came.
 *
 * @example
 * const error = (message: string) => new Error(message);
 * parseJson(objectWithExtras({ x: number }), { x: 1, note: 'kept' }, { where: 'a.json', error }); // { x: 1, note: 'kept' }
 */
/* @__NO_SIDE_EFFECTS__ */
export function objectWithExtras<const Entries extends ObjectEntries>(entries: Entries, expected = 'an object') {
  const schema = objectSchema(entries, (issue) => expectedOfEntry(entries, expected, issue));
  return pipe(custom<InferInput<typeof schema>>(isRecord, expected), fits(schema));
}

/**
 * Values of one kind by any name, be it `constructor` or `__proto__`. The object stays the one that came.
 *
 * @example
 * const error = (message: string) => new Error(message);
 * parseJson(recordOf(number), { a: 1, b: 2 }, { where: 'a.json', error }); // { a: 1, b: 2 }
 */
/* @__NO_SIDE_EFFECTS__ */
export function recordOf<S extends GenericSchema>(entry: S, expected = 'an object') {
  return pipe(
    custom<Readonly<Record<string, InferInput<S>>>>(isRecord, expected),
    rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const [key, value] of Object.entries(dataset.value)) {
        const result = safeParse(entry, value, { abortEarly: true });
        if (result.success) continue;
        addIssue(raisedAgain(result.issues[0], pathItem('value', dataset.value, key)));
        // The first fault is enough, and a damaged file may have a hundred thousand.
        return;
      }
    }),
  );
}

/**
 * True for what JSON calls an object: no list, not null.
 *
 * @example isRecord([]); // false
 */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an issue of an object expected: it may be about the whole, or about a key that is missing. */
function expectedOfEntry(entries: ObjectEntries, expected: string, issue: BaseIssue<unknown>): string {
  const key = issue.path?.at(-1);
  return key?.origin === 'key' ? expectedOf(entries[key.key as string]) : expected;
}

function expectedOf(schema: object): string {
  const { message } = schema as { readonly message?: unknown };
  return typeof message === 'string' ? message : 'a value';
}

/** Checks a value without changing it: valibot would rebuild an object with its keys in the order of the schema. */
function fits<S extends GenericSchema>(schema: S) {
  return rawCheck<InferInput<S>>(({ dataset, addIssue }) => {
    const result = safeParse(schema, dataset.value, { abortEarly: true });
    if (!result.success) addIssue(raisedAgain(result.issues[0]));
  });
}

function pathItem(origin: 'key' | 'value', input: object, key: string): ObjectPathItem {
  const entries: Record<string, unknown> = Object.fromEntries(Object.entries(input));
  return { type: 'object', origin, input: entries, key, value: entries[key] };
}

/** An issue as the schema around the one that raised it raises it again. */
function raisedAgain(issue: BaseIssue<unknown>, ...around: ObjectPathItem[]) {
  const path: IssuePathItem[] = [...around, ...(issue.path ?? [])];
  const [first, ...rest] = path;
  return {
    message: issue.message,
    input: issue.input,
    expected: issue.expected ?? undefined,
    path: first && ([first, ...rest] as [IssuePathItem, ...IssuePathItem[]]),
  };
}
