#!/usr/bin/env bash
# The running variance of batch normalization is not the same quantity in Keras as in PyTorch, whatever computes it.
#
# Guessed: Keras on its torch backend keeps the running variance that torch.nn.BatchNorm1d keeps (the sum of squares over
# n - 1), and Flax and TensorFlow.js do the same.
# Seen with PyTorch 2.13.0: 6.667 for the batch 0, 2, 4, 6. Keras 3.15.1 on torch and on JAX, Flax 0.12.8 and
# TensorFlow.js 4.22.0: 5, over n. A network moved between them classifies the same; one that goes on training with
# small batches drifts, by a third at four values for each channel.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet torch==2.13.0 keras==3.15.1 jax==0.10.2 flax==0.12.8
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-layers@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0
cat > with-keras.py <<'PYTHON'
import keras
import numpy as np
x = np.array([[0], [2], [4], [6]], dtype='float32')
norm = keras.layers.BatchNormalization(momentum=0.0)
norm(x, training=True)
variance = float(keras.ops.convert_to_numpy(norm.moving_variance)[0])
print('Keras on', keras.backend.backend(), variance)
assert abs(variance - 5) < 1e-3
PYTHON
KERAS_BACKEND=torch python/bin/python with-keras.py
KERAS_BACKEND=jax python/bin/python with-keras.py
python/bin/python - <<'PYTHON'
import torch, jax, jax.numpy as jnp, flax.linen as nn
x = torch.tensor([[0.], [2.], [4.], [6.]])
norm = torch.nn.BatchNorm1d(1, momentum=1.0)
norm(x)
print('PyTorch', norm.running_var.item())
assert abs(norm.running_var.item() - 20 / 3) < 1e-3
norm = nn.BatchNorm(use_running_average=False, momentum=0.0)
x = jnp.array([[0.], [2.], [4.], [6.]])
_, state = norm.apply(norm.init(jax.random.PRNGKey(0), x), x, mutable=['batch_stats'])
variance = float(state['batch_stats']['var'][0])
print('Flax', variance)
assert abs(variance - 5) < 1e-3
PYTHON
node - <<'NODE' 2>&1 | grep -v -e '^=*$' -e 'Hi, looks like' -e 'speed things up'
const assert = require('node:assert');
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
const { input, layers, model } = require('@tensorflow/tfjs-layers');
(async () => {
  const start = input({ shape: [1] });
  const norm = layers.batchNormalization({ momentum: 0 });
  const network = model({ inputs: start, outputs: norm.apply(start) });
  network.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const x = tf.tensor2d([[0], [2], [4], [6]]);
  await network.fit(x, x, { epochs: 1, batchSize: 4, verbose: 0 });
  const variance = norm.getWeights()[3].dataSync()[0];
  console.log('TensorFlow.js', variance);
  assert(Math.abs(variance - 5) < 1e-3);
  console.log('as stated above');
})();
NODE
