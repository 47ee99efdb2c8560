#!/usr/bin/env bash
# hyparquet hands out the pictures of a Parquet data set as damaged text, unless it is asked not to.
#
# Guessed: a column of raw bytes (Parquet's BYTE_ARRAY without a logical type, as image data sets on Hugging Face store
# their PNG files) arrives as a Uint8Array.
# Seen with hyparquet 1.33.0: it arrives as a string, decoded as UTF-8. Every byte that is no UTF-8 becomes a replacement
# character, so the PNG cannot be had back. With { utf8: false } the bytes are whole, and columns that declare
# themselves as text are still strings.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts hyparquet@1.33.0 hyparquet-writer@0.17.0
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';

// The first bytes of any PNG file, then bytes as compressed pixels have them.
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff, 0xc8, 0x00, 0x80);
const file = parquetWriteBuffer({
  columnData: [
    { name: 'bytes', data: [png], type: 'BYTE_ARRAY' },
    { name: 'path', data: ['7.png'], type: 'STRING' },
  ],
});
const [plain] = await parquetReadObjects({ file });
const [whole] = await parquetReadObjects({ file, utf8: false });
console.log('by default:', typeof plain.bytes, '- with utf8: false:', whole.bytes.constructor.name, typeof whole.path);
assert.strictEqual(typeof plain.bytes, 'string', 'bytes are no longer decoded as text');
assert.notDeepStrictEqual(new TextEncoder().encode(plain.bytes), png, 'the text holds the bytes again');
assert.deepStrictEqual(Uint8Array.from(whole.bytes), png);
assert.strictEqual(whole.path, '7.png');
console.log('as stated above');
NODE
node look.mjs
