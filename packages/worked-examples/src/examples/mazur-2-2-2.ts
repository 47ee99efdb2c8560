/**
 * Matt Mazur's well-known example: two inputs, two hidden and two output units. One example, four answers: the error after
 * one step depends on when weights change and on whether biases are trained. The page prints 0.291027924, which is the
 * answer of sending the hidden errors back through weights that have already changed.
 */
import { dense, halfSquaredError, sequential, sigmoid } from '@longhand/layers';
import type { PrintedFigure, UpdateOrder } from '../derivation';
import data from '../notes/mazur-2-2-2.json' with { type: 'json' };
import { deriveTrainingStep } from '../training-step';
import { workedExample } from '../worked-example';

const network = sequential({
  input: [2],
  layers: {
    hidden: dense({ outFeatures: 2 }),
    hiddenSigmoid: sigmoid(),
    output: dense({ outFeatures: 2 }),
    outputSigmoid: sigmoid(),
  },
});

const biases = ['hidden.bias', 'output.bias'];

/** What becomes of the biases in each variant. */
const variants = {
  'biases fixed': { fixed: biases, shared: [] },
  'shared biases trained': { fixed: [], shared: biases },
  'one bias per neuron trained': { fixed: [], shared: [] },
} as const;

/** The figure that is known for the error after the step: each is of one variant and one order. */
function figureAfter(variant: string, order: UpdateOrder): Readonly<Record<string, PrintedFigure>> {
  const known = data.printed.error_after.find((figure) => figure.variant === variant && figure.order === order);
  return known === undefined ? {} : { error_after: { figure: known.figure } };
}

export const mazur222 = workedExample({
  name: 'mazur-2-2-2',
  title: 'Matt Mazur’s 2-2-2 network: one example, four answers',
  about:
    'One step of gradient descent, and the error after it. The printed 0.291027924 comes from sending the error back ' +
    'through the new weights; textbook order gives 0.291027774, and with biases trained, shared or one per neuron, 0.285750887 or 0.280471447.',
  ownOrder: 'update-then-propagate',
  ownDigits: 'exact',
  variants: Object.keys(variants),
  steps({ order, digits, variant, givens }) {
    const { input, target, learningRate, ...parameters } = data.givens;
    const { fixed, shared } = variants[variant as keyof typeof variants];
    const perNeuron = variant === 'one bias per neuron trained';
    return deriveTrainingStep({
      network,
      loss: halfSquaredError(),
      parameters,
      input,
      target,
      learningRate,
      names: {
        input: ['i1', 'i2'],
        target: ['target_o1', 'target_o2'],
        layers: {
          hidden: {
            weight: ['w1', 'w2', 'w3', 'w4'],
            bias: perNeuron ? ['b1_h1', 'b1_h2'] : ['b1', 'b1'],
            y: ['net_h1', 'net_h2'],
            dy: ['delta_h1', 'delta_h2'],
          },
          hiddenSigmoid: { y: ['out_h1', 'out_h2'] },
          output: {
            weight: ['w5', 'w6', 'w7', 'w8'],
            bias: perNeuron ? ['b2_o1', 'b2_o2'] : ['b2', 'b2'],
            y: ['net_o1', 'net_o2'],
            dy: ['delta_o1', 'delta_o2'],
          },
          outputSigmoid: { y: ['out_o1', 'out_o2'] },
        },
        loss: 'error_before',
        learningRate: 'eta',
        lossAfter: 'error_after',
      },
      spelling: {
        eta: { text: 'η', latex: '\\eta' },
        error_before: { text: 'E', latex: 'E' },
        error_after: { text: 'E⁺', latex: 'E^{+}' },
        ...Object.fromEntries(
          ['h1', 'h2', 'o1', 'o2'].map((unit) => [`delta_${unit}`, { text: `δ_${unit}`, latex: `\\delta_{${unit}}` }]),
        ),
      },
      printed: { error_before: data.printed.error_before, ...figureAfter(variant, order) },
      givens,
      fixed,
      shared,
      order,
      digits,
    }).steps;
  },
});
