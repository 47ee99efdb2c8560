/** Every activation, over numbers that keep away from ReLU's kink. */
import { awayFromZero, type Fill, type OperationCases } from '../cases/operation-cases';
import { type ActivationName, activationFunctions } from './activation';

const wide: Fill = (random, length) => Array.from({ length }, () => random.uniform(-8, 8));

export const activationCases: OperationCases<'activation'> = {
  forward: 'activation',
  gradients: ['activationInputGrad'],
  cases: (Object.keys(activationFunctions) as ActivationName[]).flatMap((activation) => [
    { name: `${activation} near zero`, geometry: { activation, length: 12 }, fills: { x: awayFromZero } },
    { name: `${activation} from −8 to 8`, geometry: { activation, length: 33 }, fills: { x: wide } },
  ]),
};
