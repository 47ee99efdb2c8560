/** Softmax with cross-entropy, against one-hot-like and soft targets. */
import { distributions, imageWeights, type OperationCases, uniform } from '../cases/operation-cases';
import { featuresCases } from '../softmax/softmax.cases';

export const softmaxCrossEntropyCases: OperationCases<'softmaxCrossEntropy'> = {
  forward: 'softmaxCrossEntropy',
  gradients: ['softmaxCrossEntropyInputGrad'],
  fills: { target: distributions, imageWeight: imageWeights },
  cases: [
    ...featuresCases,
    // Targets need not add up to one: the gradient has their sum as a factor.
    { name: 'targets of any sum', geometry: { batch: 3, features: 4 }, fills: { target: uniform } },
  ],
};
