/**
 * The update rules (`update-rules.ts`) in vectors of four parameters, two a round: pairs that the engine can make one of. The last
 * parameters, where their number is no multiple of eight, are copied to two whole vectors, updated there and copied back.
 */
import { choose, fma, fnma, loadPart, splat, storePart } from '../assembly/vector.assembly';

/** What every rule with a state works on: addresses of arrays, and the number of parameters. */
@unmanaged
export class UpdateArrays {
  values: usize;
  gradients: usize;
  coefficients: usize;
  newValues: usize;
  length: usize;
  /** Eight numbers of each array. */
  scratch: usize;
}

@unmanaged
export class MomentumUpdateArguments extends UpdateArrays {
  velocity: usize;
  newVelocity: usize;
}

@unmanaged
export class AdamUpdateArguments extends UpdateArrays {
  mean: usize;
  meanSquare: usize;
  newMean: usize;
  newMeanSquare: usize;
}

@unmanaged
export class RmspropUpdateArguments extends UpdateArrays {
  meanSquare: usize;
  velocity: usize;
  newMeanSquare: usize;
  newVelocity: usize;
}

@unmanaged
export class LionUpdateArguments extends UpdateArrays {
  mean: usize;
  newMean: usize;
}

/** Coefficient `index` in every lane. */
@inline
function coefficient(args: UpdateArrays, index: usize): v128 {
  return v128.load32_splat(args.coefficients + (index << 2));
}

export function sgdUpdate(values: usize, gradients: usize, coefficients: usize, newValues: usize, length: usize): void {
  const rate = v128.load32_splat(coefficients);
  const decay = v128.load32_splat(coefficients, 4);
  let count = length;
  for (; count >= 8; count -= 8, values += 32, gradients += 32, newValues += 32) {
    const w0 = v128.load(values);
    const w1 = v128.load(values, 16);
    const g0 = fma(decay, w0, v128.load(gradients));
    const g1 = fma(decay, w1, v128.load(gradients, 16));
    v128.store(newValues, f32x4.sub(w0, f32x4.mul(rate, g0)));
    v128.store(newValues, f32x4.sub(w1, f32x4.mul(rate, g1)), 16);
  }
  for (; count >= 4; count -= 4, values += 16, gradients += 16, newValues += 16) {
    const w = v128.load(values);
    v128.store(newValues, f32x4.sub(w, f32x4.mul(rate, fma(decay, w, v128.load(gradients)))));
  }
  if (count > 0) {
    const w = loadPart(values, count);
    storePart(newValues, f32x4.sub(w, f32x4.mul(rate, fma(decay, w, loadPart(gradients, count)))), count);
  }
}

export function momentumUpdate(args: MomentumUpdateArguments): void {
  const values = args.values;
  const gradients = args.gradients;
  const velocity = args.velocity;
  const newValues = args.newValues;
  const newVelocity = args.newVelocity;
  const bytes = args.length << 2;
  const whole = bytes & ~31;
  momentumSteps(args, values, gradients, velocity, newValues, newVelocity, whole);
  const rest = bytes - whole;
  if (rest === 0) return;
  const scratch = args.scratch;
  memory.copy(scratch, values + whole, rest);
  memory.copy(scratch + 32, gradients + whole, rest);
  memory.copy(scratch + 64, velocity + whole, rest);
  momentumSteps(args, scratch, scratch + 32, scratch + 64, scratch, scratch + 64, 32);
  memory.copy(newValues + whole, scratch, rest);
  memory.copy(newVelocity + whole, scratch + 64, rest);
}

function momentumSteps(
  args: UpdateArrays,
  values: usize,
  gradients: usize,
  velocity: usize,
  newValues: usize,
  newVelocity: usize,
  bytes: usize,
): void {
  const decay = coefficient(args, 0);
  const momentum = coefficient(args, 1);
  const ofG = coefficient(args, 2);
  const ofV = coefficient(args, 3);
  for (let at: usize = 0; at < bytes; at += 32) {
    const w0 = v128.load(values + at);
    const w1 = v128.load(values + at, 16);
    const g0 = fma(decay, w0, v128.load(gradients + at));
    const g1 = fma(decay, w1, v128.load(gradients + at, 16));
    const v0 = fma(momentum, v128.load(velocity + at), g0);
    const v1 = fma(momentum, v128.load(velocity + at, 16), g1);
    v128.store(newVelocity + at, v0);
    v128.store(newVelocity + at, v1, 16);
    v128.store(newValues + at, fnma(ofV, v0, fnma(ofG, g0, w0)));
    v128.store(newValues + at, fnma(ofV, v1, fnma(ofG, g1, w1)), 16);
  }
}

export function adamUpdate(args: AdamUpdateArguments): void {
  const values = args.values;
  const gradients = args.gradients;
  const mean = args.mean;
  const meanSquare = args.meanSquare;
  const newValues = args.newValues;
  const newMean = args.newMean;
  const newMeanSquare = args.newMeanSquare;
  const bytes = args.length << 2;
  const whole = bytes & ~31;
  adamSteps(args, values, gradients, mean, meanSquare, newValues, newMean, newMeanSquare, whole);
  const rest = bytes - whole;
  if (rest === 0) return;
  const scratch = args.scratch;
  memory.copy(scratch, values + whole, rest);
  memory.copy(scratch + 32, gradients + whole, rest);
  memory.copy(scratch + 64, mean + whole, rest);
  memory.copy(scratch + 96, meanSquare + whole, rest);
  adamSteps(args, scratch, scratch + 32, scratch + 64, scratch + 96, scratch, scratch + 64, scratch + 96, 32);
  memory.copy(newValues + whole, scratch, rest);
  memory.copy(newMean + whole, scratch + 64, rest);
  memory.copy(newMeanSquare + whole, scratch + 96, rest);
}

function adamSteps(
  args: UpdateArrays,
  values: usize,
  gradients: usize,
  mean: usize,
  meanSquare: usize,
  newValues: usize,
  newMean: usize,
  newMeanSquare: usize,
  bytes: usize,
): void {
  const kept = coefficient(args, 0);
  const decay = coefficient(args, 1);
  const beta1 = coefficient(args, 2);
  const share1 = coefficient(args, 3);
  const beta2 = coefficient(args, 4);
  const share2 = coefficient(args, 5);
  const size = coefficient(args, 6);
  const ofRoot = coefficient(args, 7);
  const epsilon = coefficient(args, 8);
  for (let at: usize = 0; at < bytes; at += 32) {
    const w0 = f32x4.mul(kept, v128.load(values + at));
    const w1 = f32x4.mul(kept, v128.load(values + at, 16));
    const g0 = fma(decay, w0, v128.load(gradients + at));
    const g1 = fma(decay, w1, v128.load(gradients + at, 16));
    const m0 = fma(beta1, v128.load(mean + at), f32x4.mul(share1, g0));
    const m1 = fma(beta1, v128.load(mean + at, 16), f32x4.mul(share1, g1));
    const v0 = fma(beta2, v128.load(meanSquare + at), f32x4.mul(f32x4.mul(share2, g0), g0));
    const v1 = fma(beta2, v128.load(meanSquare + at, 16), f32x4.mul(f32x4.mul(share2, g1), g1));
    v128.store(newMean + at, m0);
    v128.store(newMean + at, m1, 16);
    v128.store(newMeanSquare + at, v0);
    v128.store(newMeanSquare + at, v1, 16);
    const step0 = f32x4.div(f32x4.mul(size, m0), fma(ofRoot, f32x4.sqrt(v0), epsilon));
    const step1 = f32x4.div(f32x4.mul(size, m1), fma(ofRoot, f32x4.sqrt(v1), epsilon));
    v128.store(newValues + at, f32x4.sub(w0, step0));
    v128.store(newValues + at, f32x4.sub(w1, step1), 16);
  }
}

export function rmspropUpdate(args: RmspropUpdateArguments): void {
  const values = args.values;
  const gradients = args.gradients;
  const meanSquare = args.meanSquare;
  const velocity = args.velocity;
  const newValues = args.newValues;
  const newMeanSquare = args.newMeanSquare;
  const newVelocity = args.newVelocity;
  const bytes = args.length << 2;
  const whole = bytes & ~31;
  rmspropSteps(args, values, gradients, meanSquare, velocity, newValues, newMeanSquare, newVelocity, whole);
  const rest = bytes - whole;
  if (rest === 0) return;
  const scratch = args.scratch;
  memory.copy(scratch, values + whole, rest);
  memory.copy(scratch + 32, gradients + whole, rest);
  memory.copy(scratch + 64, meanSquare + whole, rest);
  memory.copy(scratch + 96, velocity + whole, rest);
  rmspropSteps(args, scratch, scratch + 32, scratch + 64, scratch + 96, scratch, scratch + 64, scratch + 96, 32);
  memory.copy(newValues + whole, scratch, rest);
  memory.copy(newMeanSquare + whole, scratch + 64, rest);
  memory.copy(newVelocity + whole, scratch + 96, rest);
}

function rmspropSteps(
  args: UpdateArrays,
  values: usize,
  gradients: usize,
  meanSquare: usize,
  velocity: usize,
  newValues: usize,
  newMeanSquare: usize,
  newVelocity: usize,
  bytes: usize,
): void {
  const decay = coefficient(args, 0);
  const smoothing = coefficient(args, 1);
  const share = coefficient(args, 2);
  const epsilon = coefficient(args, 3);
  const momentum = coefficient(args, 4);
  const rate = coefficient(args, 5);
  for (let at: usize = 0; at < bytes; at += 32) {
    const w0 = v128.load(values + at);
    const w1 = v128.load(values + at, 16);
    const g0 = fma(decay, w0, v128.load(gradients + at));
    const g1 = fma(decay, w1, v128.load(gradients + at, 16));
    const s0 = fma(smoothing, v128.load(meanSquare + at), f32x4.mul(f32x4.mul(share, g0), g0));
    const s1 = fma(smoothing, v128.load(meanSquare + at, 16), f32x4.mul(f32x4.mul(share, g1), g1));
    const v0 = fma(momentum, v128.load(velocity + at), f32x4.div(g0, f32x4.add(f32x4.sqrt(s0), epsilon)));
    const v1 = fma(momentum, v128.load(velocity + at, 16), f32x4.div(g1, f32x4.add(f32x4.sqrt(s1), epsilon)));
    v128.store(newMeanSquare + at, s0);
    v128.store(newMeanSquare + at, s1, 16);
    v128.store(newVelocity + at, v0);
    v128.store(newVelocity + at, v1, 16);
    v128.store(newValues + at, f32x4.sub(w0, f32x4.mul(rate, v0)));
    v128.store(newValues + at, f32x4.sub(w1, f32x4.mul(rate, v1)), 16);
  }
}

export function lionUpdate(args: LionUpdateArguments): void {
  const values = args.values;
  const gradients = args.gradients;
  const mean = args.mean;
  const newValues = args.newValues;
  const newMean = args.newMean;
  const bytes = args.length << 2;
  const whole = bytes & ~31;
  lionSteps(args, values, gradients, mean, newValues, newMean, whole);
  const rest = bytes - whole;
  if (rest === 0) return;
  const scratch = args.scratch;
  memory.copy(scratch, values + whole, rest);
  memory.copy(scratch + 32, gradients + whole, rest);
  memory.copy(scratch + 64, mean + whole, rest);
  lionSteps(args, scratch, scratch + 32, scratch + 64, scratch, scratch + 64, 32);
  memory.copy(newValues + whole, scratch, rest);
  memory.copy(newMean + whole, scratch + 64, rest);
}

function lionSteps(
  args: UpdateArrays,
  values: usize,
  gradients: usize,
  mean: usize,
  newValues: usize,
  newMean: usize,
  bytes: usize,
): void {
  const kept = coefficient(args, 0);
  const rate = coefficient(args, 1);
  const beta1 = coefficient(args, 2);
  const share1 = coefficient(args, 3);
  const beta2 = coefficient(args, 4);
  const share2 = coefficient(args, 5);
  for (let at: usize = 0; at < bytes; at += 32) {
    const g0 = v128.load(gradients + at);
    const g1 = v128.load(gradients + at, 16);
    const m0 = v128.load(mean + at);
    const m1 = v128.load(mean + at, 16);
    const u0 = sign(fma(beta1, m0, f32x4.mul(share1, g0)));
    const u1 = sign(fma(beta1, m1, f32x4.mul(share1, g1)));
    const w0 = f32x4.mul(kept, v128.load(values + at));
    const w1 = f32x4.mul(kept, v128.load(values + at, 16));
    v128.store(newValues + at, f32x4.sub(w0, f32x4.mul(rate, u0)));
    v128.store(newValues + at, f32x4.sub(w1, f32x4.mul(rate, u1)), 16);
    v128.store(newMean + at, fma(beta2, m0, f32x4.mul(share2, g0)));
    v128.store(newMean + at, fma(beta2, m1, f32x4.mul(share2, g1)), 16);
  }
}

/** 1 or −1 with the sign of x; zero and NaN stay. */
@inline
function sign(x: v128): v128 {
  const ones = v128.or(v128.and(x, splat(-0.0)), splat(1));
  return choose(v128.or(f32x4.lt(x, splat(0)), f32x4.gt(x, splat(0))), ones, x);
}
