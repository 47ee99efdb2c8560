/** The vector sets against the reference: at every case, at many numbers of images, at geometries drawn at random. */
import { seededRandom } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activatedMeanPool2dGeometry } from '../activated-mean-pool2d/activated-mean-pool2d';
import { type ActivationName, activationFunctions } from '../activation/activation';
import { CaseArrays, specOf } from '../case-arrays';
import { type Fill, type OperationCases, uniform } from '../contract/cases';
import { algorithmOf } from '../conv2d/algorithm';
import { type Conv2dGeometry, conv2dGeometry } from '../conv2d/conv2d';
import { denseGeometry } from '../dense/dense';
import type { KernelSpecs } from '../operations';
import { pixelDenseGeometry, pixelValues } from '../pixel-dense/pixel-dense';
import { drawing } from '../pixel-dense/proofs';
import { pool2dGeometry } from '../pool2d/pool2d';
import { type PooledConv2dGeometry, pooledConv2dGeometry } from '../pooled-conv2d/pooled-conv2d';
import { allCases } from '../proofs';
import { referenceKernels } from '../reference-kernels';
import { type Arithmetic, type SimdKernels, simdKernels, UnsupportedKernelsError } from './simd-kernels';

/** The sets that this engine can run; without relaxed SIMD (Node 20) there is no `fused`. */
const sets = (['strict', 'fused'] as const).flatMap((arithmetic): SimdKernels[] => {
  try {
    return [simdKernels(arithmetic)];
  } catch (error) {
    if (error instanceof UnsupportedKernelsError && arithmetic === 'fused') return [];
    throw error;
  }
});

describe.each(sets)('$name', (kernels) => {
  describe.each(allCases())('$forward', (operation) => {
    test.each([undefined, 1, 3, 15, 16, 17, 32, 33])('at every case, with %s images', (batch) => {
      const cases = operation.cases.map((one) => ({
        ...one,
        geometry: batch === undefined ? one.geometry : withImages(one.geometry, batch),
      }));
      cases.forEach((_, at) => {
        compare(kernels, { ...operation, cases }, at);
      });
    });
  });

  test('convolutions of any geometry', () => {
    const extent = fc.integer({ min: 1, max: 9 });
    const side = fc.integer({ min: 0, max: 3 });
    const geometries = fc
      .record({
        batch: fc.integer({ min: 1, max: 33 }),
        input: fc.tuple(extent, extent, fc.integer({ min: 1, max: 9 })),
        outChannels: fc.integer({ min: 1, max: 9 }),
        kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
        stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
        padding: fc.oneof(
          fc.constant('valid' as const),
          fc.constant('same' as const),
          fc.record({ top: side, bottom: side, left: side, right: side }),
        ),
        flipped: fc.boolean(),
        bias: fc.boolean(),
      })
      .filter((sizes) => fits(() => conv2dGeometry('case', sizes)));
    const gradients = ['conv2dInputGrad', 'conv2dWeightGrad'] as const;
    fc.assert(
      fc.property(geometries, (sizes) => {
        const cases = [{ name: 'drawn', geometry: conv2dGeometry('case', sizes) }];
        compare(kernels, { forward: 'conv2d', gradients, cases }, 0);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('dense layers of any size', () => {
    const sizes = fc.record({
      batch: fc.integer({ min: 1, max: 33 }),
      inFeatures: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(256, 512)),
      outFeatures: fc.integer({ min: 1, max: 70 }),
      bias: fc.boolean(),
    });
    fc.assert(
      fc.property(sizes, (drawn) => {
        const cases = [{ name: 'drawn', geometry: denseGeometry('case', drawn) }];
        compare(kernels, { forward: 'dense', gradients: ['denseInputGrad', 'denseWeightGrad'], cases }, 0);
      }),
      { seed: 1, numRuns: 80 },
    );
  });

  test('convolutions of any groups and dilation', () => {
    const extent = fc.integer({ min: 1, max: 9 });
    const side = fc.integer({ min: 0, max: 4 });
    const upTo = (max: number) => fc.integer({ min: 1, max });
    const geometries = fc
      .record({
        batch: upTo(33),
        extents: fc.tuple(extent, extent),
        groups: upTo(9),
        groupSizes: fc.tuple(upTo(3), upTo(3)),
        kernel: fc.tuple(upTo(5), upTo(5)),
        stride: fc.tuple(upTo(3), upTo(3)),
        dilation: fc.tuple(upTo(3), upTo(3)),
        padding: fc.oneof(
          fc.constant('same' as const),
          fc.record({ top: side, bottom: side, left: side, right: side }),
        ),
        flipped: fc.boolean(),
        bias: fc.boolean(),
      })
      .map(({ extents: [height, width], groupSizes: [inputs, outputs], groups, ...sizes }) => ({
        ...sizes,
        groups,
        input: [height, width, groups * inputs] as const,
        outChannels: groups * outputs,
      }))
      .filter((sizes) => fits(() => conv2dGeometry('case', sizes)));
    fc.assert(
      fc.property(geometries, (sizes) => {
        const cases = [{ name: 'drawn', geometry: conv2dGeometry('case', sizes) }];
        compare(kernels, { forward: 'conv2d', gradients: ['conv2dInputGrad', 'conv2dWeightGrad'], cases }, 0);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('Winograd convolutions of any geometry', () => {
    const extent = fc.integer({ min: 1, max: 12 });
    const channels = fc.integer({ min: 1, max: 26 });
    const side = fc.integer({ min: 0, max: 9 });
    const geometries = fc
      .record({
        batch: fc.integer({ min: 1, max: 33 }),
        input: fc.tuple(extent, extent, channels),
        outChannels: channels,
        kernel: fc.oneof(
          fc.tuple(fc.integer({ min: 1, max: 5 }), fc.constant(5)),
          fc.constant([3, 3] as const),
          fc.tuple(fc.integer({ min: 2, max: 9 }), fc.constantFrom(2, 3, 4, 6, 7, 8)),
        ),
        padding: fc.record({ top: side, bottom: side, left: side, right: side }),
        flipped: fc.boolean(),
        bias: fc.boolean(),
      })
      .filter((sizes) => fits(() => conv2dGeometry('case', sizes)))
      .filter((sizes) => winogradErrorGrowth(conv2dGeometry('case', sizes)) > 1);
    fc.assert(
      fc.property(geometries, (sizes) => {
        const cases = [{ name: 'drawn', geometry: conv2dGeometry('case', sizes) }];
        compare(kernels, { forward: 'conv2d', gradients: ['conv2dInputGrad', 'conv2dWeightGrad'], cases }, 0);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  test('pooled convolutions of any geometry', () => {
    const extent = fc.integer({ min: 3, max: 12 });
    const side = fc.integer({ min: 0, max: 2 });
    const upTo = (max: number) => fc.integer({ min: 1, max });
    const geometries = fc
      .record({
        batch: upTo(33),
        input: fc.tuple(extent, extent, upTo(14)),
        outChannels: upTo(7),
        kernel: fc.tuple(upTo(5), upTo(7)),
        stride: fc.tuple(upTo(2), upTo(2)),
        padding: fc.record({ top: side, bottom: side, left: side, right: side }),
        window: fc.tuple(upTo(3), upTo(3)),
        steps: fc.tuple(upTo(3), upTo(3)),
        flipped: fc.boolean(),
        bias: fc.boolean(),
        rectified: fc.boolean(),
      })
      .map(({ window, steps, rectified, ...sizes }) => () => {
        const conv = conv2dGeometry('case', sizes);
        const input = [conv.outHeight, conv.outWidth, conv.outChannels] as const;
        const pool = pool2dGeometry('case', { batch: sizes.batch, input, window, stride: steps });
        return pooledConv2dGeometry('case', conv, pool, rectified);
      })
      .filter(fits)
      .map((make) => make());
    fc.assert(
      fc.property(geometries, (geometry) => {
        const gradients = ['pooledConv2dInputGrad', 'pooledConv2dWeightGrad'] as const;
        compare(kernels, { forward: 'pooledConv2d', gradients, cases: [{ name: 'drawn', geometry }] }, 0);
      }),
      { seed: 1, numRuns: 80 },
    );
  });

  test('a pooled convolution with enough channels for Winograd', () => {
    const conv = conv2dGeometry('case', { batch: 3, input: [7, 8, 21], outChannels: 20, kernel: [3, 3], padding: 1 });
    const pool = pool2dGeometry('case', { batch: 3, input: [7, 8, 20], window: [2, 2] });
    const cases = [{ name: 'wide', geometry: pooledConv2dGeometry('case', conv, pool) }];
    compare(
      kernels,
      { forward: 'pooledConv2d', gradients: ['pooledConv2dInputGrad', 'pooledConv2dWeightGrad'], cases },
      0,
    );
  });

  test('poolings of any geometry', () => {
    const extent = fc.integer({ min: 1, max: 9 });
    const step = fc.integer({ min: 1, max: 4 });
    const side = fc.integer({ min: 0, max: 2 });
    const geometries = fc
      .record({
        batch: fc.integer({ min: 1, max: 33 }),
        input: fc.tuple(extent, extent, fc.integer({ min: 1, max: 5 })),
        window: fc.tuple(step, step),
        stride: fc.tuple(step, step),
        padding: fc.oneof(fc.constant(0), fc.record({ top: side, bottom: side, left: side, right: side })),
        countIncludePad: fc.boolean(),
      })
      .filter((sizes) => fits(() => pool2dGeometry('case', sizes)));
    fc.assert(
      fc.property(geometries, (sizes) => {
        const cases = [{ name: 'drawn', geometry: pool2dGeometry('case', sizes) }];
        for (const name of ['maxPool2d', 'reluMaxPool2d', 'meanPool2d'] as const) {
          compare(kernels, { forward: name, gradients: [`${name}InputGrad`], cases }, 0);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test.each([
    ['of any size', 1],
    ['with rows of 4 KiB and more', 1024],
  ])('dense layers %s', (_, least) => {
    const geometries = fc.record({
      batch: fc.integer({ min: 1, max: 33 }),
      inFeatures: fc.integer({ min: least, max: least + 69 }),
      outFeatures: fc.integer({ min: 1, max: 19 }),
      bias: fc.boolean(),
    });
    fc.assert(
      fc.property(geometries, (geometry) => {
        const gradients = ['denseInputGrad', 'denseWeightGrad'] as const;
        compare(kernels, { forward: 'dense', gradients, cases: [{ name: 'drawn', geometry }] }, 0);
      }),
      { seed: 1, numRuns: least === 1 ? 80 : 20 },
    );
  });

  test('dense layers with rows that map to the same cache sets, and with many outputs', () => {
    const geometries = fc.record({
      batch: fc.integer({ min: 1, max: 33 }),
      inFeatures: fc.oneof(fc.constantFrom(512, 1024, 1536), fc.integer({ min: 1, max: 20 })),
      outFeatures: fc.integer({ min: 1, max: 300 }),
      bias: fc.boolean(),
    });
    fc.assert(
      fc.property(geometries, (geometry) => {
        const gradients = ['denseInputGrad', 'denseWeightGrad'] as const;
        compare(kernels, { forward: 'dense', gradients, cases: [{ name: 'drawn', geometry }] }, 0);
      }),
      { seed: 1, numRuns: 8 },
    );
  });

  test('dense layers on pixels of any size', () => {
    const upTo = (max: number) => fc.integer({ min: 1, max });
    const sizes = fc.record({
      batch: upTo(33),
      pixels: upTo(90),
      outFeatures: fc.oneof(upTo(20), upTo(140)),
      bias: fc.boolean(),
      normalization: fc.constantFrom({ mean: 0.3, std: 0.6 }, { mean: 0.7, std: 0.5 }),
    });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 100 }), (drawn, percent) => {
        const { background } = pixelValues(drawn.normalization);
        const geometry = pixelDenseGeometry('case', drawn);
        const cases = [{ name: 'drawn', geometry, fills: { x: drawing(percent, background) } }];
        compare(kernels, { forward: 'pixelDense', gradients: ['pixelDenseWeightGrad'], cases }, 0);
      }),
      { seed: 1, numRuns: 80 },
    );
  });

  test('activations and means of any geometry', () => {
    const upTo = (max: number) => fc.integer({ min: 1, max });
    const geometries = fc
      .record({
        batch: upTo(33),
        outputs: fc.tuple(upTo(4), upTo(4), upTo(5)),
        window: fc.tuple(upTo(4), upTo(4)),
        activation: fc.constantFrom(...(Object.keys(activationFunctions) as ActivationName[])),
      })
      .map(({ batch, outputs: [height, width, channels], window, activation }) => {
        const input = [height * window[0], width * window[1], channels] as const;
        return activatedMeanPool2dGeometry('case', { activation }, pool2dGeometry('case', { batch, input, window }));
      });
    fc.assert(
      fc.property(geometries, (geometry) => {
        const gradients = ['activatedMeanPool2dInputGrad'] as const;
        compare(kernels, { forward: 'activatedMeanPool2d', gradients, cases: [{ name: 'drawn', geometry }] }, 0);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('the first of several maxima, infinities and NaN, as in the reference', () => {
    const { NaN: nan, NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;
    const fillWith = (values: readonly number[]): Fill => {
      return (random, length) => Array.from({ length }, () => values[random.integer(values.length)]);
    };
    const sizes = { batch: 16, input: [6, 6, 1] } as const;
    const cases = [
      { name: '2×2', geometry: pool2dGeometry('case', { ...sizes, window: [2, 2] }) },
      { name: '3×3', geometry: pool2dGeometry('case', { ...sizes, window: [3, 3], stride: [2, 2], padding: 1 }) },
    ];
    for (const values of [
      [-1, 0, 0, 1, 1, nan],
      [NEGATIVE_INFINITY],
      [NEGATIVE_INFINITY, -1, nan, POSITIVE_INFINITY],
    ]) {
      for (const name of ['maxPool2d', 'reluMaxPool2d'] as const) {
        cases.forEach((_, at) => {
          compare(
            kernels,
            { forward: name, gradients: [`${name}InputGrad`], fills: { x: fillWith(values) }, cases },
            at,
          );
        });
      }
    }
  });

  test('only arrays of its own memory, and only float32', () => {
    const geometry = { activation: 'relu', length: 4 } as const;
    const y = kernels.allocate('float32', 4);
    expect(() => kernels.prepare('activation', geometry, { x: new Float32Array(4), y })).toThrow(
      "activation, 'x': expected an array that this set of kernels has allocated, got one from elsewhere; use kernels.allocate",
    );
    expect(() => kernels.allocate('float64', 4)).toThrow('expected float32, got float64; use the reference kernels');
    expect(() => kernels.prepare('transpose' as 'dense', {} as never, {} as never)).toThrow(
      `the kernel set '${kernels.name}' has no kernel 'transpose'`,
    );
  });

  test('works on the memory of another thread', () => {
    const other = simdKernels(kernels.shared);
    const [x, y] = [kernels.allocate('float32', 5), other.allocate('float32', 5)];
    x.set([-2, -1, 0, 1, 2]);
    const seen = { x: other.arrayAt(x.byteOffset, 5), y };
    other.prepare('activation', { activation: 'relu', length: 5 }, seen)();
    expect([...kernels.arrayAt(y.byteOffset, 5)]).toEqual([0, 0, 0, 1, 2]);
  });

  test('reset gives the same addresses again, zeroed', () => {
    const own = simdKernels('strict');
    const before = own.allocate('float32', 2 ** 20).fill(1);
    simdKernels(own.shared)
      .allocate('float32', 2 ** 20)
      .fill(1);
    own.reset();
    const after = own.allocate('float32', 2 ** 21);
    expect(after.byteOffset).toBe(before.byteOffset);
    expect(after.every((value) => value === 0)).toBe(true);
  });

  test('a full memory is reported, and smaller arrays still fit', () => {
    const own = simdKernels(kernels.name as Arithmetic);
    expect(() => own.allocate('float32', 2 ** 30)).toThrow('expected to need at most 4294967296 bytes');
    expect(own.allocate('float32', 10).every((value) => value === 0)).toBe(true);
  });
});

/** Runs the operation and its gradients in the reference and in the set, on the same numbers, and compares. */
function compare(kernels: SimdKernels, operation: OperationCases<KernelSpecs>, at: number): void {
  const expected = new CaseArrays(operation, { kernels: referenceKernels, dtype: 'float32' }, at);
  const got = new CaseArrays(operation, { kernels, dtype: 'float32' }, at);
  const { name, geometry } = operation.cases[at] as { name: string; geometry: never };
  for (const kernel of [operation.forward, ...operation.gradients]) {
    const spec = specOf(kernel);
    const [runReference, run] = [expected.prepare(kernel), got.prepare(kernel)];
    runReference();
    const before = Object.keys(spec.reads).map((array) => [...got.arrays[array]]);
    run();
    expect(got.overrun(), kernel).toEqual([]);
    expect(Object.keys(spec.reads).map((array) => [...got.arrays[array]])).toEqual(before);
    for (const written of Object.keys(spec.writes)) {
      const reference = expected.floats(written);
      const values = got.floats(written);
      // Each addition rounds a sum of about the square root of their number: errors of 2⁻²⁴ that add up to that number.
      const additions = spec.multiplyAdds(geometry) / reference.length;
      const tolerance = 2 ** -24 * (additions + 16) * winogradErrorGrowth(geometry);
      for (let index = 0; index < values.length; index++) {
        const error = Math.abs(values[index] - reference[index]);
        const ok = error <= tolerance * (1 + Math.abs(reference[index])) || Object.is(values[index], reference[index]);
        if (!ok)
          expect(values[index], `${kernel}, ${name}: ${written}[${index}] of ${values.length}`).toBe(reference[index]);
      }
      // What a later kernel reads is the reference's, so that errors do not pass from one to the next.
      values.set(reference);
    }
  }
}

/**
 * How much larger the rounding errors of Winograd convolutions are: transforms take differences of sums several times as large. Measured on twelve to
 * eight hundred products a sum: 1.9 to 2.6 times as large in the mean; single ones grow more.
 */
function winogradErrorGrowth(geometry: Conv2dGeometry | PooledConv2dGeometry): number {
  const g = 'conv' in geometry ? geometry.conv : geometry;
  return ['tiles', 'rows'].includes(algorithmOf(g)) ? 4 : 1;
}

function withImages(geometry: unknown, batch: number): never {
  return { ...(geometry as object), ...(Object.hasOwn(geometry as object, 'batch') ? { batch } : {}) } as never;
}

function fits(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}

test('uniform fills are what the tolerance assumes: numbers from −1 to 1', () => {
  expect(uniform(seededRandom(1), 100, 1).every((value) => Math.abs(value) <= 1)).toBe(true);
});
