// A network with a layer of one's own: its derivatives are checked, then it trains on all cores.
import { subset } from '@longhand/datasets';
import { checkGradients, conv2d, dense, flatten, pool2d, sequential } from '@longhand/layers';
import { mnistNormalization as normalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, oneCycle } from '@longhand/optimizers';
import { evaluate, fit, fromModule } from '@longhand/training';

const [images = 60_000, epochs = 2] = process.argv.slice(2).map(Number);

// Every worker imports the module and makes the layer again.
const prelu = () => fromModule({ module: new URL('./prelu.mjs', import.meta.url), export: 'prelu', options: {} });

const network = sequential({
  input: [28, 28, 1],
  layers: {
    conv1: conv2d({ outChannels: 6, kernel: 5 }),
    prelu1: await prelu(),
    pool1: pool2d({ pooling: 'mean', window: 2 }),
    conv2: conv2d({ outChannels: 12, kernel: 5 }),
    prelu2: await prelu(),
    pool2: pool2d({ pooling: 'mean', window: 2 }),
    flatten: flatten(),
    fc: dense({ outFeatures: 10 }),
  },
});

console.log(checkGradients(network, { samplesPerArray: 10 }).message);

const dataset = subset(loadMnist({ split: 'train' }), { from: 0, to: images });
const options = { optimizer: adamw({ learningRate: 0.01 }), schedule: oneCycle(), epochs, batchSize: 64, seed: 1 };
const { parameters } = await fit({
  ...options,
  network,
  dataset,
  normalization,
  onEpoch: ({ epoch, loss }) => console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}`),
});
console.log(`slopes: ${[...parameters.get('prelu1.slope').data].map((slope) => slope.toFixed(2)).join(' ')}`);

const test = await evaluate({ network, parameters, normalization, dataset: loadMnist({ split: 'test' }) });
console.log(`${test.correct} of ${test.count} correct`);
