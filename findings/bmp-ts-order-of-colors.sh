#!/usr/bin/env bash
# bmp-ts ignores its option toRGBA for pictures with a palette of 256 colors.
#
# Guessed: decode(file, { toRGBA: true }) gives red, green, blue and alpha for every kind of BMP, as it does for 24 bits.
# Seen with bmp-ts 1.0.9: with eight bits a pixel the bytes come as alpha, blue, green, red with the option and without. Read as
# RGBA, alpha (0) is taken for red, and red for alpha.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bmp-ts@1.0.9
node - <<'NODE'
const assert = require('node:assert');
const { decode } = require('bmp-ts');

/** Four pixels, each blue 10, green 20, red 30, of 8 bits with a palette or of 24 bits without. */
function picture(bits) {
  const palette = bits === 8 ? Array.from({ length: 256 }, () => [10, 20, 30, 0]).flat() : [];
  const rows = bits === 8 ? Array(2).fill([0, 0, 0, 0]).flat() : Array(2).fill([10, 20, 30, 10, 20, 30, 0, 0]).flat();
  const header = Buffer.alloc(54);
  header.write('BM');
  for (const [at, value] of [[2, 54 + palette.length + rows.length], [10, 54 + palette.length], [14, 40], [18, 2], [22, 2], [34, rows.length]])
    header.writeUInt32LE(value, at);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  return Buffer.from([...header, ...palette, ...rows]);
}

const first = (bits, options) => [...decode(picture(bits), options).data.subarray(0, 4)];
const seen = [8, 24].map((bits) => ({ bits, plain: first(bits), rgba: first(bits, { toRGBA: true }) }));
console.log(seen);
assert.deepStrictEqual(seen[1].rgba.slice(0, 3), [30, 20, 10]);
assert.deepStrictEqual(seen[0].rgba, seen[0].plain, 'the option counts for palettes now');
assert.deepStrictEqual(seen[0].rgba, [0, 10, 20, 30]);
console.log('as stated above');
NODE
