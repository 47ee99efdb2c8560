#!/usr/bin/env bash
# Neataptic and Synaptic train by one and the same gradient, whatever cost function is chosen.
#
# Guessed: cost: MSE makes the mean squared error smaller, by its own gradient, and CROSS_ENTROPY by another.
# Seen with neataptic 1.4.7 and synaptic 1.1.4, two logistic units in a row: after one step both weights are the same for every cost
# function of the packages, and they are cross-entropy's: the output's error is taken as target minus output. The choice changes the number
# that is printed, and when training stops by it. Figures published as a comparison of their losses compare nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts neataptic@1.4.7 synaptic@1.1.4
cat > look.cjs <<'NODE'
const assert = require('node:assert');
const neataptic = require('neataptic');
const synaptic = require('synaptic');

const examples = [{ input: [1], output: [0.1] }];
const rate = 0.1;
/** The weight of the output after one step from weights of 0.5 and biases of 0. */
function neatapticStep(cost) {
  const network = new neataptic.architect.Perceptron(1, 1, 1);
  for (const node of network.nodes) node.bias = 0;
  for (const connection of network.connections) connection.weight = 0.5;
  network.train(examples, { iterations: 1, rate, cost, error: 0 });
  return network.connections[1].weight;
}
function synapticStep(cost) {
  const network = new synaptic.Architect.Perceptron(1, 1, 1);
  network.setOptimize(false);
  const connections = network.neurons().flatMap(({ neuron }) => Object.values(neuron.connections.projected));
  for (const { neuron } of network.neurons()) neuron.bias = 0;
  for (const connection of connections) connection.weight = 0.5;
  new synaptic.Trainer(network).train(examples, { iterations: 1, rate, cost, error: 0 });
  return connections[1].weight;
}
const logistic = (x) => 1 / (1 + Math.exp(-x));
const hidden = logistic(0.5);
const output = logistic(0.5 * hidden);
const crossEntropy = 0.5 - rate * (output - 0.1) * hidden;
const squaredError = 0.5 - rate * 2 * (output - 0.1) * output * (1 - output) * hidden;
console.log(`by hand: cross-entropy ${crossEntropy.toFixed(4)}, squared error ${squaredError.toFixed(4)}`);
for (const [library, costs, step] of [
  ['neataptic', neataptic.methods.cost, neatapticStep],
  ['synaptic', synaptic.Trainer.cost, synapticStep],
]) {
  const weights = Object.entries(costs).map(([name, cost]) => [name, step(cost)]);
  console.log(library, weights.map(([name, weight]) => `${name} ${weight.toFixed(4)}`).join(', '));
  for (const [name, weight] of weights) assert(Math.abs(weight - crossEntropy) < 1e-9, `${name} has a gradient of its own now`);
}
console.log('as stated above');
NODE
node look.cjs
