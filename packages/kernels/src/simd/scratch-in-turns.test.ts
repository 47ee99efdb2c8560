/** Passes in turns on the same scratch give the numbers of passes that share nothing, and take less memory; steady parameters change nothing. */
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { conv2dGeometry } from '../conv2d/conv2d';
import { simdKernels } from './simd-kernels';

const geometries = {
  'by tiles': conv2dGeometry('case', { batch: 16, input: [7, 7, 16], outChannels: 16, kernel: [3, 3], padding: 1 }),
  'five taps': conv2dGeometry('case', { batch: 16, input: [12, 12, 2], outChannels: 8, kernel: [5, 5], padding: 2 }),
  'with strides': conv2dGeometry('case', {
    batch: 16,
    input: [8, 8, 8],
    outChannels: 4,
    kernel: [3, 3],
    stride: [2, 2],
    padding: 1,
  }),
};

const inGroups = {
  'in groups': conv2dGeometry('case', { batch: 16, input: [5, 5, 4], outChannels: 4, kernel: [3, 3], groups: 2 }),
  'as a plain sum': conv2dGeometry('case', { batch: 16, input: [5, 5, 2], outChannels: 3, kernel: [3, 3] }),
  'of one channel': conv2dGeometry('case', { batch: 16, input: [8, 9, 1], outChannels: 6, kernel: [5, 5] }),
};

test.each(Object.entries(geometries))('a convolution %s', (_, g) => {
  const random = seededRandom(3);
  const kernels = simdKernels('strict');
  const array = (length: number): Float32Array => kernels.allocate('float32', length) as Float32Array;
  const filled = (length: number): Float32Array => {
    const values = array(length);
    for (let at = 0; at < length; at++) values[at] = random.uniform(-1, 1);
    return values;
  };
  const taps = g.kernelHeight * g.kernelWidth * g.inChannels * g.outChannels;
  const [weight, bias] = [filled(taps), filled(g.outChannels)];
  const passes = [0, 1, 2].map(() => ({
    x: filled(g.inHeight * g.inWidth * g.inChannels * 16),
    dy: filled(g.outHeight * g.outWidth * g.outChannels * 16),
  }));
  const written = () => ({
    y: array(g.outHeight * g.outWidth * g.outChannels * 16),
    dx: array(g.inHeight * g.inWidth * g.inChannels * 16),
    dWeight: array(taps),
    dBias: array(g.outChannels),
  });
  const prepared = (set: Pick<typeof kernels, 'prepare'>, { x, dy }: (typeof passes)[number]) => {
    const { y, dx, dWeight, dBias } = written();
    const runs = [
      set.prepare('conv2d', g, { x, weight, bias, y }),
      set.prepare('conv2dWeightGrad', g, { x, dy, dWeight, dBias }),
      set.prepare('conv2dInputGrad', g, { dy, weight, dx }),
    ];
    return { runs, found: { y, dx, dWeight, dBias } };
  };
  const beginPass = kernels.forPassesInTurns();
  const inTurns = passes.map((pass) => prepared(beginPass(), pass));
  const apart = passes.map((pass) => prepared(kernels, pass));
  for (const at of [0, 1, 2]) for (const { runs } of inTurns) runs[at]();
  for (const { runs } of apart) for (const run of runs) run();
  for (const [at, { found }] of inTurns.entries()) expect(found).toEqual(apart[at].found);
});

test('takes the memory of the first pass, and refuses a pass that is prepared otherwise', () => {
  const kernels = simdKernels('strict');
  const g = geometries['by tiles'];
  const floats = (length: number) => kernels.allocate('float32', length);
  const arrays = {
    x: floats(49 * 256),
    weight: floats(9 * 256),
    bias: floats(16),
    y: floats(49 * 256),
  };
  const beginPass = kernels.forPassesInTurns();
  const taken = (): number => {
    const before = floats(1).byteOffset;
    beginPass().prepare('conv2d', g, arrays);
    return floats(1).byteOffset - before;
  };
  const [first, second, third] = [taken(), taken(), taken()];
  expect(second).toBeLessThan(first / 2);
  expect(third).toBe(second);
  const other = { ...arrays, x: floats(144 * 32), weight: floats(25 * 16), bias: floats(8), y: floats(144 * 128) };
  expect(() => beginPass().prepare('conv2d', geometries['five taps'], other)).toThrow(
    'kernels: expected a pass prepared like the first, got another',
  );
});

test.each(Object.entries({ ...geometries, ...inGroups }))('steady parameters of a convolution %s', (_, g) => {
  const random = seededRandom(4);
  const kernels = simdKernels('strict');
  const array = (length: number): Float32Array => kernels.allocate('float32', length) as Float32Array;
  const draw = (into: Float32Array): Float32Array => into.map(() => random.uniform(-1, 1));
  const taps = (g.kernelHeight * g.kernelWidth * g.inChannels * g.outChannels) / g.groups;
  const values = array(taps + g.outChannels);
  const steady = { values, version: 0 };
  const x = array(g.inHeight * g.inWidth * g.inChannels * 16);
  const dy = array(g.outHeight * g.outWidth * g.outChannels * 16);
  x.set(draw(x));
  dy.set(draw(dy));
  const elsewhere = array(taps);
  const runsOf = (set: Pick<typeof kernels, 'prepare'>, weight: Float32Array) => {
    const [y, dx] = [array(dy.length), array(x.length)];
    const runs = [
      set.prepare('conv2d', g, { x, weight, bias: values.subarray(taps), y }),
      set.prepare('conv2dInputGrad', g, { dy, weight, dx }),
    ];
    return () => {
      for (const run of runs) run();
      return [y.slice(), dx.slice()];
    };
  };
  const set = kernels.withSteadyParameters(steady);
  const [known, always] = [runsOf(set, values.subarray(0, taps)), runsOf(kernels, values.subarray(0, taps))];
  const [inTurns, other] = [runsOf(set.forPassesInTurns()(), values.subarray(0, taps)), runsOf(set, elsewhere)];
  values.subarray(0, taps).set(draw(elsewhere));
  const before = always();
  expect(known()).toEqual(before);
  expect(inTurns()).toEqual(before);
  values.subarray(0, taps).set(draw(elsewhere));
  expect(known()).toEqual(before);
  steady.version++;
  const after = always();
  expect(after).not.toEqual(before);
  expect(known()).toEqual(after);
  expect(inTurns()).toEqual(after);
  // Weights that are no parameters may change at any time.
  elsewhere.set(values.subarray(0, taps));
  expect(other()).toEqual(after);
  elsewhere.set(draw(elsewhere));
  expect(other()).not.toEqual(after);
});
