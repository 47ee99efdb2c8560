#!/usr/bin/env bash
# TensorFlow.js turns pictures about a point half a pixel below and right of their center.
#
# Guessed: tf.image.rotateWithOffset, by half a turn about the center that it has unless told (0.5, 0.5), gives the picture upside down, and flipping it
# both ways gives it back.
# Seen with @tensorflow/tfjs and @tensorflow/tfjs-backend-wasm 4.22.0: positions of pixels are counted from 0, and the center as if from an edge:
# 28 / 2 is 14, where the middle of the pixels 0 to 27 is 13.5. Half a turn moves the picture a pixel down and right, and loses its last row
# and column; a quarter turn moves it by a pixel, and the small angles of data augmentation by less. A center of 13.5 / 28 is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

setWasmPaths(`${path.dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))}/`);
const rows = (image) => image.arraySync()[0].map((row) => row.map(([value]) => value).join(' ')).join(' / ');
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend);
  const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
  const turned = rows(tf.image.rotateWithOffset(image, Math.PI));
  const moved = rows(tf.image.rotateWithOffset(image, Math.PI, 0, 1 / 3));
  console.log(`${backend}: half a turn of 1 to 9: ${turned}; about the middle pixel: ${moved}`);
  assert.strictEqual(turned, '0 0 0 / 0 9 8 / 0 6 5', 'the center has moved');
  assert.strictEqual(moved, '9 8 7 / 6 5 4 / 3 2 1');
}
console.log('as stated above');
NODE
node look.mjs 2>&1 | grep -v -e '^$' -e 'Hi, looks like' -e '^=*$'
