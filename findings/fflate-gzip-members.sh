#!/usr/bin/env bash
# fflate's gunzipSync returns a part of a gzip file that was written in several members.
#
# Guessed: all members are decompressed, one after the other, as gzip (RFC 1952, section 2.2), Python and Node do it; or at least the first
# is whole.
# Seen with fflate 0.8.3: of two members, 1 2 3 and 4 5, it returns 1 2: the first member, cut to the length that the last one
# states. Files joined by `cat a.gz b.gz` are of this kind, and so are those of tools that compress in independent blocks. No error, no warning.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund fflate@0.8.3
node - <<'NODE'
const assert = require('node:assert');
const zlib = require('node:zlib');
const { gunzipSync, gzipSync } = require('fflate');
const file = Uint8Array.from([...gzipSync(Uint8Array.of(1, 2, 3)), ...gzipSync(Uint8Array.of(4, 5))]);
const [fflate, node] = [[...gunzipSync(file)], [...zlib.gunzipSync(file)]];
console.log(`fflate ${fflate}; Node ${node}`);
assert.deepStrictEqual(node, [1, 2, 3, 4, 5]);
assert.deepStrictEqual(fflate, [1, 2], 'fflate gives something else now');
console.log('as stated above');
NODE
