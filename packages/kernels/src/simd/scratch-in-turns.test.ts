/** Passes in turns on the same scratch give the numbers of passes that share nothing, and take less memory. */
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
