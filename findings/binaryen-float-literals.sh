#!/usr/bin/env bash
# Binaryen rounds the f32 constants of WebAssembly text twice, and makes infinity of one that is finite.
#
# Guessed: f32.const takes the nearest float32 of what is written, as the WebAssembly specification has it, so that wabt and Binaryen
# make the same bytes of the same text.
# Seen with binaryen 132.0.0 and wabt 1.0.39: Binaryen rounds to float64 first, and that to float32. Numbers close to the middle of two floats go to
# the other one: 1.00000005960464477539062500000001 becomes 1, which wabt makes 1.0000001; 340282356779733661637539395458142568447, which is
# nearest to the largest float, becomes infinity. Hexadecimal ones likewise: 0x1.00000100000001p0. Constants written with at most
# nine digits, as tools print them, are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts binaryen@132.0.0 wabt@1.0.39
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import binaryen from 'binaryen';
import wabt from 'wabt';

const { parseWat } = await wabt();
const constant = (bytes) => new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.constant();
for (const [literal, nearest, twice] of [
  ['1.00000005960464477539062500000001', 1 + 2 ** -23, 1],
  ['0x1.00000100000001p0', 1 + 2 ** -23, 1],
  ['1.00000017881393432617187499', 1 + 2 ** -23, 1 + 2 ** -22],
  ['340282356779733661637539395458142568447', 2 ** 128 - 2 ** 104, Infinity],
  ['0.1', Math.fround(0.1), Math.fround(0.1)],
]) {
  const text = `(module (func (export "constant") (result f32) (f32.const ${literal})))`;
  const [one, other] = [parseWat('constant.wat', text).toBinary({}).buffer, binaryen.parseText(text).emitBinary()].map(constant);
  console.log(`${literal}: wabt ${one}, Binaryen ${other}`);
  assert.strictEqual(one, nearest);
  assert.strictEqual(other, twice, 'Binaryen rounds otherwise now');
}
console.log('as stated above');
NODE
node look.mjs
