#!/usr/bin/env bash
# jpeg-js decodes twelve-bit JPEG files to black and white.
#
# Guessed: extended sequential JPEG of twelve bits a sample (ITU T.81; scanners, X-rays) is scaled to eight bits, or refused.
# Seen with jpeg-js 0.4.4, a block of one gray level: the samples are treated as differences of an eight-bit picture, so that 3072 of
# 4095 (191 of 255) becomes 255 and 1024 (64) becomes 0. Only the sixteenth around the middle keeps its shades. No error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund jpeg-js@0.4.4
node - <<'NODE'
const assert = require('node:assert');
const jpeg = require('jpeg-js');

/** A gray JPEG of 8 x 8 pixels, all of them `middle + level`: one block, whose only coefficient is the mean. */
function oneLevel(precision, level) {
  const segment = (marker, ...bytes) => [0xff, marker, 0, bytes.length + 2, ...bytes];
  const size = level === 0 ? 0 : Math.floor(Math.log2(Math.abs(level))) + 1;
  const code = (value, length) => (length === 0 ? '' : value.toString(2).padStart(length, '0'));
  // Huffman codes: five bits for each of sixteen sizes of the mean, two zeros for the end of the block.
  const bits = code(size, 5) + code(level < 0 ? level + 2 ** size - 1 : level, size) + '00';
  const data = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1').match(/.{8}/g).map((byte) => Number.parseInt(byte, 2));
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...Array(64).fill(8)),
    ...segment(precision === 8 ? 0xc0 : 0xc1, precision, 0, 8, 0, 8, 1, 1, 0x11, 0),
    ...segment(0xc4, 0x00, ...[0, 0, 0, 0, 16], ...Array(11).fill(0), ...Array(16).keys()),
    ...segment(0xc4, 0x10, ...[0, 1], ...Array(14).fill(0), 0),
    ...segment(0xda, 1, 1, 0, 0, 63, 0),
    ...data.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte])),
    ...[0xff, 0xd9],
  ]);
}

const gray = (precision, level) => jpeg.decode(oneLevel(precision, level), { useTArray: true }).data[0];
const eight = [-64, 0, 64].map((level) => gray(8, level));
const twelve = [-1024, 0, 64, 1024].map((level) => gray(12, level));
console.log(`eight bits 64, 128, 192: ${eight}; twelve bits 1024, 2048, 2112, 3072 (64, 128, 132, 191 of 255): ${twelve}`);
assert.deepStrictEqual(eight, [64, 128, 192]);
assert.deepStrictEqual(twelve, [0, 128, 192, 255], 'twelve bits are read in another way now');
console.log('as stated above');
NODE
