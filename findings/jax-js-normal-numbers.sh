#!/usr/bin/env bash
# jax-js draws JAX's uniform numbers from a key, and other normal numbers.
#
# Guessed: one key, one sequence: since keys, split and uniform give the very numbers of JAX, normal does so too, and weights that
# are drawn in both start alike.
# Seen with @jax-js/jax 0.1.25 and JAX 0.10.2: uniform from key 0 gives 0.9476670, 0.9785799, 0.3322915 in both. normal gives
# 1.9200, 0.6291, -0.6260 in jax-js and 1.6226, 2.0253, -0.4336 in JAX. To start alike, draw uniform numbers and transform them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet jax==0.10.2
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @jax-js/jax@0.1.25
cat > in-jax.py <<'PYTHON'
import json
import jax
key = jax.random.key(0)
print(json.dumps([jax.random.uniform(key, (3,)).tolist(), jax.random.normal(key, (3,)).tolist()]))
PYTHON
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { defaultDevice, init, random } from '@jax-js/jax';

const [uniform, normal] = JSON.parse(process.argv[2]);
await init('cpu');
defaultDevice('cpu');
const mine = { uniform: random.uniform(random.key(0), [3]).js(), normal: random.normal(random.key(0), [3]).js() };
console.log('jax-js', mine, '- JAX', { uniform, normal });
const near = (a, b) => a.every((value, at) => Math.abs(value - b[at]) < 1e-5);
assert(near(mine.uniform, uniform), 'uniform numbers differ');
assert(!near(mine.normal, normal), 'normal numbers are those of JAX now');
console.log('as stated above');
NODE
node look.mjs "$(python/bin/python in-jax.py)"
