/**
 * The registry of optimizers. Files, worker threads (to which no function can be sent) and the options of commands
 * follow from it.
 */
import { type Description, type DescriptionOf, fromDescription } from '@longhand/schema';
import { adamKind, adamwKind } from './adam';
import { optionError } from './checked-options';
import { lionKind } from './lion';
import { muonKind } from './muon';
import type { Optimizer, OptimizerKind } from './optimizer';
import { rmspropKind } from './rmsprop';
import { sgdKind } from './sgd';

/** Every kind of optimizer, by name. */
export const optimizerKinds = {
  sgd: sgdKind,
  rmsprop: rmspropKind,
  adam: adamKind,
  adamw: adamwKind,
  lion: lionKind,
  muon: muonKind,
} as const satisfies Readonly<Record<string, OptimizerKind>>;

/** The names of the optimizers. */
export type OptimizerName = keyof typeof optimizerKinds;

/** An optimizer as plain data: the discriminated union of all kinds. */
export type OptimizerDescription = DescriptionOf<typeof optimizerKinds>;

/**
 * The optimizer of a description, which may come from anywhere.
 *
 * @throws OptionError when there is no such kind, or an option is out of its range or none of the kind's
 * @example optimizerFrom({ kind: 'sgd', learningRate: 0.1, momentum: 0.9 }).slotNames; // [ 'velocity' ]
 */
export function optimizerFrom(description: OptimizerDescription | Description): Optimizer {
  return fromDescription<Optimizer>(optimizerKinds, description, { where: 'optimizer', error: optionError });
}
