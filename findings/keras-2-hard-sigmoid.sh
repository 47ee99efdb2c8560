#!/usr/bin/env bash
# A network with hard_sigmoid that Keras 2 saved computes something else in Keras 3, which loads it without a word.
#
# Guessed: a name in a saved model means what it meant: hard_sigmoid is 0.2 · x + 0.5 between 0 and 1, as in every Keras 2 and in
# TensorFlow.js; or the file, which names its version, is refused.
# Seen with Keras 3.15.1: the same file gives x / 6 + 0.5. At 2.5, where Keras 2 has 1, it gives 0.917, and the difference is 0.08 at most: few
# answers change, so nothing tells. TensorFlow.js 4.22.0 reads Keras 3's name as Keras 2's function, so that the way there and back differs too.
# cspell:ignore allclose asarray
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet keras==3.15.1 jax==0.10.2 h5py==3.16.0
cat > load.py <<'PYTHON'
import json

import h5py
import keras
import numpy as np

# A model of one layer, as Keras 2.3.1 saves it.
start = {'class_name': 'InputLayer', 'config': {'batch_input_shape': [None, 1], 'dtype': 'float32', 'sparse': False, 'name': 'input_1'}}
layer = {
    'class_name': 'Dense',
    'config': {
        'name': 'dense_1', 'trainable': True, 'dtype': 'float32', 'units': 1, 'activation': 'hard_sigmoid', 'use_bias': True,
    },
}
with h5py.File('model.h5', 'w') as file:
    file.attrs['keras_version'] = b'2.3.1'
    file.attrs['backend'] = b'tensorflow'
    config = {'name': 'sequential_1', 'layers': [start, layer]}
    file.attrs['model_config'] = json.dumps({'class_name': 'Sequential', 'config': config}).encode()
    weights = file.create_group('model_weights')
    weights.attrs['layer_names'] = np.array([b'dense_1'])
    weights.attrs['keras_version'] = b'2.3.1'
    weights.attrs['backend'] = b'tensorflow'
    names = ['dense_1/kernel:0', 'dense_1/bias:0']
    group = weights.create_group('dense_1')
    group.attrs['weight_names'] = np.array([each.encode() for each in names])
    group[names[0]] = np.ones((1, 1), 'float32')
    group[names[1]] = np.zeros(1, 'float32')

model = keras.models.load_model('model.h5', compile=False)
given = np.float32([[-2.5], [-1], [0], [1], [2.5]])
computed = np.asarray(model(given)).ravel()
before = np.clip(0.2 * given.ravel() + 0.5, 0, 1)
print('Keras 2', before.round(3), '- Keras 3', computed.round(3))
assert np.allclose(computed, given.ravel() / 6 + 0.5), 'hard_sigmoid has changed'
PYTHON
KERAS_BACKEND=jax python/bin/python load.py 2>&1 | grep -v -i -e warn -e 'super().__init__'
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import * as tf from '@tensorflow/tfjs';

const layer = tf.layers.activation({ activation: 'hardSigmoid' });
const computed = Array.from(layer.apply(tf.tensor2d([[-2.5, -1, 0, 1, 2.5]])).dataSync(), (value) => value.toFixed(3));
console.log('TensorFlow.js', computed.join(' '));
assert.deepStrictEqual(computed, ['0.000', '0.300', '0.500', '0.700', '1.000']);
console.log('as stated above');
NODE
node look.mjs 2>&1 | grep -v -e '^$' -e 'Hi, looks like' -e '^=*$'
