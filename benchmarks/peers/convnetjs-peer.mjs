/** ConvNetJS: one image at a time, one thread, and float64, since it knows nothing else. */
import { createRequire } from 'node:module';
import { loadImages, shuffledBatches } from './pictures.mjs';
import { checkCommonLayers, refuse, run } from './protocol.mjs';

await run(({ input, layers, learningRate, momentum, batch }) => {
  checkCommonLayers(layers);
  const [height, width, channels] = input;
  const require = createRequire(import.meta.url);
  const { Net, Trainer, Vol } = require('convnetjs');
  const net = new Net();
  net.makeLayers([{ type: 'input', out_sx: width, out_sy: height, out_depth: channels }, ...definitions(layers)]);
  const trainer = new Trainer(net, { learning_rate: learningRate, momentum, batch_size: batch });
  const [training, test] = ['train', 'test'].map((split) => volumes(loadImages(split, input), input, Vol));
  const next = shuffledBatches(training.labels.length, batch);

  return {
    version: `ConvNetJS ${require('convnetjs/package.json').version}, Node ${process.versions.node}`,
    parameters: net.getParamsAndGrads().reduce((sum, { params }) => sum + params.length, 0),
    images: training.labels.length,
    testImages: test.labels.length,
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
  for (const layer of layers) {
    const { kind, outChannels, kernel, stride, padding, activation, pooling, outFeatures } = layer;
    if (kind === 'conv2d') {
      if (padding.some((side) => side !== padding[0])) refuse(layer);
      definitions.push({ type: 'conv', sx: kernel[0], filters: outChannels, stride: stride[0], pad: padding[0] });
    }
    if (kind === 'activation') definitions.at(-1).activation = activation;
    if (kind === 'pool2d') {
      if (pooling !== 'max') refuse(layer);
      definitions.push({ type: 'pool', sx: kernel[0], stride: stride[0] });
    }
    if (kind === 'dense') definitions.push({ type: 'fc', num_neurons: outFeatures });
  }
  const { num_neurons } = definitions.pop();
  return [...definitions, { type: 'softmax', num_classes: num_neurons }];
}

function volumes({ images, labels }, [height, width, channels], Vol) {
  const size = height * width * channels;
  const volume = (_, index) => {
    const volume = new Vol(width, height, channels, 0);
    volume.w.set(images.subarray(index * size, (index + 1) * size));
    return volume;
  };
  return { images: Array.from(labels, volume), labels };
}
