/** Passes give their memory back. */
import { simdKernels } from '@longhand/kernels';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { batchNorm } from './batch-norm';
import { conv2d } from './conv2d';
import { dense } from './dense';
import { dropout } from './dropout';
import { softmaxCrossEntropy } from './losses';
import { trainingContext } from './pass-context';
import { flatten } from './reshape';
import { residual } from './residual';
import { sequential } from './sequential';

describe('a pass that is released', () => {
  const network = sequential({
    input: [6, 6, 1],
    layers: {
      conv: conv2d({ outChannels: 2, kernel: 3 }),
      bn: batchNorm(),
      block: residual({
        body: { conv: conv2d({ outChannels: 2, kernel: 3, padding: 1 }), drop: dropout({ rate: 0.5 }) },
      }),
      flatten: flatten(),
      fc: dense({ outFeatures: 3 }),
    },
  });

  test('gives back all of its memory, thousands of times, and computes as before', () => {
    const kernels = simdKernels('strict');
    const parameters = network.initialize(seededRandom(1), { kernels });
    const context = trainingContext({ kernels, capacity: 5, random: seededRandom(1) });
    context.step = 0;
    let expected: { readonly bytes: number; readonly output: readonly number[]; readonly gradients: readonly number[] };
    for (let turn = 0; turn < 2000; turn++) {
      // Not a multiple of sixteen: batches are padded, by more memory.
      const pass = network.prepare({ kernels, parameters, capacity: 5, inputGradient: true, context });
      const loss = softmaxCrossEntropy().prepare(pass);
      pass.input.forEach((_, at) => {
        pass.input[at] = ((37 * at) % 11) / 11;
      });
      loss.target.fill(1 / 3);
      loss.imageWeight.fill(1 / 5);
      pass.forward();
      loss.forward();
      loss.inputGradient();
      pass.backward();
      const bytes = kernels.bytesInUse();
      const figures = { bytes, output: [...pass.output], gradients: [...pass.gradients.values] };
      expected ??= figures;
      if (turn % 500 === 499) expect(figures).toEqual(expected);
      pass.release();
    }
    expect(kernels.bytesInUse()).toBeLessThan(100_000);
  });

  test('refuses to be used, and so do its losses', () => {
    const kernels = simdKernels('strict');
    const pass = network.prepare({ kernels, parameters: network.zeros({ kernels }), capacity: 16 });
    const loss = softmaxCrossEntropy().prepare(pass);
    loss.imageWeight.fill(1 / 16);
    loss.target.fill(1 / 3);
    loss.inputGradient();
    pass.release();
    pass.release();
    const message = 'pass: expected one in use, got one that has been released; prepare another';
    const uses: (() => unknown)[] = [
      () => pass.forward(),
      () => pass.backward(),
      () => pass.input,
      () => pass.output,
      () => pass.dOutput,
      () => pass.gradients,
      () => pass.layers.get('conv')?.forward(),
      () => loss.forward(),
      () => loss.inputGradient(),
      () => softmaxCrossEntropy().prepare(pass),
    ];
    for (const use of uses) expect(use).toThrow(message);
  });

  test('is released at the end of a block', () => {
    const kernels = simdKernels('strict');
    const parameters = network.zeros({ kernels });
    const before = kernels.bytesInUse();
    {
      using pass = network.prepare({ kernels, parameters, capacity: 16, mode: 'evaluate', gradients: true });
      pass.forward();
    }
    expect(kernels.bytesInUse()).toBe(before);
  });
});
