/** TensorFlow.js with the cpu backend, the one of its backends without a native binary that can train. */
import { createRequire } from 'node:module';
import { loadDigits, pixels, shuffledBatches } from './digits.mjs';
import { run } from './protocol.mjs';

await run(async ({ layers, learningRate, momentum, batch }) => {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs');
  await tf.setBackend('cpu');
  tf.enableProdMode();

  const { functions, variables } = build(tf, layers);
  const model = (x) => functions.reduce((y, layer) => layer(y), x);
  const optimizer = tf.train.momentum(learningRate, momentum);
  const training = loadDigits('train');
  const images = tf.tensor4d(training.images, [training.labels.length, 28, 28, 1]);
  const labels = tf.cast(tf.oneHot(tf.tensor1d(training.labels, 'int32'), 10), 'float32');
  const test = loadDigits('t10k');
  const next = shuffledBatches(training.labels.length, batch);

  return {
    version: `TensorFlow.js ${tf.version.tfjs}, Node ${process.versions.node}`,
    parameters: variables.reduce((sum, { size }) => sum + size, 0),
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
        const x = tf.tensor4d(test.images.subarray(first * pixels, (first + count) * pixels), [count, 28, 28, 1]);
        return tf.argMax(model(x), 1).dataSync();
      });
      return digits.reduce((correct, digit, index) => correct + (digit === test.labels[first + index] ? 1 : 0), 0);
    },
  };
});

/** A function for each layer, and all the variables. */
function build(tf, layers) {
  const variables = [];
  let channels = 1;
  let size = 28;
  const weights = (shape, fanIn) => {
    const weight = tf.variable(tf.randomUniform(shape, -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn)));
    const bias = tf.variable(tf.zeros(shape.slice(-1)));
    variables.push(weight, bias);
    return [weight, bias];
  };
  const functions = layers.map(({ kind, outChannels, kernel, padding = 0, window, outFeatures }) => {
    if (kind === 'conv2d') {
      const [weight, bias] = weights([kernel, kernel, channels, outChannels], kernel * kernel * channels);
      channels = outChannels;
      size += 2 * padding - kernel + 1;
      return (x) => tf.add(tf.conv2d(x, weight, 1, padding === 0 ? 'valid' : padding), bias);
    }
    if (kind === 'activation') return (x) => tf.relu(x);
    if (kind === 'pool2d') {
      size = Math.floor(size / window);
      return (x) => tf.maxPool(x, window, window, 'valid');
    }
    if (kind === 'flatten') {
      channels *= size * size;
      const features = channels;
      return (x) => tf.reshape(x, [-1, features]);
    }
    const [weight, bias] = weights([channels, outFeatures], channels);
    channels = outFeatures;
    return (x) => tf.add(tf.matMul(x, weight), bias);
  });
  return { functions, variables };
}
