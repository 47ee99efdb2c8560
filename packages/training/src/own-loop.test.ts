/** A training loop of one's own, as a user with the strictest settings writes it: `workspace/strictest-user.test.ts` checks its types. */
import { referenceKernels } from '@longhand/kernels';
import { dense, dropout, relu, sequential, softmaxCrossEntropy, trainingContext } from '@longhand/layers';
import { adam } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { decodeModel, encodeModel } from './model-file';

test('gradients are there where training was asked for, and bytes go into a Blob and a Response', async () => {
  const network = sequential({
    input: [2],
    layers: { fc1: dense({ outFeatures: 8 }), relu: relu(), fc2: dense({ outFeatures: 2 }) },
  });
  const parameters = network.initialize(seededRandom(1));
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 4, inputGradient: true });
  const loss = softmaxCrossEntropy().prepare(pass);
  const { update } = adam({ learningRate: 0.05 }).prepare(parameters.values);
  // Exclusive or, one pair a column.
  pass.input.set([0, 0, 1, 1, 0, 1, 0, 1]);
  loss.target.set([1, 0, 0, 1, 0, 1, 1, 0]);
  loss.imageWeight.fill(1 / 4);
  for (let step = 0; step < 200; step++) {
    pass.forward();
    loss.forward();
    loss.inputGradient();
    pass.backward();
    update(pass.gradients.values);
  }
  expect(Math.max(...loss.loss)).toBeLessThan(0.1);
  expect(pass.dInput.length + pass.dOutput.length).toBe(16);
  expect(pass.gradients.get('fc1.weight').shape).toEqual([8, 2]);
  pass.release();

  const bytes = encodeModel({ network, parameters, normalization: { mean: 0, std: 1 }, classes: ['no', 'yes'] });
  expect(new Blob([bytes]).size).toBe(bytes.length);
  const response = new Response(bytes);
  expect(decodeModel(new Uint8Array(await response.arrayBuffer()), 'model').classes).toEqual(['no', 'yes']);
});

test('evaluation has gradients where they were asked for', () => {
  const network = sequential({ input: [2], layers: { fc: dense({ outFeatures: 2 }) } });
  const options = { kernels: referenceKernels, parameters: network.zeros(), capacity: 1 } as const;
  const evaluated = network.prepare({ ...options, mode: 'evaluate' });
  expect(evaluated.gradients?.values).toBeUndefined();
  const checked = network.prepare({ ...options, mode: 'evaluate', gradients: true });
  expect(checked.gradients.values.length).toBe(6);
});

test('a context says the step and how many images there are', () => {
  const network = sequential({ input: [2], layers: { drop: dropout({ rate: 0.5 }), fc: dense({ outFeatures: 2 }) } });
  const parameters = network.initialize(seededRandom(1));
  const context = trainingContext({ capacity: 2, random: seededRandom(1).fork('layers') });
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 2, context });
  context.step = 3;
  context.count = 1;
  pass.forward();
  expect(pass.context.step).toBe(3);
  expect([...pass.context.imageMask]).toEqual([1, 0]);
});
