#!/usr/bin/env bash
# The first step of Adadelta in TensorFlow.js is the bare gradient.
#
# Guessed: the mean of squared gradients takes in the present gradient before it divides it (Zeiler 2012, algorithm 1), as
# in PyTorch and Keras. From a weight of 1 and a gradient of 2 at a learning rate of 1 the first step is then
# sqrt(1e-7) / sqrt(0.05 * 4 + 1e-7) * 2 = 0.0014.
# Seen with @tensorflow/tfjs 4.22.0 (cpu backend): 2, the gradient itself. The division uses the means as they were before
# the step, zero at the start, so both roots are of epsilon alone and cancel. At a learning rate of 1, which is
# Adadelta's own and what the name 'adadelta' stands for in model.compile, the weights jump at the first step.
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
  // Loss (w * 1 - 0)^2 with w = 1: the gradient is 2.
  const dense = tf.layers.dense({ units: 1, inputShape: [1], useBias: false, kernelInitializer: 'ones' });
  const model = tf.sequential({ layers: [dense] });
  model.compile({ optimizer: 'adadelta', loss: 'meanSquaredError' });
  await model.fit(tf.ones([1, 1]), tf.zeros([1, 1]), { epochs: 1, verbose: 0 });
  const step = 1 - dense.getWeights()[0].dataSync()[0];
  const formula = (Math.sqrt(1e-7) / Math.sqrt(0.05 * 4 + 1e-7)) * 2;
  console.log('first step', step.toFixed(4), '- by the formula', formula.toFixed(4));
  assert(Math.abs(step - 2) < 1e-3, 'the first step is no longer the gradient');
  console.log('as stated above');
})();
NODE
