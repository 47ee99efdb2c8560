/** One suite over every kernel of every set, driven by the specs and the tables of cases. */
import { type FloatArray, numericalDerivative, seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { CaseArrays, specOf } from './case-arrays';
import type { OperationCases } from './contract/cases';
import { denseGeometry } from './dense/dense';
import { type KernelName, type KernelSpecs, kernelSpecs } from './operations';
import { allCases } from './proofs';
import { referenceKernels } from './reference-kernels';
import { simdKernels } from './simd/simd-kernels';
import { featuresGeometry } from './softmax/softmax';

const sets = [referenceKernels, simdKernels('strict')];

test('every kernel has cases', () => {
  const covered = allCases().flatMap(({ forward, gradients, cases }) =>
    cases.length > 0 ? [forward, ...gradients] : [],
  );
  expect(new Set(covered)).toEqual(new Set(Object.keys(kernelSpecs)));
});

test('no two operations share the name of a kernel', () => {
  const names = allCases().flatMap(({ forward, gradients }) => [forward, ...gradients]);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

describe.each(sets.flatMap((kernels) => kernels.dtypes.map((dtype) => ({ kernels, dtype }))))(
  '$kernels.name, $dtype',
  ({ kernels, dtype }) => {
    describe.each(allCases())('$forward', (operation) => {
      test.each(numbered(operation))('$name: writes all of its outputs and nothing else', ({ at }) => {
        const arrays = new CaseArrays(operation, { kernels, dtype }, at);
        for (const name of [operation.forward, ...operation.gradients]) {
          const run = arrays.prepare(name);
          const spec = specOf(name);
          const readsBefore = snapshot(arrays, Object.keys(spec.reads));
          run();
          for (const written of Object.keys(spec.writes)) {
            expect(arrays.arrays[written]?.every(Number.isFinite), `${name} wrote all of ${written}`).toBe(true);
          }
          expect(snapshot(arrays, Object.keys(spec.reads)), `${name} left its inputs alone`).toEqual(readsBefore);
          expect(arrays.overrun()).toEqual([]);
          const writtenOnce = snapshot(arrays, Object.keys(spec.writes));
          run();
          expect(snapshot(arrays, Object.keys(spec.writes)), `${name} overwrites`).toEqual(writtenOnce);
        }
      });
    });
  },
);

/**
 * The largest relative error that passes: of either value, whichever is larger, but of no less than a hundredth of the
 * array's largest entry, since an entry that small is what remains of terms that large, and of no less than 0.001,
 * since an objective near 1 is differentiated with an error near 10⁻¹².
 */
const tolerance = 2e-9;
const floorOf = (gradient: FloatArray): number => Math.max(1e-3, ...gradient.map((value) => Math.abs(value) / 100));

describe('reference gradients against numerical ones', () => {
  describe.each(allCases())('$forward', (operation) => {
    test.each(numbered(operation))('$name', ({ at }) => {
      const cases = new CaseArrays(operation, { kernels: referenceKernels, dtype: 'float64' }, at);
      const forward = cases.prepare(operation.forward);
      forward();
      for (const name of operation.gradients) {
        const backward = cases.prepare(name);
        forward();
        backward();
        const objective = (): number => {
          forward();
          return scalarOf(cases);
        };
        for (const gradient of Object.keys(specOf(name).writes)) {
          const analytic = cases.floats(gradient).slice();
          const floor = floorOf(analytic);
          const values = cases.floats(argumentOf(gradient)) as Float64Array;
          for (const index of someIndices(analytic.length)) {
            const numerical = numericalDerivative(objective, values, index).value;
            const size = Math.max(Math.abs(analytic[index]), Math.abs(numerical), floor);
            expect(Math.abs(analytic[index] - numerical) / size, `${gradient}[${index}]`).toBeLessThan(tolerance);
          }
        }
      }
    });
  });
});

test('float32 results are the float64 ones, rounded', () => {
  for (const operation of allCases()) {
    operation.cases.forEach((_, at) => {
      const single = new CaseArrays(operation, { kernels: referenceKernels, dtype: 'float32' }, at);
      const double = new CaseArrays(operation, { kernels: referenceKernels, dtype: 'float64' }, at);
      for (const name of [operation.forward, ...operation.gradients]) {
        single.prepare(name)();
        double.prepare(name)();
        for (const written of Object.keys(specOf(name).writes)) {
          const expected = double.floats(written);
          // Inputs are rounded to 24 bits before a few hundred products are added.
          single.floats(written).forEach((value, index) => {
            const reference = expected[index];
            expect(Math.abs(value - reference), `${name} ${written}[${index}]`).toBeLessThan(
              2e-5 * (1 + Math.abs(reference)),
            );
          });
        }
      }
    });
  }
});

test('unknown kernels and arrays that do not fit are refused by name', () => {
  const geometry = { batch: 1, inFeatures: 2, outFeatures: 1, bias: true };
  const of = (length: number): FloatArray => new Float64Array(length);
  expect(() => referenceKernels.prepare('dense', geometry, { x: of(2), weight: of(3), bias: of(1), y: of(1) })).toThrow(
    "dense: expected 2 numbers in 'weight', got 3",
  );
  expect(() =>
    referenceKernels.prepare('dense', geometry, { x: of(2), weight: new Float32Array(2), bias: of(1), y: of(1) }),
  ).toThrow("dense: expected float64 in 'weight' as in the other arrays, got float32");
  for (const name of ['transpose', 'toString', '__proto__']) {
    expect(() => referenceKernels.prepare(name as KernelName, geometry as never, {} as never)).toThrow(
      `the kernel set 'reference' has no kernel '${name}'`,
    );
  }
});

test.each([0, 2.5, -1, Number.NaN])('a size of %d is refused by name', (size) => {
  const sizes = { batch: 1, inFeatures: 2, outFeatures: 3, bias: true };
  const message = (name: string): string => `fc: expected a whole number of at least 1 as ${name}, got ${size}`;
  expect(() => denseGeometry('fc', { ...sizes, batch: size })).toThrow(message('batch'));
  expect(() => denseGeometry('fc', { ...sizes, inFeatures: size })).toThrow(message('input features'));
  expect(() => denseGeometry('fc', { ...sizes, outFeatures: size })).toThrow(message('output features'));
  expect(() => featuresGeometry('fc', { batch: size, features: 1 })).toThrow(message('batch'));
  expect(() => featuresGeometry('fc', { batch: 1, features: size })).toThrow(message('features'));
});

function numbered(operation: OperationCases<KernelSpecs>): { name: string; at: number }[] {
  return operation.cases.map(({ name }, at) => ({ name, at }));
}

function snapshot(cases: CaseArrays, names: readonly string[]): number[][] {
  return names.map((name) => [...cases.arrays[name]]);
}

/** The scalar objective of the gradient check: the weighted loss, or a random projection of the output (`dy` is random). */
function scalarOf(cases: CaseArrays): number {
  const [values, weights] =
    'loss' in cases.arrays
      ? [cases.floats('loss'), cases.floats('imageWeight')]
      : [cases.floats('y'), cases.floats('dy')];
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] * weights[index];
  return sum;
}

/** `dWeight` is the gradient of `weight`. */
function argumentOf(gradient: string): string {
  return gradient.charAt(1).toLowerCase() + gradient.slice(2);
}

/** All indices of small arrays, sixty of large ones. */
function someIndices(length: number): number[] {
  const random = seededRandom('indices');
  return length <= 60 ? [...Array(length).keys()] : Array.from({ length: 60 }, () => random.integer(length));
}
