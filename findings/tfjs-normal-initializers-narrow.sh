#!/usr/bin/env bash
# He's, Glorot's and LeCun's normal initializers in TensorFlow.js draw weights that are 12 % too small.
#
# Guessed: numbers beyond two standard deviations are drawn again, and the scale is divided by 0.8796, the standard deviation of
# what is left, so that the variance is that of the formula, as in Keras (3.15.1: 0.0707 for 400 inputs, as He's formula has it).
# Seen with @tensorflow/tfjs 4.22.0 (cpu backend): numbers are drawn again, and the scale is that of the formula. The standard
# deviation is 0.88 of what it should be, the variance 0.77: over ten ReLU layers activations shrink to a quarter, where He's
# rule keeps them. The uniform initializers are right.
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
  const [inputs, outputs] = [400, 600];
  const formulas = {
    heNormal: Math.sqrt(2 / inputs),
    leCunNormal: Math.sqrt(1 / inputs),
    glorotNormal: Math.sqrt(2 / (inputs + outputs)),
    heUniform: Math.sqrt(2 / inputs),
  };
  for (const [name, formula] of Object.entries(formulas)) {
    const weights = tf.initializers[name]({ seed: 1 }).apply([inputs, outputs]);
    const ratio = Math.sqrt(tf.moments(weights).variance.dataSync()[0]) / formula;
    console.log(`${name}: ${ratio.toFixed(3)} of the standard deviation of its formula`);
    assert(Math.abs(ratio - (name === 'heUniform' ? 1 : 0.88)) < 0.005);
  }
  console.log('as stated above');
})();
NODE
