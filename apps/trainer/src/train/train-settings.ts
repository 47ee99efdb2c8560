/** From the options of `longhand train` to the network, the optimizer and the schedule that they name. */
import { batchCount } from '@longhand/datasets';
import type { ActivationName } from '@longhand/kernels';
import { type Network, type PresetName, presets } from '@longhand/layers';
import {
  adam,
  adamw,
  constant,
  cosine,
  type Optimizer,
  oneCycle,
  rmsprop,
  type Schedule,
  sgd,
  step,
  warmUp,
} from '@longhand/optimizers';
import type { KernelChoice } from '@longhand/training';
import { CommandError, exitCodes } from '../command/failure';

/** The options of `longhand train`, parsed. */
export interface TrainOptions {
  readonly network: PresetName;
  readonly activation: ActivationName;
  readonly pooling: 'max' | 'mean';
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: 'sgd' | 'rmsprop' | 'adam' | 'adamw';
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
  readonly schedule: 'one-cycle' | 'cosine' | 'step' | 'constant';
  readonly warmUp: number;
  readonly seed: number;
  readonly threads?: number;
  readonly kernels: KernelChoice;
  readonly dataDir?: string;
  readonly limit?: number;
  readonly output?: string;
  readonly force?: boolean;
}

/** The network for images of the size, with an output for each class. */
export function networkOf(
  { network, activation, pooling }: TrainOptions,
  { height, width, classes }: { height: number; width: number; classes: number },
): Network {
  return presets[network]({ activation, pooling, image: [height, width], classes });
}

/** The larger a network, the smaller the steps that Adam and its kin can take in it. */
const adaptiveRates: Readonly<Record<PresetName, number>> = { 'lenet-documented': 0.015, lenet5: 0.003, wide: 0.001 };

/** @throws CommandError when an option does not belong to the optimizer */
export function optimizerOf(options: TrainOptions): Optimizer {
  const { optimizer, momentum, nesterov, weightDecay } = options;
  refuse('--nesterov', nesterov, ['sgd'], optimizer);
  refuse('--momentum', momentum, ['sgd', 'rmsprop'], optimizer);
  const adaptive = adaptiveRates[options.network];
  const decay = weightDecay === undefined ? {} : { weightDecay };
  switch (optimizer) {
    case 'sgd':
      return sgd({
        learningRate: options.learningRate ?? 0.05,
        momentum: momentum ?? 0.9,
        nesterov: nesterov ?? false,
        ...decay,
      });
    case 'rmsprop':
      return rmsprop({ learningRate: options.learningRate ?? adaptive / 10, momentum: momentum ?? 0, ...decay });
    case 'adam':
      return adam({ learningRate: options.learningRate ?? adaptive, ...decay });
    case 'adamw':
      return adamw({ learningRate: options.learningRate ?? adaptive, ...decay });
  }
}

function refuse(option: string, value: unknown, optimizers: readonly string[], optimizer: string): void {
  if (value !== undefined && !optimizers.includes(optimizer)) {
    throw new CommandError(
      exitCodes.usage,
      `option '${option}' has no meaning for ${optimizer}; leave it out or choose --optimizer ${optimizers.join(' or ')}`,
    );
  }
}

/**
 * The schedule that the options name, after its warm-up if there is one.
 *
 * @param images how many each epoch has
 * @throws CommandError when the warm-up would leave no step to the schedule
 */
export function scheduleOf(options: TrainOptions, images: number): Schedule {
  const steps = options.epochs * batchCount(images, options.batchSize);
  if (options.warmUp >= steps) {
    throw new CommandError(
      exitCodes.usage,
      `option '--warm-up' expects fewer steps than the ${steps} of the run, got ${options.warmUp}`,
    );
  }
  const schedule = { 'one-cycle': oneCycle, cosine, step, constant }[options.schedule]();
  return options.warmUp > 0 ? warmUp(schedule, { steps: options.warmUp }) : schedule;
}
