/** Longhand as the other programs are: protocol.mjs says what it is asked. Needs the built packages. */
import { readFileSync } from 'node:fs';
import { mnistNormalization as normalization, subset } from '../packages/datasets/dist/index.js';
import { loadMnist } from '../packages/datasets/dist/node.js';
import { referenceKernels } from '../packages/kernels/dist/index.js';
import { presets } from '../packages/layers/dist/index.js';
import { sgd } from '../packages/optimizers/dist/index.js';
import { seededRandom } from '../packages/tensor/dist/index.js';
import { evaluate, train } from '../packages/training/dist/index.js';
import { run } from './peers/protocol.mjs';

await run(({ name, learningRate, momentum, batch, kernels: kernelsName = 'reference' }) => {
  const kernels = { reference: referenceKernels }[kernelsName];
  if (kernels === undefined) throw new Error(`--kernels: expected reference, got ${kernelsName}`);
  const network = presets[name]();
  const dataset = loadMnist({ split: 'train' });
  const test = loadMnist({ split: 'test' });
  const optimizer = sgd({ learningRate, momentum });

  const parameters = network.initialize(seededRandom(1), { kernels });
  const training = train({
    ...{ network, dataset, normalization, optimizer, kernels, parameters },
    ...{ epochs: Number.MAX_SAFE_INTEGER, batchSize: batch, seed: 1 },
  });
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

  return {
    version: `Longhand ${version}, ${kernelsName} kernels, Node ${process.versions.node}`,
    parameters: network.parameterCount,
    async train(steps) {
      let images = 0;
      for (let count = 0; count < steps; count++) {
        const { step } = (await training.next()).value;
        images += Math.min(batch, dataset.count - (step - 1) * batch);
      }
      return images;
    },
    read(first, count) {
      const digits = subset(test, { from: first, to: first + count });
      return evaluate({ network, parameters, dataset: digits, normalization, kernels }).correct;
    },
  };
});
