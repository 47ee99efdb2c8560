/**
 * Operators on constants: what exporters leave for the runtime to compute, such as the shape that a value is reshaped to, a
 * transposed weight, or √(variance + ε).
 */
import { arithmeticOperators } from './constant-arithmetic';
import { layoutOperators } from './constant-layouts';
import type { ConstantOperators } from './constant-node';
import { typeOperators } from './constant-types';

/** The operators by name. */
export const constantOperators: ConstantOperators = { ...typeOperators, ...layoutOperators, ...arithmeticOperators };
