/** ConvNetJS: one image at a time, one thread, and float64, since it knows nothing else. */
import { createRequire } from 'node:module';
import { loadDigits, pixels, shuffledBatches } from './digits.mjs';
import { run } from './protocol.mjs';

await run(({ layers, learningRate, momentum, batch }) => {
  const require = createRequire(import.meta.url);
  const { Net, Trainer, Vol } = require('convnetjs');
  const net = new Net();
  net.makeLayers([{ type: 'input', out_sx: 28, out_sy: 28, out_depth: 1 }, ...definitions(layers)]);
  const trainer = new Trainer(net, { learning_rate: learningRate, momentum, batch_size: batch });
  const [training, test] = ['train', 't10k'].map((split) => volumes(loadDigits(split), Vol));
  const next = shuffledBatches(training.labels.length, batch);

  return {
    version: `ConvNetJS ${require('convnetjs/package.json').version}, Node ${process.versions.node}`,
    parameters: net.getParamsAndGrads().reduce((sum, { params }) => sum + params.length, 0),
    train(steps) {
      for (let step = 0; step < steps; step++) {
        for (const index of next()) trainer.train(training.images[index], training.labels[index]);
      }
      return steps * batch;
    },
    countCorrect(first, count) {
      let correct = 0;
      for (let index = first; index < first + count; index++) {
        net.forward(test.images[index]);
        if (net.getPrediction() === test.labels[index]) correct++;
      }
      return correct;
    },
  };
});

/** Its layers take their activation with them, and its softmax brings the last dense layer. */
function definitions(layers) {
  const definitions = [];
  for (const { kind, outChannels, kernel, padding, activation, window, outFeatures } of layers) {
    if (kind === 'conv2d') definitions.push({ type: 'conv', sx: kernel, filters: outChannels, pad: padding });
    if (kind === 'activation') definitions.at(-1).activation = activation;
    if (kind === 'pool2d') definitions.push({ type: 'pool', sx: window, stride: window });
    if (kind === 'dense') definitions.push({ type: 'fc', num_neurons: outFeatures });
  }
  const { num_neurons } = definitions.pop();
  return [...definitions, { type: 'softmax', num_classes: num_neurons }];
}

function volumes({ images, labels }, Vol) {
  const volume = (_, index) => {
    const volume = new Vol(28, 28, 1, 0);
    volume.w.set(images.subarray(index * pixels, (index + 1) * pixels));
    return volume;
  };
  return { images: Array.from(labels, volume), labels };
}
