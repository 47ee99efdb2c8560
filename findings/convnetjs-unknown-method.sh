#!/usr/bin/env bash
# ConvNetJS from npm trains with momentum when it is asked for 'adam', or for anything else that it does not know.
#
# Guessed: the trainers that the project's page lists (adam and nesterov among them) are in the package, and another
# name is refused.
# Seen with convnetjs 0.3.0, a weight of 1 that learns x -> 0: 'adam', 'nesterov' and 'anything' take the very steps of 'sgd'
# with momentum 0.9, to the last bit. The package is older than the page; figures published as its Adam may be momentum's.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund convnetjs@0.3.0
node - <<'NODE'
const assert = require('node:assert');
const { Net, Trainer, Vol } = require('convnetjs');

/** The weight after each of four steps. */
function steps(method) {
  const net = new Net();
  net.makeLayers([{ type: 'input', out_sx: 1, out_sy: 1, out_depth: 1 }, { type: 'regression', num_neurons: 1 }]);
  const dense = net.layers.find((layer) => layer.layer_type === 'fc');
  dense.filters[0].w[0] = 1;
  const trainer = new Trainer(net, { method, learning_rate: 0.01, momentum: 0.9, batch_size: 1, l2_decay: 0 });
  return Array.from({ length: 4 }, () => {
    trainer.train(new Vol(1, 1, 1, 1), [0]);
    return dense.filters[0].w[0];
  });
}

for (const method of ['sgd', 'adam', 'nesterov', 'anything', 'adadelta']) console.log(method, steps(method).join(' '));
for (const method of ['adam', 'nesterov', 'anything']) assert.deepStrictEqual(steps(method), steps('sgd'), `${method} differs now`);
assert.notDeepStrictEqual(steps('adadelta'), steps('sgd'));
console.log('as stated above');
NODE
