/**
 * Notes A and D: a 3×3 convolution over a 4×4 image, sigmoid, a dense layer, squared error. The notes derive the gradients
 * of one weight (w11) and one pixel (a00); here are all of them. They are symbolic, so the numbers are our own.
 */
import { conv2d, dense, flatten, meanSquaredError, sequential, sigmoid } from '@longhand/layers';
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
    },
  });

const names = {
  input: pixels,
  target: ['y'],
  layers: {
    convolution: { weight: taps, y: fourOf('z'), dWeight: gradientsOf(taps) },
    sigmoid: { y: fourOf('O') },
    dense: { weight: denseWeights, y: ['y_hat'], dy: ['dL/dy_hat'], dWeight: gradientsOf(denseWeights) },
  },
  loss: 'L',
  dInput: gradientsOf(pixels),
};

/** z_ij with its last tap written as the note has it: the row's last pixel but one beside w02. */
function withLastTap(z: string, pixel: string): Slip {
  const [row, column] = [Number(z[1]), Number(z[2])];
  const last = `a${row + 2}${column + 2}`;
  return {
    where: `${z} (note A)`,
    says: `${pixel}·w02 as the last term`,
    correct: `${last}·w22`,
    evidence:
      'the last term of a 3×3 window is its lower right corner; the first row ends with that very product already',
    wrong: (v) => v(z) - v(last) * v('w22') + v(pixel) * v('w02'),
    right: z,
  };
}

/** dL/dw11 with other factors in some terms. */
function gradientWith(
  pixelOf: (z: string) => string,
  slopeOf = (o: string, v: (id: string) => number) => v(o) * (1 - v(o)),
) {
  return (v: (id: string) => number): number => {
    const terms = fourOf('O').map((o, at) => v(denseWeights[at]) * slopeOf(o, v) * v(pixelOf(o)));
    return -2 * (v('y') - v('y_hat')) * terms.reduce((sum, term) => sum + term, 0);
  };
}

/** The pixel that w11 meets in the window of an output. */
const metByCenter = (o: string): string => `a${Number(o[1]) + 1}${Number(o[2]) + 1}`;

const slips: readonly Slip[] = [
  withLastTap('z00', 'a02'),
  withLastTap('z01', 'a03'),
  withLastTap('z10', 'a12'),
  withLastTap('z11', 'a13'),
  {
    where: 'z01 (note A)',
    says: 'a01·w10 as the first term',
    correct: 'a01·w00',
    evidence: 'the first term of every window is its upper left corner',
    wrong: (v) => v('z01') - v('a01') * v('w00') + v('a01') * v('w10'),
    right: 'z01',
  },
  {
    where: '∂L/∂w11 (note A)',
    says: 'a11, a12, a11, a12 as the pixels',
    correct: 'a11, a12, a21, a22, as note D has it',
    evidence: 'the lower windows see the row below',
    wrong: gradientWith((o) => `a1${Number(o[2]) + 1}`),
    right: 'dL/dw11',
  },
  {
    where: '∂L/∂w11 (note A)',
    says: 'O01·(1 − O00) in the second term',
    correct: 'O01·(1 − O01)',
    evidence: 'the derivative of a sigmoid is made of its own value',
    wrong: gradientWith(metByCenter, (o, v) => v(o) * (1 - v(o === 'O01' ? 'O00' : o))),
    right: 'dL/dw11',
  },
  {
    where: '∂L/∂w11 (note A)',
    says: '2·(y − ŷ) as the first factor: y and ŷ change their roles half way',
    correct: '−2·(y − ŷ), with y the target and ŷ the output as at the beginning',
    evidence: 'L = (y − ŷ)² falls when ŷ comes nearer to y',
    wrong: (v) => -gradientWith(metByCenter)(v),
    right: 'dL/dw11',
  },
  {
    where: '∂L/∂a00 (note A)',
    says: '2·(y − ŷ) as the first factor',
    correct: '−2·(y − ŷ)',
    evidence: 'as for w11',
    wrong: (v) => 2 * (v('y') - v('y_hat')) * v('wa') * v('O00') * (1 - v('O00')) * v('w00'),
    right: 'dL/da00',
  },
  {
    where: '∂L/∂ŷ (note D)',
    says: '2·(ŷ − y)·(−1) in the line between',
    correct: '2·(y − ŷ)·(−1); the result −2·(y − ŷ) is right',
    evidence: 'the outer derivative of (y − ŷ)² is 2·(y − ŷ)',
    wrong: (v) => 2 * (v('y_hat') - v('y')) * -1,
    right: 'dL/dy_hat',
  },
];

export const convMse = workedExample({
  name: 'conv-mse',
  title: 'A 3×3 convolution, sigmoid, a dense layer, squared error',
  about:
    'The gradient of every weight and of every pixel. The notes derive those of w11 and a00 in symbols; the numbers are our own.',
  ownOrder: 'standard',
  ownDigits: 'exact',
  ownConvolution: 'cross-correlation',
  steps({ order, digits, convolution, givens }) {
    const { image, kernel, dense: denseValues, squaredErrorTarget } = data.givens;
    return deriveTrainingStep({
      network: networkWith(convolution === 'true-convolution'),
      loss: meanSquaredError(),
      parameters: { 'convolution.weight': kernel, 'dense.weight': denseValues },
      input: image,
      target: squaredErrorTarget,
      names,
      spelling: { ...denseSpelling, y_hat: { text: 'ŷ', latex: '\\hat{y}' } },
      givens,
      order,
      digits,
    }).steps;
  },
  slips,
});
