#!/usr/bin/env bash
# A data set of TensorFlow.js that is to be shuffled once is shuffled anew whenever it is read, so that test examples are trained on.
#
# Guessed: shuffle(size, seed, false), with reshuffleEachIteration false, has one order; take and skip then split it in two parts without a common
# example, as with tf.data in Python.
# Seen with @tensorflow/tfjs 4.22.0: the option changes which orders come, and not that another comes each time. Of 100 examples, shuffled
# so, the last 80 for training and the first 20 for validation, most of the 20 are among the 80; and after some epochs all 100 have been trained
# on. Split before shuffling.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import * as tf from '@tensorflow/tfjs';

const examples = Array.from({ length: 100 }, (_, index) => index);
const shuffled = tf.data.array(examples).shuffle(100, 'seed', false);
const [training, validation] = [shuffled.skip(20), shuffled.take(20)];
const epochs = [];
for (let epoch = 0; epoch < 10; epoch++) epochs.push(await training.toArray());
const first = new Set(epochs[0]);
const common = (await validation.toArray()).filter((example) => first.has(example)).length;
const seen = new Set(epochs.flat()).size;
console.log(`of 20 for validation, ${common} were in the first epoch; in ten epochs, ${seen} of 100 were trained on`);
assert.notDeepStrictEqual(epochs[0], epochs[1], 'there is one order now');
assert(common > 10);
assert.strictEqual(seen, 100);
console.log('as stated above');
NODE
node look.mjs 2>&1 | grep -v -e '^$' -e 'Hi, looks like' -e '^=*$'
