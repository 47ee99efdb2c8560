/** All worked examples, by name. */

import { convBce } from './examples/conv-bce';
import { convMse } from './examples/conv-mse';
import { conv1dStep } from './examples/conv1d-step';
import { mazur222 } from './examples/mazur-2-2-2';
import { mlp221 } from './examples/mlp-2-2-1';
import type { WorkedExample } from './worked-example';

/** The hand examples, in the order in which they are listed. */
export const examples: readonly WorkedExample[] = [conv1dStep, convMse, convBce, mlp221, mazur222];
