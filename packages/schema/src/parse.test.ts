import { describe, expect, test } from 'vitest';
import { type JsonFault, parseJson, parseJsonText } from './parse';
import {
  belowOne,
  boolean,
  count,
  either,
  finiteNumber,
  list,
  nonNegative,
  number,
  object,
  objectWithExtras,
  oneOf,
  optional,
  pair,
  positive,
  recordOf,
  type Schema,
  string,
  unknown,
} from './schemas';

class FileError extends Error {
  readonly fault: JsonFault | undefined;
  constructor(message: string, fault?: JsonFault) {
    super(message);
    this.fault = fault;
  }
}

const options = { where: 'a.json', error: (message: string, fault?: JsonFault) => new FileError(message, fault) };

function refusal(schema: Schema, value: unknown): string {
  try {
    parseJson(schema, value, options);
  } catch (error) {
    expect(error).toBeInstanceOf(FileError);
    return (error as Error).message.replace(/^a\.json: /, '');
  }
  throw new Error('expected a refusal');
}

const person = object({ name: string, age: optional(count), home: optional(object({ at: pair(finiteNumber) })) });

describe('what fits comes out as it is', () => {
  test.each<[Schema, unknown]>([
    [person, { name: 'Ada' }],
    [person, { name: 'Ada', age: 36, home: { at: [1, -2.5] } }],
    [list(oneOf('max', 'mean')), ['mean', 'max', 'max']],
    [either('a number or true or false', number, boolean), Number.POSITIVE_INFINITY],
    [objectWithExtras({ steps: count }), { steps: 1, more: [1] }],
    [unknown, null],
    [positive, 1e-300],
    [belowOne, 0],
  ])('%#', (schema, value) => expect(parseJson(schema, value, options)).toEqual(value));
});

describe('one line for the first fault', () => {
  test.each<[Schema, unknown, string]>([
    [number, '5', 'expected a number, got "5"'],
    [finiteNumber, Number.POSITIVE_INFINITY, 'expected a finite number, got Infinity'],
    [positive, 0, 'expected a number above 0, got 0'],
    [positive, Number.NaN, 'expected a number above 0, got NaN'],
    [belowOne, 1, 'expected a number from 0 to below 1, got 1'],
    [nonNegative, -1, 'expected a number of at least 0, got -1'],
    [count, 1.5, 'expected a whole number of at least 1, got 1.5'],
    [string, undefined, 'expected a text, got none'],
    [person, null, 'expected an object, got null'],
    [person, [], 'expected an object, got []'],
    [person, {}, "expected a text as 'name', got none"],
    [person, { name: 5, age: 0 }, "expected a text as 'name', got 5"],
    [person, { name: 'Ada', age: 0 }, "expected a whole number of at least 1 as 'age', got 0"],
    [person, { name: 'Ada', year: 1815 }, "expected one of the keys name, age, home, got 'year'"],
    [person, JSON.parse('{"name":"Ada","__proto__":{}}'), "expected one of the keys name, age, home, got '__proto__'"],
    [person, { name: 'Ada', home: {} }, "expected a list of two as 'home.at', got none"],
    [person, { name: 'Ada', home: { at: [1, 2], in: 'Kent' } }, "expected one of the keys at in 'home', got 'in'"],
    [person, { name: 'Ada', home: { at: [1] } }, "expected a list of two as 'home.at', got [1]"],
    [person, { name: 'Ada', home: { at: 5 } }, "expected a list of two as 'home.at', got 5"],
    [list(person), [{ name: 'Ada' }, { name: 1 }], "expected a text as '[1].name', got 1"],
    [list(count, 'a list of counts'), {}, 'expected a list of counts, got {}'],
    [oneOf('max', 'mean'), 'median', 'expected "max" or "mean", got "median"'],
    [either('a number or a pair', number, pair(number)), [1, 'x'], 'expected a number or a pair, got [1,"x"]'],
    [recordOf(number), { a: 1, b: { c: 2 } }, 'expected a number as \'b\', got {"c":2}'],
    [recordOf(person), { a: { name: 'Ada', x: 1 } }, "expected one of the keys name, age, home in 'a', got 'x'"],
    [objectWithExtras({ steps: count }), {}, "expected a whole number of at least 1 as 'steps', got none"],
  ])('%#', (schema, value, message) => expect(refusal(schema, value)).toBe(message));

  test('long values are cut off, and deep ones named', () => {
    expect(refusal(count, 'x'.repeat(500))).toBe(`expected a whole number of at least 1, got "${'x'.repeat(79)}…`);
    const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    expect(refusal(count, deep)).toMatch(/^expected a whole number of at least 1, got .{1,90}$/);
  });

  test('a hint ends it', () => {
    expect(() => parseJson(count, 0, { ...options, hint: 'begin a new run' })).toThrow(/, got 0; begin a new run$/);
  });

  test('the fault is told apart from its words', () => {
    const faults: (JsonFault | undefined)[] = [];
    for (const value of [{ name: 1 }, {}, { name: 'Ada', x: 1 }]) {
      expect(() =>
        parseJson(person, value, {
          ...options,
          error: (message, fault) => {
            faults.push(fault);
            return new Error(message);
          },
        }),
      ).toThrow();
    }
    expect(faults).toEqual([
      { kind: 'value', path: 'name', expected: 'a text', got: '1' },
      { kind: 'missing', path: 'name', expected: 'a text', got: 'none' },
      { kind: 'unknown', path: '', expected: 'one of the keys name, age, home', got: "'x'" },
    ]);
  });
});

test('a record takes any name', () => {
  const given = JSON.parse('{"__proto__": 1, "constructor": 2, "a": 3}');
  const record = parseJson(recordOf(number), given, options);
  expect(Object.entries(record)).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
    ['a', 3],
  ]);
});

describe('text', () => {
  const expected = 'a point as JSON';
  const point = object({ x: number });

  test('what fits', () => expect(parseJsonText(point, '{"x": 1}', { ...options, expected })).toEqual({ x: 1 }));

  test.each<[string, RegExp]>([
    ['{"x": "1"}', /^a\.json: expected a number as 'x', got "1"$/],
    ['{\n  "x": 1,\n}', /^a\.json: expected a point as JSON, got something else: .* line 3, column 1$/],
    ['', /^a\.json: expected a point as JSON, got an empty text$/],
    [' \n', /^a\.json: expected a point as JSON, got an empty text$/],
  ])('%j', (text, message) => expect(() => parseJsonText(point, text, { ...options, expected })).toThrow(message));

  test('with a hint, in place of where it breaks off', () => {
    expect(() => parseJsonText(point, '{', { ...options, expected, hint: 'export it again' })).toThrow(
      'a.json: expected a point as JSON, got something else; export it again',
    );
  });
});

test('an object stays the one that came, with its keys in their order', () => {
  const given = { age: 36, name: 'Ada' };
  expect(parseJson(person, given, options)).toBe(given);
  const more = JSON.parse('{"constructor": 1, "steps": 2, "__proto__": 3}');
  expect(parseJson(objectWithExtras({ steps: count }), more, options)).toBe(more);
});

test('a misspelled key is reported before the one that is missing', () => {
  expect(refusal(person, { called: 'Ada' })).toBe("expected one of the keys name, age, home, got 'called'");
});
