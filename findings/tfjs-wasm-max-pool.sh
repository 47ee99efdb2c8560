#!/usr/bin/env bash
# Max pooling of TensorFlow.js's WebAssembly backend sends gradients to other cells than its own CPU backend.
#
# Guessed: one library, one rule: the backends differ in the last bits of a sum, not in where a gradient goes.
# Seen with @tensorflow/tfjs and @tensorflow/tfjs-backend-wasm 4.22.0, one window of 2 x 2 in reading order:
#   - -4, -3, -2, -1: the whole gradient goes to the first cell, the smallest; the CPU backend gives it to the last, the maximum.
#     So negative maxima (pooling without a ReLU before it) train the wrong weights;
#   - 5, 5, 1, 5: the gradient goes to the last of the tied cells; on the CPU backend to the first, as in PyTorch;
#   - NaN, 2, 3, 4: the maximum is -Infinity; the CPU backend gives 4, PyTorch NaN.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
node - <<'NODE' 2>&1 | grep -v -e '^=*$' -e 'Hi, looks like' -e 'speed things up'
const assert = require('node:assert');
const tf = require('@tensorflow/tfjs');
require('@tensorflow/tfjs-backend-wasm');
(async () => {
  const seen = {};
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    const pool = (x) => tf.maxPool(x, 2, 2, 'valid');
    const window = (...cells) => tf.tensor4d(cells, [1, 2, 2, 1]);
    const gradient = (...cells) => [...tf.grad((x) => tf.sum(pool(x)))(window(...cells)).dataSync()];
    seen[backend] = {
      negative: gradient(-4, -3, -2, -1),
      tied: gradient(5, 5, 1, 5),
      firstIsNaN: pool(window(NaN, 2, 3, 4)).dataSync()[0],
    };
  }
  console.log(seen);
  assert.deepStrictEqual(seen.cpu, { negative: [0, 0, 0, 1], tied: [1, 0, 0, 0], firstIsNaN: 4 });
  assert.deepStrictEqual(seen.wasm, { negative: [1, 0, 0, 0], tied: [0, 0, 0, 1], firstIsNaN: -Infinity });
  console.log('as stated above');
})();
NODE
