/** Optimizers from their descriptions: for files, and for threads, to which no function can be sent. */

import { OptionError } from '@longhand/tensor';
import { type AdamOptions, adam, adamw } from './adam';
import type { Optimizer } from './optimizer';
import { type RmspropOptions, rmsprop } from './rmsprop';
import { type SgdOptions, sgd } from './sgd';

/**
 * The optimizer that a description tells of.
 *
 * @throws OptionError when there is no such rule, or an option is out of its range
 * @example optimizerFrom({ kind: 'sgd', learningRate: 0.1, momentum: 0.9 })
 */
export function optimizerFrom(description: Optimizer['description']): Optimizer {
  const { kind, ...options } = description;
  switch (kind) {
    case 'sgd':
      return sgd(options as unknown as SgdOptions);
    case 'rmsprop':
      return rmsprop(options as unknown as RmspropOptions);
    case 'adam':
      return adam(options as unknown as AdamOptions);
    case 'adamw':
      return adamw(options as unknown as AdamOptions);
    default:
      throw new OptionError(`optimizer: expected one of sgd, rmsprop, adam, adamw as kind, got ${String(kind)}`);
  }
}
