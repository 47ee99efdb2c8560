/** Binary cross-entropy from probabilities and from logits. */
import { imageWeights, type OperationCases, probabilities } from '../cases/operation-cases';
import { featuresCases } from '../softmax/softmax.cases';

export const binaryCrossEntropyCases: OperationCases<'binaryCrossEntropy'> = {
  forward: 'binaryCrossEntropy',
  gradients: ['binaryCrossEntropyInputGrad'],
  fills: { x: probabilities, target: probabilities, imageWeight: imageWeights },
  cases: featuresCases,
};

export const sigmoidBinaryCrossEntropyCases: OperationCases<'sigmoidBinaryCrossEntropy'> = {
  forward: 'sigmoidBinaryCrossEntropy',
  gradients: ['sigmoidBinaryCrossEntropyInputGrad'],
  fills: { target: probabilities, imageWeight: imageWeights },
  cases: featuresCases,
};
