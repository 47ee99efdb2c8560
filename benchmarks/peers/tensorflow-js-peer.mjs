/** TensorFlow.js with the cpu backend, the one of its backends without a native binary that can train. */
import { createRequire } from 'node:module';
import { loadImages, shuffledBatches } from './pictures.mjs';
import { checkCommonLayers, run } from './protocol.mjs';

await run(async ({ input, layers, learningRate, momentum, batch }) => {
  checkCommonLayers(layers);
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs');
  await tf.setBackend('cpu');
  tf.enableProdMode();

  const { functions, variables } = build(tf, layers);
  const model = (x) => functions.reduce((y, layer) => layer(y), x);
  const optimizer = tf.train.momentum(learningRate, momentum);
  const training = loadImages('train', input);
  const images = tf.tensor4d(training.images, [training.labels.length, ...input]);
  const labels = tf.cast(tf.oneHot(tf.tensor1d(training.labels, 'int32'), 10), 'float32');
  const test = loadImages('test', input);
  const size = input.reduce((product, extent) => product * extent, 1);
  const next = shuffledBatches(training.labels.length, batch);

  return {
    version: `TensorFlow.js ${tf.version.tfjs}, Node ${process.versions.node}`,
    parameters: variables.reduce((sum, { size }) => sum + size, 0),
    images: training.labels.length,
    testImages: test.labels.length,
    train(steps) {
      for (let step = 0; step < steps; step++) {
        tf.tidy(() => {
          const indices = tf.tensor1d(next(), 'int32');
          const [x, expected] = [tf.gather(images, indices), tf.gather(labels, indices)];
          optimizer.minimize(() => tf.losses.softmaxCrossEntropy(expected, model(x)), false, variables);
        });
      }
      return steps * batch;
    },
    countCorrect(first, count) {
      const digits = tf.tidy(() => {
        const x = tf.tensor4d(test.images.subarray(first * size, (first + count) * size), [count, ...input]);
        return tf.argMax(model(x), 1).dataSync();
      });
      return digits.reduce((correct, digit, index) => correct + (digit === test.labels[first + index] ? 1 : 0), 0);
    },
  };
});

/** A function for each layer, and all the variables. */
function build(tf, layers) {
  const variables = [];
  const weights = (shape, fanIn) => {
    const weight = tf.variable(tf.randomUniform(shape, -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn)));
    const bias = tf.variable(tf.zeros(shape.slice(-1)));
    variables.push(weight, bias);
    return [weight, bias];
  };
  const activations = { relu: tf.relu, sigmoid: tf.sigmoid, tanh: tf.tanh };
  const pools = { max: tf.maxPool, mean: tf.avgPool };
  const functions = layers.map((layer) => {
    const channels = layer.inputShape.at(-1);
    const { kind, kernel, stride } = layer;
    if (kind === 'conv2d') {
      const [weight, bias] = weights([...kernel, channels, layer.outChannels], kernel[0] * kernel[1] * channels);
      const [top, bottom, left, right] = layer.padding;
      const padded = top + bottom + left + right > 0;
      const sides = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return (x) => tf.add(tf.conv2d(x, weight, stride, padded ? sides : 'valid'), bias);
    }
    if (kind === 'activation') return activations[layer.activation];
    if (kind === 'pool2d') return (x) => pools[layer.pooling](x, kernel, stride, 'valid');
    if (kind === 'flatten') return (x) => tf.reshape(x, [-1, ...layer.outputShape]);
    const [weight, bias] = weights([channels, layer.outFeatures], channels);
    return (x) => tf.add(tf.matMul(x, weight), bias);
  });
  return { functions, variables };
}
