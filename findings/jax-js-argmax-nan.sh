#!/usr/bin/env bash
# argmax in jax-js answers with an index outside the array when a NaN is in it.
#
# Guessed: the index of the NaN, as JAX, NumPy and PyTorch have it, or of the largest number.
# Seen with @jax-js/jax 0.1.25 (cpu and wasm backends): the length of the array, for argmax and argmin, wherever the NaN
# lies. Used as a class, it is an eleventh digit; used to gather, it reads past the end. Ask whether the scores are finite
# before asking which is largest.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @jax-js/jax@0.1.25
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { defaultDevice, init, numpy as np } from '@jax-js/jax';

for (const device of ['cpu', 'wasm']) {
  await init(device);
  defaultDevice(device);
  const answers = [np.argmax(np.array([1, NaN, 3])), np.argmax(np.array([NaN, 1, 3])), np.argmin(np.array([1, NaN, 3]))];
  const indices = answers.map((answer) => answer.js());
  console.log(device, 'three numbers, index', indices);
  assert.deepStrictEqual(indices, [3, 3, 3], 'the index lies inside now');
  assert.strictEqual(np.argmax(np.array([1, 2, 3])).js(), 2);
}
console.log('as stated above');
NODE
node look.mjs
