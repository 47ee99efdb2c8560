// A residual network on CIFAR-10's binary files.
import { writeFileSync } from 'node:fs';
import { augmentation, pixelStatistics, subset } from '@longhand/datasets';
import { loadData } from '@longhand/datasets/node';
import { batchNorm, conv2d, dense, globalAveragePool, relu, residual, sequential, summary } from '@longhand/layers';
import { oneCycle, sgd } from '@longhand/optimizers';
import { encodeModel, evaluate, fit } from '@longhand/training';

const [folder = 'cifar-10-batches-bin', epochs = '20', images = '50000'] = process.argv.slice(2);

const data = await loadData(folder);
const dataset = subset(data.train, { from: 0, to: Math.min(Number(images), data.train.count) });
const normalization = pixelStatistics(dataset);

/** A convolution and its batch normalization, whose mean takes a bias out again. */
const conv = (outChannels, { kernel = 3, stride = 1 } = {}) => ({
  conv: conv2d({ outChannels, kernel, stride, padding: kernel === 3 ? 1 : 0, bias: false }),
  norm: batchNorm(),
});

/** Two convolutions with a path around them, as in He, Zhang, Ren and Sun, 2016. */
const block = (outChannels, stride) =>
  residual({
    body: {
      conv1: conv(outChannels, { stride }).conv,
      norm1: batchNorm(),
      relu: relu(),
      conv2: conv(outChannels).conv,
      norm2: batchNorm(),
    },
    // Where the shape changes, the path has a convolution of 1 × 1.
    ...(stride > 1 ? { shortcut: conv(outChannels, { kernel: 1, stride }) } : {}),
  });

// Widths [16, 32, 64], one block each: ResNet-8.
const network = sequential({
  input: [dataset.height, dataset.width, dataset.channels],
  layers: {
    ...conv(16),
    relu: relu(),
    block1: block(16, 1),
    relu1: relu(),
    block2: block(32, 2),
    relu2: relu(),
    block3: block(64, 2),
    relu3: relu(),
    pool: globalAveragePool(),
    fc: dense({ outFeatures: data.classNames.length }),
  },
});
console.log(`${dataset.count} images, ${summary(network).parameters} parameters`);

const { parameters } = await fit({
  network,
  dataset,
  normalization,
  optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
  schedule: oneCycle(),
  // Shifted by up to four pixels and mirrored, as is usual for CIFAR-10.
  augmentation: augmentation({ shift: 4, flip: 0.5 }),
  epochs: Number(epochs),
  batchSize: 128,
  seed: 1,
  onEpoch: ({ epoch, loss, accuracy, imagesPerSecond }) =>
    console.log(
      `epoch ${epoch}: loss ${loss.toFixed(3)}, accuracy ${accuracy.toFixed(3)}, ${imagesPerSecond.toFixed(0)} images/s`,
    ),
});

const test = await evaluate({ network, parameters, normalization, dataset: data.test });
console.log(`${test.correct} of ${test.count} correct`);
const { name, layout, classNames: classes } = data;
writeFileSync(
  'cifar10.safetensors',
  encodeModel({ network, parameters, normalization, classes, data: { name, layout } }),
);
