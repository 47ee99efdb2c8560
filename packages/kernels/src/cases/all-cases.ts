/** The tables of all operations. */
import { activationCases } from '../activation/activation.cases';
import {
  binaryCrossEntropyCases,
  sigmoidBinaryCrossEntropyCases,
} from '../binary-cross-entropy/binary-cross-entropy.cases';
import { conv2dCases } from '../conv2d/conv2d.cases';
import { denseCases } from '../dense/dense.cases';
import { meanSquaredErrorCases } from '../mean-squared-error/mean-squared-error.cases';
import { microBatchSumCases } from '../micro-batch-sum/micro-batch-sum.cases';
import { maxPool2dCases, meanPool2dCases, reluMaxPool2dCases } from '../pool2d/pool2d.cases';
import { pooledConv2dCases } from '../pooled-conv2d/pooled-conv2d.cases';
import { reshapeCases } from '../reshape/reshape.cases';
import { softmaxCases } from '../softmax/softmax.cases';
import { softmaxCrossEntropyCases } from '../softmax-cross-entropy/softmax-cross-entropy.cases';
import type { OperationCases } from './operation-cases';

/** Every operation with its cases. */
export const allCases = [
  conv2dCases,
  maxPool2dCases,
  reluMaxPool2dCases,
  meanPool2dCases,
  denseCases,
  activationCases,
  reshapeCases,
  softmaxCases,
  softmaxCrossEntropyCases,
  binaryCrossEntropyCases,
  sigmoidBinaryCrossEntropyCases,
  meanSquaredErrorCases,
  microBatchSumCases,
  pooledConv2dCases,
] as readonly OperationCases[];
