#!/usr/bin/env bash
# ConvNetJS scales by the wrong factor when a dropout layer predicts.
#
# Guessed: with drop_prob 0.2, prediction multiplies by 0.8, the share of units that training keeps.
# Seen with convnetjs 0.3.0: prediction multiplies by 0.2, the share that training drops. Training itself keeps four of
# five units and does not scale them. So the two agree at drop_prob 0.5 alone; at 0.2 the next layer sees a quarter of
# what it learned on. A network carried over from ConvNetJS needs its dropout layers replaced by this very factor to
# give the same answers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund convnetjs@0.3.0
node - <<'NODE'
const assert = require('node:assert');
const { DropoutLayer, Vol } = require('convnetjs');
const layer = new DropoutLayer({ in_sx: 1, in_sy: 1, in_depth: 10000, drop_prob: 0.2 });
const ones = () => new Vol(1, 1, 10000, 1);
const predicted = layer.forward(ones(), false).w;
const trained = layer.forward(ones(), true).w;
const kept = trained.filter((value) => value !== 0);
console.log(`predicting: each unit times ${predicted[0]}; training: ${kept.length} of 10000 kept, times ${kept[0]}`);
assert(predicted.every((value) => value === 0.2), 'prediction no longer multiplies by the share of dropped units');
assert(kept.length > 7500 && kept.length < 8500 && kept.every((value) => value === 1));
console.log('as stated above');
NODE
