#!/usr/bin/env bash
# ReLU's derivative at exactly zero is 1 in jax-js.
#
# Guessed: 0, as in JAX, PyTorch, TensorFlow and TensorFlow.js.
# Seen with @jax-js/jax 0.1.25 (cpu and wasm backends): 1 at zero, and 1 at both ends of relu6, where JAX has 0. Exact
# zeros are no rarity: before the first step biases are zero, and a convolution over the black border of a digit gives
# zero, so gradients of the same weights differ from JAX's from the first step on.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @jax-js/jax@0.1.25
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { defaultDevice, grad, init, nn, numpy as np } from '@jax-js/jax';

for (const device of ['cpu', 'wasm']) {
  await init(device);
  defaultDevice(device);
  const relu = grad((x) => nn.relu(x).sum())(np.array([-1, 0, 1])).js();
  const relu6 = grad((x) => nn.relu6(x).sum())(np.array([0, 3, 6, 7])).js();
  console.log(device, 'relu at -1, 0, 1:', relu, '- relu6 at 0, 3, 6, 7:', relu6);
  assert.deepStrictEqual(relu, [0, 1, 1], 'the derivative at zero has changed');
  assert.deepStrictEqual(relu6, [1, 1, 1, 0]);
}
console.log('as stated above');
NODE
node look.mjs
