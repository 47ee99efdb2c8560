#!/usr/bin/env bash
# UPNG.js shears gray images of 1, 2 and 4 bits.
#
# Guessed: toRGBA8 gives the gray levels of the file, row by row, as it does for eight bits.
# Seen with upng-js 2.1.0: in gray images under eight bits, each row of a PNG file is padded to whole bytes, and toRGBA8
# takes the padding for pixels. The first row is right, and all further rows are displaced, where the width does not
# fill whole bytes. Scanned digits saved with one bit come out sheared, without an error. pngjs 7.0.0 reads the same
# files right, and so does upng-js when the width fills whole bytes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund upng-js@2.1.0 pngjs@7.0.0
node - <<'NODE'
const assert = require('node:assert');
const { crc32: nodeCrc, deflateSync } = require('node:zlib');
const UPNG = require('upng-js');
const { PNG } = require('pngjs');

const crc32 = nodeCrc ?? ((bytes) => {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
});
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
/** A gray PNG file of rows of samples. */
function png(bits, rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(rows[0].length, 0);
  header.writeUInt32BE(rows.length, 4);
  header[8] = bits;
  const lines = rows.map((row) => {
    const line = row.map((sample) => sample.toString(2).padStart(bits, '0')).join('');
    const whole = line.padEnd(Math.ceil(line.length / 8) * 8, '0');
    return Buffer.from([0, ...whole.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2))]);
  });
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(lines))), chunk('IEND', Buffer.alloc(0))]);
}
const grays = (rgba) => Array.from(rgba).filter((_, index) => index % 4 === 0);
for (const bits of [1, 2, 4]) {
  const most = 2 ** bits - 1;
  const rows = [[0, 0, 0, 0, most], [most, 0, 0, 0, 0]];
  const right = rows.flat().map((sample) => (sample * 255) / most);
  const bytes = png(bits, rows);
  const upng = grays(new Uint8Array(UPNG.toRGBA8(UPNG.decode(bytes))[0]));
  console.log(`${bits} bits, second row: file ${right.slice(5)}, upng-js ${upng.slice(5)}`);
  assert.deepStrictEqual(grays(PNG.sync.read(bytes).data), right);
  assert.deepStrictEqual(upng.slice(0, 5), right.slice(0, 5));
  assert.notDeepStrictEqual(upng, right, 'upng-js reads these files right now');
}
const even = [[0, 1, 0, 1, 0, 1, 0, 1], [1, 1, 1, 1, 0, 0, 0, 0]];
assert.deepStrictEqual(grays(new Uint8Array(UPNG.toRGBA8(UPNG.decode(png(1, even)))[0])), even.flat().map((bit) => bit * 255));
console.log('as stated above');
NODE
