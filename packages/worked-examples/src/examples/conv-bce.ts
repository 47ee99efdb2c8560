/**
 * Note C: the convolution of notes A and D with a sigmoid at the output and binary cross-entropy. The note derives the
 * gradients of one weight (w00) and of one pixel in the middle (a21), which all four outputs see: the kernel, turned by
 * 180°, slides over the errors. The note is symbolic, so the numbers are our own.
 */
import { binaryCrossEntropy, conv2d, dense, flatten, sequential, sigmoid } from '@longhand/layers';
import data from '../notes/convolution.json' with { type: 'json' };
import { deriveTrainingStep } from '../training-step';
import { type Slip, workedExample } from '../worked-example';
import { denseSpelling, denseWeights, fourOf, gradientsOf, pixels, taps } from './convolution-names';

const networkWith = (trueConvolution: boolean) =>
  sequential({
    input: [4, 4, 1],
    layers: {
      convolution: conv2d({ outChannels: 1, kernel: 3, bias: false, trueConvolution }),
      sigmoid: sigmoid(),
      flatten: flatten(),
      dense: dense({ outFeatures: 1, bias: false }),
      output: sigmoid(),
    },
  });

const names = {
  input: pixels,
  target: ['yy'],
  layers: {
    convolution: { weight: taps, y: ['s0', 's1', 's2', 's3'], dWeight: gradientsOf(taps) },
    sigmoid: { y: fourOf('o') },
    dense: { weight: denseWeights, y: ['alpha'], dy: ['dL/dalpha'], dWeight: gradientsOf(denseWeights) },
    output: { y: ['y_out'], dy: ['dL/dy_out'] },
  },
  loss: 'L',
  dInput: gradientsOf(pixels),
};

const slips: readonly Slip[] = [
  {
    where: '∂L/∂a1',
    says: 'a1 as the pixel',
    correct: 'a21',
    evidence:
      'the taps w21, w20, w11, w10 are those that the four windows lay on row 2, column 1; only the name is wrong',
    quantity: 'dL/da21',
  },
];

export const convBce = workedExample({
  name: 'conv-bce',
  title: 'The same convolution with a sigmoid output and binary cross-entropy',
  about:
    'The gradient of every weight and of every pixel. The note derives those of w00 and a21 in symbols; the numbers are our own.',
  ownOrder: 'standard',
  ownDigits: 'exact',
  ownConvolution: 'cross-correlation',
  steps({ order, digits, convolution, givens }) {
    const { image, kernel, dense: denseValues, crossEntropyTarget } = data.givens;
    return deriveTrainingStep({
      network: networkWith(convolution === 'true-convolution'),
      loss: binaryCrossEntropy(),
      parameters: { 'convolution.weight': kernel, 'dense.weight': denseValues },
      input: image,
      target: crossEntropyTarget,
      names,
      spelling: {
        ...denseSpelling,
        alpha: { text: 'α', latex: '\\alpha' },
      },
      givens,
      order,
      digits,
    }).steps;
  },
  slips,
});
