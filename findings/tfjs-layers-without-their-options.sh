#!/usr/bin/env bash
# Three layers of TensorFlow.js drop options of a Keras model that they read.
#
# Guessed: an option in a model's JSON is honored or refused, as TensorFlow.js itself does it for ELU ("not supported by the ELU layer yet").
# Seen with @tensorflow/tfjs 4.22.0, models loaded without an error, warning, or other shapes of weights:
#   - ReLU with negative_slope 0.1 and threshold 1 is plain ReLU (max_value alone is kept), so that a leaky network is not leaky;
#   - DepthwiseConv2D with dilation_rate 2 convolves neighbors; with padding 'same' even the shapes are right;
#   - Conv2DTranspose with dilation_rate 2 likewise.
# Compare one prediction with Keras's after converting. Conv2D and SeparableConv2D honor their dilation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
/** What a model of one layer gives for an image, with ones as weights. */
async function output(className, config, image) {
  const layer = { class_name: className, config: { name: `layer_${className}_${Math.random()}`, batch_input_shape: [null, ...image.shape.slice(1)], ...config } };
  const model = await tf.models.modelFromJSON({ modelTopology: { class_name: 'Sequential', config: { name: 'model', layers: [layer] } } });
  model.setWeights(model.getWeights().map(({ shape }) => tf.ones(shape)));
  return Array.from(model.predict(image).dataSync(), (value) => Math.round(value * 100) / 100).join(' ');
}
const row = tf.tensor([-2, 0.5, 3, 5], [1, 1, 4, 1]);
const relu = await output('ReLU', { negative_slope: 0.1, threshold: 1, max_value: 4 }, row);
console.log('ReLU', relu, '(Keras: -0.3 -0.05 3 4)');
assert.strictEqual(relu, '0 0.5 3 4');

const digits = tf.tensor([1, 10, 100, 1000, 10000], [1, 1, 5, 1]);
const window = { kernel_size: [1, 3], strides: [1, 1], padding: 'same', use_bias: false };
const depthwise = (rate) => output('DepthwiseConv2D', { ...window, dilation_rate: [rate, rate] }, digits);
console.log('DepthwiseConv2D', await depthwise(1), 'and dilated', await depthwise(2), '(Keras: 101 1010 10101 1010 10100)');
assert.strictEqual(await depthwise(2), '11 111 1110 11100 11000');

const transposed = (rate) => output('Conv2DTranspose', { ...window, filters: 1, dilation_rate: [rate, rate] }, digits);
console.log('Conv2DTranspose', await transposed(1), 'and dilated', await transposed(2), '(Keras: 101 1010 10101 1010 10100)');
assert.strictEqual(await transposed(2), '11 111 1110 11100 11000');

const convolved = await output('Conv2D', { ...window, filters: 1, dilation_rate: [2, 2] }, digits);
assert.strictEqual(convolved, '101 1010 10101 1010 10100');
console.log('as stated above');
NODE
node look.mjs 2>&1 | grep -v -e '^$' -e 'Hi, looks like' -e '^=*$'
