#!/usr/bin/env bash
# npyjs gives the shape of an array stored in Fortran order, and its numbers in the other order.
#
# Guessed: the numbers of a .npy file with fortran_order set (what numpy.save writes for a transposed array, and for every
# array that came out of a MATLAB file, as the images of EMNIST and SVHN do) are put into the order of the shape, or the
# file is refused.
# Seen with npyjs 1.2.0: data and shape are returned as they stand in the file, with a flag fortranOrder beside them. Who
# reads data[row * columns + column], as with any other file, gets transposed images without an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts npyjs@1.2.0
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { parse } from 'npyjs';

// [[0, 1, 2], [3, 4, 5]] as numpy.save writes it: version 1.0, a header of text padded to 64 bytes, then the numbers.
function npy(fortran, values) {
  const text = `{'descr': '<f4', 'fortran_order': ${fortran}, 'shape': (2, 3), }`.padEnd(117) + '\n';
  const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0);
  return Buffer.concat([magic, Buffer.from(text), Buffer.from(Float32Array.from(values).buffer)]);
}
const read = (bytes) => parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const rows = await read(npy('False', [0, 1, 2, 3, 4, 5]));
const columns = await read(npy('True', [0, 3, 1, 4, 2, 5]));
const entry = ({ data, shape }, row, column) => data[row * shape[1] + column];
console.log('entry [0, 1]:', entry(rows, 0, 1), 'and', entry(columns, 0, 1), '- flag:', columns.fortranOrder);
assert.deepStrictEqual(rows.shape, columns.shape);
assert.strictEqual(entry(rows, 0, 1), 1);
assert.strictEqual(entry(columns, 0, 1), 3, 'Fortran order is now respected');
assert.strictEqual(columns.fortranOrder, true);
console.log('as stated above');
NODE
node look.mjs
