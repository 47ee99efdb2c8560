import { expect, test } from 'vitest';
import { checkBudget, defaultBudget } from './budget';
import { parseJsonText } from './parse';
import { unknown } from './schemas';
import { printable, shown } from './shown';

const error = (message: string): Error => new Error(message);

test('what is within the budget passes; beyond it, one line says by how much and how to raise it', () => {
  const refusal = { where: 'a.json', of: 'layers', error };
  checkBudget({ layers: defaultBudget.layers }, undefined, refusal);
  expect(() => checkBudget({ layers: 20000 }, undefined, refusal)).toThrow(
    'a.json: expected at most 10,000 layers, got 20,000; if it has to be, raise the budget: layers=20000',
  );
  checkBudget({ layers: 20000 }, { layers: 20000 }, refusal);
  expect(() => checkBudget({ layers: 2 }, { layers: 1 }, { ...refusal, hint: 'leave one out' })).toThrow(
    /got 2; leave one out; if it has to be/,
  );
});

test('a text nested deeper than any stack is refused where it gets too deep', () => {
  const parse = (text: string, budget = {}): unknown =>
    parseJsonText(unknown, text, { where: 'a.json', expected: 'JSON', error, budget });
  const nested = (depth: number): string => `{"a":\n${'['.repeat(depth)}${']'.repeat(depth)}}`;
  expect(parse(nested(63))).toBeTypeOf('object');
  expect(() => parse(nested(200_000))).toThrow(
    /^a\.json: expected at most 64 levels of lists and objects in line 2, column 64, got 65; [^\n]+$/,
  );
  expect(parse(nested(99), { nesting: 100 })).toBeTypeOf('object');
  // Brackets in texts are none.
  expect(parse(JSON.stringify('['.repeat(1000)))).toHaveLength(1000);
  expect(() => parse(JSON.stringify('a'.repeat(100)), { textBytes: 50 })).toThrow(
    /at most 50 characters of JSON, got 102/,
  );
  expect(() => parse('{"a":{"b":1},"c":2}', { names: 2 })).toThrow(/at most 2 names in line 1, column 14, got 3/);
});

test('texts from outside are shown on one line, without what moves a cursor or turns the writing around', () => {
  expect(printable('a\u001b[31mb\u0007\u007f\u0085\u202e')).toBe('a␛[31mb␇␡\ufffd\ufffd');
  expect(printable('two\nlines\tand\ud800')).toBe('two␊lines␉and\ufffd');
  expect(printable('十 é 👍')).toBe('十 é 👍');
  expect(printable('a'.repeat(100))).toBe(`${'a'.repeat(80)}…`);
  expect(shown('a\u001b\u009b')).toBe('"a\\u001b\ufffd"');
  expect(shown(new Array(10_000_000).fill(0))).toHaveLength(81);
  expect(shown('x'.repeat(50_000_000))).toHaveLength(81);
});
