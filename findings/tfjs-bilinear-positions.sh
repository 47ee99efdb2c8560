#!/usr/bin/env bash
# TensorFlow.js's layers Resizing and UpSampling2D put pixels at other places than Keras's, and than each other's.
#
# Guessed: bilinear interpolation is one rule, the one of the layers that have the same names in Keras: a pixel is an area, and positions
# are those of the centers.
# Seen with @tensorflow/tfjs 4.22.0: for a row 1 2 3 4 made twice as long, Resizing spreads the first to the last center over the whole
# width (1 1.43 1.86 2.29 …), and UpSampling2D counts from the left edge (1 1.5 2 2.5 … 4 4), so that the picture moves by a quarter of a pixel
# to the left. Keras 3.15.1 gives 1 1.25 1.75 2.25 … from both. A model that resizes what it is given sees other pictures after conversion.
# cspell:ignore allclose asarray
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet keras==3.15.1 jax==0.10.2
cat > look.py <<'PYTHON'
import keras
import numpy as np

row = np.float32([1, 2, 3, 4]).reshape(1, 1, 4, 1)
for layer in [keras.layers.Resizing(1, 8), keras.layers.UpSampling2D((1, 2), interpolation='bilinear')]:
    output = np.asarray(layer(row)).ravel()
    print('Keras', type(layer).__name__, output)
    assert np.allclose(output, [1, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4])
PYTHON
KERAS_BACKEND=jax python/bin/python look.py
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
const row = tf.tensor([1, 2, 3, 4], [1, 1, 4, 1]);
const shown = (layer) => Array.from(layer.apply(row).dataSync(), (value) => value.toFixed(2)).join(' ');
const resized = shown(tf.layers.resizing({ height: 1, width: 8, interpolation: 'bilinear' }));
const sampled = shown(tf.layers.upSampling2d({ size: [1, 2], interpolation: 'bilinear' }));
console.log(`TensorFlow.js resizing ${resized}\nTensorFlow.js upSampling2d ${sampled}`);
assert.strictEqual(resized, '1.00 1.43 1.86 2.29 2.71 3.14 3.57 4.00');
assert.strictEqual(sampled, '1.00 1.50 2.00 2.50 3.00 3.50 4.00 4.00');
console.log('as stated above');
NODE
node look.mjs 2>&1 | grep -v -e '^$' -e 'Hi, looks like' -e '^=*$'
