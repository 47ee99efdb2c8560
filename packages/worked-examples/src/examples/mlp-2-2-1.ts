/**
 * Note E, first half: two inputs, two hidden units, one output, sigmoid throughout, squared error. All nine gradients and
 * the update. The weights behind the prediction that the note prints are not given: its loss is worked out by itself, and
 * the gradients on numbers of our own.
 */
import { dense, flatten, meanSquaredError, sequential, sigmoid } from '@longhand/layers';
import type { DerivationStep, PrintedFigure } from '../derivation';
import data from '../notes/mlp-2-2-1.json' with { type: 'json' };
import { deriveTrainingStep } from '../training-step';
import { type MadeChoice, workedExample } from '../worked-example';
import { gradientsOf } from './convolution-names';

const network = sequential({
  input: [2],
  layers: {
    hidden: dense({ outFeatures: 2 }),
    hiddenSigmoid: sigmoid(),
    output: dense({ outFeatures: 1 }),
    outputSigmoid: sigmoid(),
  },
});

const hiddenWeights = ['w1', 'w2', 'w3', 'w4'];

const names = {
  input: ['x1', 'x2'],
  target: ['y_true'],
  layers: {
    hidden: {
      weight: hiddenWeights,
      bias: ['b1', 'b2'],
      y: ['h1_sum', 'h2_sum'],
      dWeight: gradientsOf(hiddenWeights),
      dBias: gradientsOf(['b1', 'b2']),
    },
    hiddenSigmoid: { y: ['h1', 'h2'] },
    output: {
      weight: ['w5', 'w6'],
      bias: ['b3'],
      y: ['o1_sum'],
      dWeight: gradientsOf(['w5', 'w6']),
      dBias: gradientsOf(['b3']),
    },
    outputSigmoid: { y: ['y_pred'] },
  },
  loss: 'L',
  learningRate: 'eta',
};

const spelling = {
  eta: { text: 'η', latex: '\\eta' },
  h1_sum: { text: 'h1_sum', latex: 'h_{1}^{\\mathrm{sum}}' },
  h2_sum: { text: 'h2_sum', latex: 'h_{2}^{\\mathrm{sum}}' },
  o1_sum: { text: 'o1_sum', latex: 'o_{1}^{\\mathrm{sum}}' },
  printed_loss: { text: 'L_note', latex: 'L^{\\mathrm{note}}' },
  printed_true: { text: 'y_true_note', latex: 'y_{\\mathrm{true}}^{\\mathrm{note}}' },
  printed_pred: { text: 'y_pred_note', latex: 'y_{\\mathrm{pred}}^{\\mathrm{note}}' },
};

const ofTheNote =
  'of the prediction that the note prints; it does not give the weights behind it, so what follows is on numbers of our own, with another y_pred';

/**
 * The loss that the note prints, of the prediction that it prints: the squared error behind a network that does nothing. None of it is
 * an entry of the network.
 */
function printedLoss({ digits, givens }: MadeChoice): readonly DerivationStep[] {
  return deriveTrainingStep({
    network: sequential({ input: [1], layers: { flatten: flatten() } }),
    loss: meanSquaredError(),
    parameters: {},
    input: [data.printedPrediction],
    target: [1],
    names: { input: ['printed_pred'], target: ['printed_true'], layers: {}, loss: 'printed_loss' },
    spelling,
    printed: data.printed as Readonly<Record<string, PrintedFigure>>,
    givens,
    order: 'standard',
    digits,
  }).steps.map(({ entry: _, ...step }) => (step.id === 'printed_loss' ? { ...step, remark: ofTheNote } : step));
}

export const mlp221 = workedExample({
  name: 'mlp-2-2-1',
  title: 'Two inputs, two hidden units, one output: all nine gradients',
  about:
    'First the loss that the note prints, of the prediction that it prints; then, on numbers of our own, forward, all nine gradients and the update.',
  ownOrder: 'standard',
  ownDigits: 'exact',
  steps(choice) {
    const { order, digits, givens } = choice;
    const { input, target, learningRate, ...parameters } = data.givens;
    const { steps } = deriveTrainingStep({
      network,
      loss: meanSquaredError(),
      parameters,
      input,
      target,
      learningRate,
      names,
      spelling,
      givens,
      order,
      digits,
    });
    return [...printedLoss(choice), ...steps];
  },
});
