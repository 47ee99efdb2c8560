/** The terms of every kernel add up to what the kernel computes, at every case: every entry of small arrays, two hundred or more of large ones. */
import { describe, expect, test } from 'vitest';
import { CaseArrays, specOf } from './case-arrays';
import type { OperationCases } from './contract/cases';
import { evaluateExpression } from './contract/terms';
import type { KernelSpecs } from './operations';
import { allCases, termsOf } from './proofs';
import { referenceKernels } from './reference-kernels';

describe.each(allCases())('$forward', (operation) => {
  test.each(operation.cases.map(({ name, geometry }, at) => ({ name, geometry, at })))('$name', ({ geometry, at }) => {
    const { arrays, ...cases } = preparedArrays(operation, at);
    for (const kernel of [operation.forward, ...operation.gradients]) {
      cases.prepare(kernel)();
      for (const written of Object.keys(specOf(kernel).writes)) {
        const values = arrays[written];
        // An odd distance comes round to all channels, columns and images.
        const apart = Math.floor(values.length / 200) | 1;
        const wrong = values.findIndex((value, index) => {
          if (index % apart !== 0) return false;
          const expression = termsOf(kernel, geometry, written, index, arrays);
          const sum = evaluateExpression(expression, (read) => arrays[read.array][read.index]);
          return !(Math.abs(sum - value) < 1e-12);
        });
        expect(wrong, `the first wrong entry of ${kernel} ${written}`).toBe(-1);
      }
    }
  });
});

function preparedArrays(operation: OperationCases<KernelSpecs>, at: number) {
  const cases = new CaseArrays(operation, { kernels: referenceKernels, dtype: 'float64' }, at);
  return { arrays: cases.arrays, prepare: cases.prepare.bind(cases) };
}
