/**
 * Schemas, on top of valibot. The message of a schema is what it expects, in words that follow "expected":
 * `a number of at least 0`. `parseJson` makes the rest of the line.
 */
import {
  array,
  type BaseIssue,
  boolean as booleanSchema,
  custom,
  object as exactObject,
  exactOptional,
  type GenericSchema,
  type InferInput,
  type InferOutput,
  type IssuePathItem,
  looseObject,
  number as numberSchema,
  type ObjectEntries,
  type ObjectPathItem,
  picklist,
  pipe,
  rawCheck,
  rawTransform,
  safeParse,
  strictTuple,
  string as stringSchema,
  union,
  unknown as unknownSchema,
} from 'valibot';

/** A schema that lets values of type `T` through. */
export type Schema<T = unknown> = GenericSchema<unknown, T>;

/** The type of what a schema lets through. */
export type Output<S extends GenericSchema> = InferOutput<S>;

/** Any value, to be judged elsewhere. */
export const unknown = unknownSchema();

export const boolean = booleanSchema('true or false');

export const string = stringSchema('a text');

/** Any number but NaN. */
export const number = numberSchema('a number');

export const finiteNumber = numberWhere('a finite number', Number.isFinite);

export const nonNegative = numberWhere(
  'a number of at least 0',
  (value) => value >= 0 && value < Number.POSITIVE_INFINITY,
);

export const positive = numberWhere('a number above 0', (value) => value > 0 && value < Number.POSITIVE_INFINITY);

/** For factors that forget, such as a momentum. */
export const belowOne = numberWhere('a number from 0 to below 1', (value) => value >= 0 && value < 1);

/** A whole number of at least one. */
export const count = numberWhere('a whole number of at least 1', (value) => Number.isSafeInteger(value) && value >= 1);

/**
 * A number that a test accepts.
 *
 * @param expected in words that follow "expected": `a number from 0 to below 1`
 */
export function numberWhere(expected: string, test: (value: number) => boolean) {
  return custom<number>((value) => typeof value === 'number' && test(value), expected);
}

/** A value of type `T`, recognized by a test. */
export function where<T>(expected: string, test: (value: unknown) => boolean) {
  return custom<T>(test, expected);
}

/** One of some names. */
export function oneOf<const Names extends readonly string[]>(...names: Names) {
  return picklist(names, names.map((name) => `"${name}"`).join(' or '));
}

/** A list of any length. */
export function list<S extends GenericSchema>(entry: S, expected = 'a list') {
  return array(entry, expected);
}

/** Two values of one kind. */
export function pair<S extends GenericSchema>(entry: S, expected = 'a list of two') {
  return strictTuple([entry, entry], expected);
}

/** A value that at least one of the schemas lets through. */
export function either<const Options extends readonly GenericSchema[]>(expected: string, ...options: Options) {
  return union(options, expected);
}

/** An entry of an object that may be absent. */
export function optional<S extends GenericSchema>(schema: S) {
  return exactOptional(schema);
}

/** An object with these keys and no others. A key too many is reported first: it may be the misspelled one. */
export function object<const Entries extends ObjectEntries>(entries: Entries, expected = 'an object') {
  const schema = exactObject(entries, (issue) => expectedOfEntry(entries, expected, issue));
  return pipe(
    // To valibot a list is an object too.
    custom<InferInput<typeof schema>>(isRecord, expected),
    rawCheck(({ dataset, addIssue }) => {
      const input: unknown = dataset.value;
      const key = isRecord(input) ? Object.keys(input).find((name) => !Object.hasOwn(entries, name)) : undefined;
      if (!isRecord(input) || key === undefined) return;
      const names = Object.keys(entries).join(', ');
      const message = names === '' ? 'no keys' : `one of the keys ${names}`;
      const path = { type: 'object', origin: 'key', input: { ...input }, key, value: input[key] } as const;
      addIssue({ message, input: key, expected: 'never', path: [path] });
    }),
    schema,
  );
}

/** An object with these keys; others stay as they are, unchecked. */
export function objectWithExtras<const Entries extends ObjectEntries>(entries: Entries, expected = 'an object') {
  const schema = looseObject(entries, (issue) => expectedOfEntry(entries, expected, issue));
  return pipe(custom<InferInput<typeof schema>>(isRecord, expected), schema);
}

/**
 * Values of one kind by any name. What comes out has no prototype, so that a name may be `constructor` or `__proto__`,
 * which valibot's own `record` leaves out.
 */
export function recordOf<S extends GenericSchema>(entry: S, expected = 'an object') {
  return pipe(
    custom<Readonly<Record<string, unknown>>>(isRecord, expected),
    rawTransform(({ dataset, addIssue }) => {
      const record: Record<string, InferOutput<S>> = Object.create(null);
      for (const [key, value] of Object.entries(dataset.value)) {
        const result = safeParse(entry, value, { abortEarly: true });
        if (result.success) record[key] = result.output;
        else addIssue(within({ type: 'object', origin: 'value', input: dataset.value, key, value }, result.issues[0]));
      }
      return record;
    }),
  );
}

/** True for what JSON calls an object: no list, not null. */
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

/** An issue with an entry of an object, as the schema of the object raises it again. */
function within(entry: ObjectPathItem, issue: BaseIssue<unknown>) {
  const path: [IssuePathItem, ...IssuePathItem[]] = [entry, ...(issue.path ?? [])];
  return { message: issue.message, input: issue.input, expected: issue.expected ?? undefined, path };
}
