#!/usr/bin/env bash
# jsfive leaves holes where an HDF5 file says a fill value once for all numbers that nobody wrote.
#
# Guessed: a data set that was made with its final size and filled in parts, as collections of images are, reads as h5py
# reads it: parts that were never written are the fill value, zero unless the file names another.
# Seen with jsfive 0.4.2: the list that comes has holes there, which are undefined, and NaN as soon as they are put into a
# Float32Array; a set of which nothing was written comes without any numbers, or with holes alone. No error tells. h5wasm
# 0.10.3 gives the fill values.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet h5py==3.16.0
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts jsfive@0.4.2 h5wasm@0.10.3
python/bin/python - <<'PYTHON'
import h5py

with h5py.File("parts.h5", "w") as file:
    part = file.create_dataset("part", shape=(6,), dtype="f4", chunks=(2,), fillvalue=7)
    part[0:2] = [1, 2]
    part[4:6] = [5, 6]
    grown = file.create_dataset("grown", shape=(2,), maxshape=(None,), dtype="f4", data=[1, 1])
    grown.resize((5,))
    file.create_dataset("whole", shape=(4,), dtype="f4")
    assert part[:].tolist() == [1, 2, 7, 7, 5, 6] and grown[:].tolist() == [1, 1, 0, 0, 0]
PYTHON
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import * as h5wasm from 'h5wasm/node';
import * as jsfive from 'jsfive';

const bytes = readFileSync('parts.h5');
const file = new jsfive.File(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), 'parts.h5');
const read = (name) => [...Float32Array.from({ length: file.get(name).shape[0], ...file.get(name).value })];
console.log('part', read('part'), 'grown', read('grown'), 'whole', read('whole'));
assert.deepStrictEqual(read('part'), [1, 2, Number.NaN, Number.NaN, 5, 6]);
assert.deepStrictEqual(read('grown'), [1, 1, Number.NaN, Number.NaN, Number.NaN]);
assert.deepStrictEqual(read('whole'), [Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
await h5wasm.ready;
const other = new h5wasm.File('parts.h5', 'r');
assert.deepStrictEqual([...other.get('part').value], [1, 2, 7, 7, 5, 6]);
assert.deepStrictEqual([...other.get('grown').value], [1, 1, 0, 0, 0]);
console.log('as stated above');
NODE
node look.mjs
