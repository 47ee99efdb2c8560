#!/usr/bin/env bash
# Batch normalization of channels that come first is wrong in TensorFlow.js.
#
# Guessed: batchNormalization({ axis: 1 }), what a Keras model with channels first has, uses a channel's own mean, variance, scale and offset
# for all its pixels.
# Seen with @tensorflow/tfjs and @tensorflow/tfjs-backend-wasm 4.22.0: the numbers of the channels are dealt out in turn along a row of
# pixels: with two channels, even columns get the first channel's and odd ones the second's. So it is for prediction and training, on the CPU
# and the WebAssembly backend, without an error. Channels last are right. Convert such a model with Transpose layers, or its layers to the last axis.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

setWasmPaths(`${path.dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))}/`);
/** Two channels of 1 x 4 pixels, 1 to 8; mean 0 and variance 1; channel 0 stays as it is, channel 1 becomes 100 + 10 · x. */
function normalized(axis) {
  const image = tf.tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 1, 4]);
  const given = axis === 1 ? image : tf.transpose(image, [0, 2, 3, 1]);
  const layer = tf.layers.batchNormalization({ axis, epsilon: 0, inputShape: given.shape.slice(1) });
  const model = tf.sequential({ layers: [layer] });
  model.setWeights([tf.tensor1d([1, 10]), tf.tensor1d([0, 100]), tf.tensor1d([0, 0]), tf.tensor1d([1, 1])]);
  const output = model.predict(given);
  return Array.from((axis === 1 ? output : tf.transpose(output, [0, 3, 1, 2])).dataSync(), Math.round).join(' ');
}
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend);
  console.log(`${backend}: channels last ${normalized(-1)}, channels first ${normalized(1)}`);
  assert.strictEqual(normalized(-1), '1 2 3 4 150 160 170 180');
  assert.strictEqual(normalized(1), '1 120 3 140 5 160 7 180', 'channels first are otherwise now');
}
console.log('as stated above');
NODE
node look.mjs 2>&1 | grep -v -e '^$' -e 'Hi, looks like' -e '^=*$'
