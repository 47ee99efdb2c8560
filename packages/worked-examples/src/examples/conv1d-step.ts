/**
 * Note B: one whole training step of a one-dimensional convolutional network. Two numbers, a true convolution with two
 * kernels under SAME padding, a second one over the four values laid end to end, a dense layer, softmax with
 * cross-entropy. The note changes a layer's weights before it sends the error back through them, and rounds every named
 * quantity to three decimals: both can be switched off.
 */
import { conv1d, dense, flatten, reshape, sequential, softmaxCrossEntropy } from '@longhand/layers';
import type { PrintedFigure } from '../derivation';
import data from '../notes/conv1d-step.json' with { type: 'json' };
import { deriveTrainingStep } from '../training-step';
import { type Slip, workedExample } from '../worked-example';

const networkWith = (trueConvolution: boolean) =>
  sequential({
    input: [2, 1],
    layers: {
      first: conv1d({ outChannels: 2, kernel: 3, padding: 'same', trueConvolution }),
      endToEnd: reshape({ shape: [4, 1] }),
      second: conv1d({ outChannels: 1, kernel: 3, trueConvolution }),
      flatten: flatten(),
      dense: dense({ outFeatures: 2 }),
    },
  });

/** Memory has the channels of a position side by side: CC1 and CC3 belong to the first position. */
const maps = [1, 3, 2, 4];

const names = {
  input: ['i11', 'i12'],
  target: ['target_o1', 'target_o2'],
  layers: {
    first: {
      weight: ['KK11', 'KK12', 'KK13', 'kk11', 'kk12', 'kk13'],
      bias: ['bb1', 'bb2'],
      y: maps.map((map) => `out_CC${map}`),
      dy: maps.map((map) => `coef_CC${map}`),
    },
    second: { weight: ['k11', 'k12', 'k13'], bias: ['b1'], y: ['out_C1', 'out_C2'], dy: ['coef_c1', 'coef_c2'] },
    dense: {
      weight: ['w1', 'w2', 'w3', 'w4'],
      bias: ['dense_b1', 'dense_b2'],
      y: ['in_o1', 'in_o2'],
      dy: ['coef_o1', 'coef_o2'],
    },
  },
  prediction: ['out_o1', 'out_o2'],
  loss: 'loss',
  learningRate: 'alpha',
};

const spelling = {
  alpha: { text: 'α', latex: '\\alpha' },
  loss: 'L',
  // The note calls the biases of two layers b1.
  dense_b1: { text: 'dense_b1', latex: 'b_{1,\\mathrm{dense}}' },
  dense_b2: { text: 'dense_b2', latex: 'b_{2,\\mathrm{dense}}' },
};

/** The activations are linear: what goes into one comes out of it. */
const aliases = Object.fromEntries(
  ['CC1', 'CC2', 'CC3', 'CC4', 'C1', 'C2'].map((name) => [`out_${name}`, [`in_${name}`]]),
);

const slips: readonly Slip[] = [
  {
    where: 'in_CC1',
    says: 'KK11·0 as the first term',
    correct: 'KK13·0',
    evidence: 'the kernel is laid on turned, as in in_CC2; the padding is 0, so the figure is right all the same',
    wrong: (v) => v('KK11') * 0 + v('KK12') * v('i11') + v('KK11') * v('i12') + v('bb1'),
    right: 'out_CC1',
  },
  {
    where: 'in_CC3',
    says: 'the first kernel, KK, and bb1',
    correct: 'the second kernel, kk, and bb2',
    evidence: 'the figures of the second layer need 0.08',
    wrong: (v) => v('KK12') * v('i11') + v('KK11') * v('i12') + v('bb1'),
    right: 'out_CC3',
  },
  {
    where: 'in_CC4',
    says: 'the first kernel, KK, and bb1',
    correct: 'the second kernel, kk, and bb2',
    evidence: 'the figures of the second layer need 0.05',
    wrong: (v) => v('KK13') * v('i11') + v('KK12') * v('i12') + v('bb1'),
    right: 'out_CC4',
  },
  {
    where: 'in_C2',
    says: 'out_CC1, out_CC2, out_CC4 as operands (written C1, C2, C4)',
    correct: 'out_CC2, out_CC3, out_CC4',
    evidence: 'the window has moved on by one; 0.042 is used further down',
    wrong: (v) => v('k13') * v('out_CC1') + v('k12') * v('out_CC2') + v('k11') * v('out_CC4') + v('b1'),
    right: 'out_C2',
  },
  {
    where: 'w3',
    says: 'out_C4 = 0.058 as the operand',
    correct: 'out_C1 = 0.034',
    evidence: 'there is no fourth value in that layer, and the printed -0.106 needs 0.034',
    wrong: (v) => v('w3') - v('alpha') * v('coef_o2') * 0.058,
    right: 'w3_new',
  },
  {
    where: 'w4',
    says: 'out_C3 as the operand, with the figure 0.042',
    correct: 'out_C2, whose figure is 0.042',
    evidence: 'there is no third value in that layer; the figure is the right one, only the name is not',
    quantity: 'w4_new',
  },
  {
    where: 'w4',
    says: 'w4 starts at -0.1',
    correct: 'w4 starts at -0.2',
    evidence: 'coef_c2 = -0.144 needs -0.207 as the new w4',
    wrong: (v) => -0.1 - v('alpha') * v('coef_o2') * v('out_C2'),
    right: 'w4_new',
  },
  {
    where: 'b1 of the dense layer',
    says: 'b1 starts at 0.1',
    correct: 'b1 starts at 0.3',
    evidence: 'the printed 0.475 needs 0.3',
    wrong: (v) => 0.1 - v('alpha') * v('coef_o1'),
    right: 'dense_b1_new',
  },
  {
    where: 'b2 of the dense layer',
    says: 'b2 starts at -0.1',
    correct: 'b2 starts at -0.3',
    evidence: 'the printed -0.475 needs -0.3',
    wrong: (v) => -0.1 - v('alpha') * v('coef_o2'),
    right: 'dense_b2_new',
  },
  {
    where: 'b2 of the dense layer',
    says: 'coef_o1 in the update',
    correct: 'coef_o2',
    evidence: 'the second bias belongs to the second output; the printed -0.475 needs coef_o2',
    wrong: (v) => v('dense_b2') - v('alpha') * v('coef_o1'),
    right: 'dense_b2_new',
  },
  {
    where: 'k12',
    says: '0.05 as the second operand',
    correct: 'out_CC3 = 0.08',
    evidence: 'the formula itself names out_CC3, and k12 is 0.208 further down',
    wrong: (v) => v('k12') - v('alpha') * (v('coef_c1') * v('out_CC2') + v('coef_c2') * 0.05),
    right: 'k12_new',
  },
  {
    where: 'coef_CC2',
    says: '0.17 as the second weight',
    correct: 'k13 = 0.307',
    evidence: 'the printed -0.060 needs 0.307',
    wrong: (v) => v('coef_c1') * v('k12_new') + v('coef_c2') * 0.17,
    right: 'coef_CC2',
  },
  ...(
    [
      ['KK11', 'coef_CC1', 0, 'i11 (0.1) with coef_CC1'],
      ['KK12', 'coef_CC1', 'coef_CC2', 'i11 (0.1) with coef_CC2'],
      ['kk11', 'coef_CC3', 'coef_CC4', 'i11 (0.1) with coef_CC3, and again with coef_CC4'],
      ['kk12', 'coef_CC3', 'coef_CC4', 'i11 (0.1) with coef_CC4'],
    ] as const
  ).map(
    ([weight, first, second, says]): Slip => ({
      where: weight,
      says,
      correct: weight.endsWith('11') ? `i12 (0.2) with ${first}, and 0 with the other` : `i12 (0.2) with ${second}`,
      evidence:
        weight === 'kk11'
          ? 'the kernel is laid on turned, so its first tap meets i12; with 0.1 it would be 0.303, not the printed 0.304'
          : weight === 'kk12'
            ? 'the kernel is laid on turned, and in_CC4 says which input this tap meets with it'
            : 'the kernel is laid on turned, and in_CC1 and in_CC2 say which input each tap meets',
      wrong: (v) => v(weight) - v('alpha') * (v(first) * v('i11') + (second === 0 ? 0 : v(second) * v('i11'))),
      right: `${weight}_new`,
    }),
  ),
];

export const conv1dStep = workedExample({
  name: 'conv1d-step',
  title: 'One training step of a one-dimensional convolutional network',
  about: 'Two numbers go through two convolutions and a dense layer; the error comes back and every weight is changed.',
  aboutGivens: data.aboutGivens,
  manner({ order, digits }) {
    const first =
      order === 'standard'
        ? 'In textbook order, the error goes back through the old weights, while the note changes a layer’s weights first'
        : 'As in the note, a layer’s weights are changed first, and the error goes back through the new ones';
    const rounding =
      digits === 3
        ? 'As in the note, every named quantity is rounded to three decimals.'
        : 'Nothing is rounded, while the note rounds to three decimals.';
    return `${first}. ${rounding}`;
  },
  ownOrder: 'update-then-propagate',
  ownDigits: 3,
  ownConvolution: 'true-convolution',
  steps({ order, digits, convolution, givens }) {
    const { input, target, learningRate, ...parameters } = data.givens;
    return deriveTrainingStep({
      network: networkWith(convolution === 'true-convolution'),
      loss: softmaxCrossEntropy(),
      parameters,
      input,
      target,
      learningRate,
      names,
      spelling,
      aliases,
      printed: data.printed as Readonly<Record<string, PrintedFigure>>,
      givens,
      order,
      digits,
    }).steps;
  },
  slips,
});
