#!/usr/bin/env bash
# ml-confusion-matrix has its rows in the order in which the labels happen to come.
#
# Guessed: the matrix of the labels 0 to 9 has row 0 for the class 0, as scikit-learn, TensorFlow and torchmetrics have it.
# Seen with ml-confusion-matrix 2.0.0: the first label that occurs is row 0. MNIST's test set begins with 7, 2, 1, 0, so
# that row 0 holds the sevens, and the matrices of two test sets cannot be added or compared entry by entry.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ml-confusion-matrix@2.0.0
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { ConfusionMatrix } from 'ml-confusion-matrix';

// The first labels of MNIST's test set; one 4 is taken for a 9.
const labels = [7, 2, 1, 0, 4, 1, 4, 9, 5, 9];
const predicted = [7, 2, 1, 0, 9, 1, 4, 9, 5, 9];
const confusion = ConfusionMatrix.fromLabels(labels, predicted);
console.log(confusion.labels, confusion.matrix);
assert.deepStrictEqual(confusion.labels, [7, 2, 1, 0, 4, 9, 5]);
assert.deepStrictEqual(confusion.matrix[4], [0, 0, 0, 0, 1, 1, 0]);
console.log('as stated above');
NODE
node look.mjs
