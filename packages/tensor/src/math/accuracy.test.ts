/**
 * The stated error bounds, compared with figures of 400 bits that `fixtures/make-mathematics-fixture.py` makes.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { erf, erfc } from './error-function';
import { exp, expm1 } from './exp';
import { log, log1p } from './log';
import { pow } from './pow';
import { tanh } from './tanh';
import { cos, sin } from './trigonometric';

/** Arguments, the nearest float64 to the true value, and what is missing to the true value in its ulps. */
type Row = readonly number[];

const rows: Record<string, readonly Row[]> = JSON.parse(
  readFileSync(new URL('../../fixtures/mathematics.json', import.meta.url), 'utf8'),
);

/** The distance from |x| to the next greater float64. */
function ulp(x: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return view.getFloat64(0) - Math.abs(x);
}

function errorInUlps(of: (...values: number[]) => number, row: Row): number {
  const [nearest, remainder] = row.slice(-2) as [number, number];
  return Math.abs((of(...row.slice(0, -2)) - nearest) / ulp(nearest) - remainder);
}

describe.each([
  { name: 'exp', of: exp, bound: 0.8 },
  { name: 'expm1', of: expm1, bound: 1 },
  { name: 'log', of: log, bound: 1 },
  { name: 'log1p', of: log1p, bound: 1 },
  { name: 'tanh', of: tanh, bound: 2 },
  { name: 'erf', of: erf, bound: 1.5 },
  { name: 'erfc', of: erfc, bound: 4 },
  { name: 'sin', of: sin, bound: 1 },
  { name: 'cos', of: cos, bound: 1 },
  { name: 'pow', of: pow as (...values: number[]) => number, bound: 0.8 },
])('$name', ({ name, of, bound }) => {
  const cases = (rows[name] ?? []).map((row) => ({ row, error: errorInUlps(of, row) }));

  test('has figures to compare with', () => {
    expect(cases.length).toBeGreaterThan(200);
  });

  test(`errs by less than ${bound} ulp`, () => {
    const worst = cases.reduce((a, b) => (b.error > a.error ? b : a));
    expect(worst.error, `at ${worst.row.slice(0, -2).join(', ')}`).toBeLessThan(bound);
  });

  test('meets the hard arguments that a search found', () => {
    // Were they no longer among the figures, the bound would be tested at easy arguments only.
    expect(Math.max(...cases.map(({ error }) => error))).toBeGreaterThan(bound - 0.3);
  });
});
