// Trains the documented network on MNIST, and writes the model for the page.
import { mkdirSync, writeFileSync } from 'node:fs';
import { mnistLayout, subset } from '@longhand/datasets';
import { lenetDocumented } from '@longhand/layers';
import { mnistNormalization as normalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, oneCycle } from '@longhand/optimizers';
import { encodeModel, evaluate, fit } from '@longhand/training';

const [images = 60_000, epochs = 3] = process.argv.slice(2).map(Number);
const network = lenetDocumented();
const { parameters } = await fit({
  network,
  dataset: subset(loadMnist({ split: 'train' }), { from: 0, to: images }),
  normalization,
  optimizer: adamw({ learningRate: 0.015 }),
  schedule: oneCycle(),
  epochs,
  batchSize: 64,
  seed: 1,
});
const test = await evaluate({ network, parameters, normalization, dataset: loadMnist({ split: 'test' }) });
console.log(`${test.correct} of ${test.count} correct`);
const data = { name: 'MNIST', layout: mnistLayout };
mkdirSync('public', { recursive: true });
writeFileSync(
  'public/model.safetensors',
  encodeModel({ network, parameters, normalization, classes: [...'0123456789'], data }),
);
