#!/usr/bin/env bash
# The gradient of average pooling with 'same' padding in TensorFlow.js is not the derivative of what it computes.
#
# Guessed: forward, the border's windows divide by the number of cells that lie inside the image, as in TensorFlow; backward, each of
# those cells gets its share of that very quotient.
# Seen with @tensorflow/tfjs 4.22.0 (cpu backend), a 3 x 3 window with stride 1 over a 3 x 3 image, summed: forward divides the
# corner windows by 4 and the edge windows by 6; backward everything is divided by 9. The corner's derivative is 0.694 by a central
# difference and 0.444 by tf.grad, the center's 1.778 and 1. A network with such a layer learns with gradients that are too small, most of all at the border.
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
  const total = (x) => tf.sum(tf.avgPool(x, 3, 1, 'same'));
  const image = Float32Array.from({ length: 9 }, (_, i) => i);
  const at = (values) => total(tf.tensor4d(values, [1, 3, 3, 1])).dataSync()[0];
  // Pooling is linear, so the central difference is exact up to rounding at any step.
  const differences = [...image].map((value, i) => {
    const [above, below] = [value + 0.5, value - 0.5].map((moved) => at(Float32Array.from(image, (v, j) => (j === i ? moved : v))));
    return above - below;
  });
  const gradient = [...tf.grad(total)(tf.tensor4d(image, [1, 3, 3, 1])).dataSync()];
  const shown = (values) => values.map((value) => value.toFixed(3)).join(' ');
  console.log(`central differences ${shown(differences)}\ntf.grad             ${shown(gradient)}`);
  assert.strictEqual(shown(differences), '0.694 1.111 0.694 1.111 1.778 1.111 0.694 1.111 0.694');
  assert.strictEqual(shown(gradient), '0.444 0.667 0.444 0.667 1.000 0.667 0.444 0.667 0.444');
  console.log('as stated above');
})();
NODE
