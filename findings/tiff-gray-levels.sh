#!/usr/bin/env bash
# Gray TIFF files of scanners come out black from utif2, and as negatives from decode-tiff.
#
# Guessed: the gray levels that TIFF 6.0 asks a baseline reader to know (4 and 8 bits, black or white as zero) become RGBA as Pillow reads
# them; what is not supported is refused, as decode-tiff does it with black and white.
# Seen with utif2 4.1.0: 4 bits with black as zero are all black, though 4 bits with white as zero, and 1, 2 and 8 bits, are right. With
# decode-tiff 0.2.1: 8 bits with white as zero are not turned around, so that ink is white. Neither gives an error. Scanned forms, such as those
# that MNIST was made from, are often of these kinds.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts utif2@4.1.0 decode-tiff@0.2.1
cat > look.cjs <<'NODE'
const assert = require('node:assert');
const utif = require('utif2');
const { decode } = require('decode-tiff');

/** A gray TIFF file of one strip, four pixels wide and high one. */
function tiff(bits, photometric, pixels) {
  const tags = [[256, 4], [257, 1], [258, bits], [259, 1], [262, photometric], [273, 8], [277, 1], [278, 1], [279, pixels.length]];
  const start = 8 + pixels.length;
  const file = Buffer.alloc(start + 2 + tags.length * 12 + 4);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(start, 4);
  file.set(pixels, 8);
  file.writeUInt16LE(tags.length, start);
  for (const [index, [tag, value]] of tags.entries()) {
    const at = start + 2 + index * 12;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(4, at + 2);
    file.writeUInt32LE(1, at + 4);
    file.writeUInt32LE(value, at + 8);
  }
  return file;
}
const reds = (rgba) => Array.from({ length: 4 }, (_, pixel) => rgba[4 * pixel]).join(' ');
function readByUtif(file) {
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
  const [image] = utif.decode(bytes);
  utif.decodeImage(bytes, image);
  return reds(utif.toRGBA8(image));
}
const [whiteIsZero, blackIsZero] = [0, 1];
const four = { black: tiff(4, blackIsZero, [0x05, 0xaf]), white: tiff(4, whiteIsZero, [0xfa, 0x50]) };
const eight = { black: tiff(8, blackIsZero, [0, 85, 170, 255]), white: tiff(8, whiteIsZero, [255, 170, 85, 0]) };
console.log(`utif2, 4 bits: black as zero ${readByUtif(four.black)}, white as zero ${readByUtif(four.white)}`);
assert.strictEqual(readByUtif(four.white), '0 85 170 255');
assert.strictEqual(readByUtif(eight.black), '0 85 170 255');
assert.strictEqual(readByUtif(four.black), '0 0 0 0', 'utif2 reads four bits now');
const [black, white] = [eight.black, eight.white].map((file) => reds(decode(file).data));
console.log(`decode-tiff, 8 bits: black as zero ${black}, white as zero ${white}`);
assert.strictEqual(black, '0 85 170 255');
assert.strictEqual(white, '255 170 85 0', 'decode-tiff turns such files around now');
console.log('as stated above');
NODE
node look.cjs
