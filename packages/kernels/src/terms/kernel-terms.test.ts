/** The terms of every kernel add up to what the kernel computes, at every case and every entry. */
import { describe, expect, test } from 'vitest';
import { allCases } from '../cases/all-cases';
import { CaseArrays, specOf } from '../cases/case-arrays';
import { referenceKernels } from '../reference';
import { evaluateExpression } from './expression';
import { termsOf } from './kernel-terms';

describe.each(allCases)('$forward', (operation) => {
  test.each(operation.cases.map(({ name, geometry }, at) => ({ name, geometry, at })))('$name', ({ geometry, at }) => {
    const { arrays, ...cases } = preparedArrays(operation, at);
    for (const kernel of [operation.forward, ...operation.gradients]) {
      cases.prepare(kernel)();
      for (const written of Object.keys(specOf(kernel).writes)) {
        const values = arrays[written];
        for (let index = 0; index < values.length; index++) {
          const expression = termsOf(kernel, geometry, written, index, arrays);
          const value = evaluateExpression(expression, (read) => arrays[read.array][read.index]);
          expect(Math.abs(value - values[index]), `${kernel} ${written}[${index}]`).toBeLessThan(1e-12);
        }
      }
    }
  });
});

function preparedArrays(operation: (typeof allCases)[number], at: number) {
  const cases = new CaseArrays(operation, { kernels: referenceKernels, dtype: 'float64' }, at);
  return { arrays: cases.arrays, prepare: cases.prepare.bind(cases) };
}
