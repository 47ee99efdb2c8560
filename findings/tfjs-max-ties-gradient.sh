#!/usr/bin/env bash
# TensorFlow.js gives every tied maximum the whole gradient, so global max pooling multiplies it.
#
# Guessed: where several entries share the maximum, its gradient goes to one of them (PyTorch's max) or is shared out
# evenly (TensorFlow's reduce_max, JAX, PyTorch's amax): the parts add up to the gradient that came.
# Seen with @tensorflow/tfjs 4.22.0 (cpu backend): max, min and layers.globalMaxPooling2d hand the whole gradient to every
# tie. Behind a ReLU ties at zero are common: a map of 7 x 7 zeros passes back 49 times what it should. maxPool, with the
# very same window, picks one entry.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0
node - <<'NODE' 2>&1 | grep -v -e '^=*$' -e 'Hi, looks like' -e 'speed things up'
const assert = require('node:assert');
const tf = require('@tensorflow/tfjs');
(async () => {
  await tf.setBackend('cpu');
  const map = tf.zeros([1, 7, 7, 1]);
  const passedBack = (pool) => tf.sum(tf.grad((x) => tf.sum(pool(x)))(map)).dataSync()[0];
  const figures = {
    max: passedBack((x) => tf.max(x)),
    min: passedBack((x) => tf.min(x)),
    globalMaxPooling2d: passedBack((x) => tf.layers.globalMaxPooling2d({}).apply(x)),
    maxPool: passedBack((x) => tf.maxPool(x, 7, 7, 'valid')),
  };
  console.log('a gradient of 1 becomes', figures);
  assert.deepStrictEqual(figures, { max: 49, min: 49, globalMaxPooling2d: 49, maxPool: 1 });
  console.log('as stated above');
})();
NODE
