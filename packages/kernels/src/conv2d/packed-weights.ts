/** Weights in the order in which a vector kernel reads them, so that it runs through them by one pointer. */
import { numberBytes, type SimdModule, whenParametersChange } from '../contract/simd-binding';
import type { Conv2dGeometry } from './conv2d';

/** The index of the weight of output `o` and input `c` of its group that meets row `p` and column `q` of a window. */
export function weightAt(g: Conv2dGeometry, o: number, c: number, p: number, q: number): number {
  const taps = g.kernelHeight * g.kernelWidth;
  const tap = p * g.kernelWidth + q;
  return (o * (g.inChannels / g.groups) + c) * taps + (g.flipped ? taps - 1 - tap : tap);
}

/**
 * Allocates weights in another order, given by their indices.
 *
 * @returns their address, and a function that copies them there if they may have changed
 */
export function packed(
  module: SimdModule,
  weight: number,
  order: readonly number[],
): { address: number; pack: () => void } {
  const { address, pack } = gathered(module, weight, order);
  return { address, pack: whenParametersChange(module, weight, pack) };
}

/** Allocates weights in another order, transformed by work that follows on copying them. A negative index is a zero. */
export function gathered(
  { functions, memory }: SimdModule,
  weight: number,
  order: readonly number[],
): { address: number; pack: () => void } {
  // Modulo 2³², as addresses are.
  const zero = order.some((index) => index < 0) ? (memory.reserve(numberBytes) - weight) >>> 0 : 0;
  const offsets = memory.table(order.map((index) => (index < 0 ? zero : index * numberBytes)));
  const address = memory.reserve(order.length * numberBytes);
  return { address, pack: () => functions.gatherNumbers(weight, offsets, address, order.length) };
}

/** Two neighboring channels; the last of an odd number is its own neighbor. */
export function pairOf(channel: number, channels: number): readonly number[] {
  return [channel, Math.min(channel + 1, channels - 1)];
}

/** 0, step, 2 · step, … below `end`. */
export function range(end: number, step = 1): number[] {
  return Array.from({ length: Math.ceil(end / step) }, (_, index) => index * step);
}
