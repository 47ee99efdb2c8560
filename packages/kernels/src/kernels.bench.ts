/** Every kernel of every set at every case of the tables that the tests use: `pnpm vitest bench --project kernels`. */
import { bench, describe } from 'vitest';
import { CaseArrays } from './case-arrays';
import { allCases } from './proofs';
import { referenceKernels } from './reference-kernels';
import { simdKernels } from './simd/simd-kernels';

for (const operation of allCases()) {
  for (const kernel of [operation.forward, ...operation.gradients]) {
    operation.cases.forEach(({ name }, at) => {
      describe(`${kernel}, ${name}`, () => {
        for (const kernels of [referenceKernels, simdKernels('strict')]) {
          const arrays = new CaseArrays(operation, { kernels, dtype: 'float32' }, at);
          arrays.prepare(operation.forward)();
          bench(kernels.name, arrays.prepare(kernel), { time: 50, warmupTime: 10 });
        }
      });
    });
  }
}
