/** The machine's limit, to measure kernels against. */
import { numberBytes } from '../contract/simd-binding';
import { type Arithmetic, simdInstance } from './simd-kernels';

/**
 * Multiply-adds in registers that wait neither for memory nor for each other: no kernel can do more in a second on this
 * machine, on one thread, in this arithmetic.
 *
 * @throws UnsupportedKernelsError when the engine or the processor lacks what the arithmetic needs
 * @example
 * const ceiling = multiplyAddCeiling('strict');
 * ceiling.run(1000);
 * ceiling.multiplyAddsPerRound; // 48 (so that 48,000 were done)
 */
export function multiplyAddCeiling(arithmetic: Arithmetic): {
  readonly multiplyAddsPerRound: number;
  run(rounds: number): void;
} {
  const { functions, simdMemory } = simdInstance(arithmetic);
  // Twelve starts that differ (equal ones would be computed once), a factor and a summand.
  const numbers = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 0.999, 0.0001];
  const address = simdMemory.reserve(numbers.length * numberBytes);
  simdMemory.floats(address, numbers.length).set(numbers);
  return {
    multiplyAddsPerRound: 12 * 4,
    run: (rounds) => void functions.multiplyAddCeiling(rounds, address),
  };
}
