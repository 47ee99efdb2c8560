#!/usr/bin/env bash
# A seed makes TensorFlow.js drop the same units at every step.
#
# Guessed: layers.dropout({ rate, seed }) draws a reproducible sequence of masks, one for each call, as Keras does.
# Seen with @tensorflow/tfjs 4.22.0 (cpu backend): every call starts the generator anew from the seed, so each step of
# training gets one and the same mask for a given batch shape. A seeded dropout layer prunes a fixed set of units and
# regularizes nothing. Without a seed the masks differ. For a reproducible run, the seed has to be left out of the layer.
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
  const input = tf.ones([1, 64]);
  const masks = (options) => {
    const layer = tf.layers.dropout({ rate: 0.5, ...options });
    return [1, 2, 3].map(() => Array.from(layer.apply(input, { training: true }).dataSync()).join(' '));
  };
  const seeded = new Set(masks({ seed: 3 })).size;
  const free = new Set(masks({})).size;
  console.log(`three calls: ${seeded} mask with a seed, ${free} masks without`);
  assert.strictEqual(seeded, 1, 'a seeded layer no longer repeats its mask');
  assert(free > 1);
  console.log('as stated above');
})();
NODE
