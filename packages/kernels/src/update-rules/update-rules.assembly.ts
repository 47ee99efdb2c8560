/**
 * The update rules (`update-rules.ts`) in vectors of four parameters. The last ones, where their number is no multiple of four, are
 * copied to a whole vector, updated there and copied back.
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
  /** Four numbers of each array. */
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
  const whole = bytes & ~15;
  momentumSteps(args, values, gradients, velocity, newValues, newVelocity, whole);
  const rest = bytes - whole;
  if (rest === 0) return;
  const scratch = args.scratch;
  memory.copy(scratch, values + whole, rest);
  memory.copy(scratch + 16, gradients + whole, rest);
  memory.copy(scratch + 32, velocity + whole, rest);
  momentumSteps(args, scratch, scratch + 16, scratch + 32, scratch, scratch + 32, 16);
  memory.copy(newValues + whole, scratch, rest);
  memory.copy(newVelocity + whole, scratch + 32, rest);
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
  for (let at: usize = 0; at < bytes; at += 16) {
    const w = v128.load(values + at);
    const g = fma(decay, w, v128.load(gradients + at));
    const v = fma(momentum, v128.load(velocity + at), g);
    v128.store(newVelocity + at, v);
    v128.store(newValues + at, fnma(ofV, v, fnma(ofG, g, w)));
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
  const whole = bytes & ~15;
  adamSteps(args, values, gradients, mean, meanSquare, newValues, newMean, newMeanSquare, whole);
  const rest = bytes - whole;
  if (rest === 0) return;
  const scratch = args.scratch;
  memory.copy(scratch, values + whole, rest);
  memory.copy(scratch + 16, gradients + whole, rest);
  memory.copy(scratch + 32, mean + whole, rest);
  memory.copy(scratch + 48, meanSquare + whole, rest);
  adamSteps(args, scratch, scratch + 16, scratch + 32, scratch + 48, scratch, scratch + 32, scratch + 48, 16);
  memory.copy(newValues + whole, scratch, rest);
  memory.copy(newMean + whole, scratch + 32, rest);
  memory.copy(newMeanSquare + whole, scratch + 48, rest);
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
  for (let at: usize = 0; at < bytes; at += 16) {
    const w = f32x4.mul(kept, v128.load(values + at));
    const g = fma(decay, w, v128.load(gradients + at));
    const m = fma(beta1, v128.load(mean + at), f32x4.mul(share1, g));
    const v = fma(beta2, v128.load(meanSquare + at), f32x4.mul(f32x4.mul(share2, g), g));
    v128.store(newMean + at, m);
    v128.store(newMeanSquare + at, v);
    const step = f32x4.div(f32x4.mul(size, m), fma(ofRoot, f32x4.sqrt(v), epsilon));
    v128.store(newValues + at, f32x4.sub(w, step));
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
  const whole = bytes & ~15;
  rmspropSteps(args, values, gradients, meanSquare, velocity, newValues, newMeanSquare, newVelocity, whole);
  const rest = bytes - whole;
  if (rest === 0) return;
  const scratch = args.scratch;
  memory.copy(scratch, values + whole, rest);
  memory.copy(scratch + 16, gradients + whole, rest);
  memory.copy(scratch + 32, meanSquare + whole, rest);
  memory.copy(scratch + 48, velocity + whole, rest);
  rmspropSteps(args, scratch, scratch + 16, scratch + 32, scratch + 48, scratch, scratch + 32, scratch + 48, 16);
  memory.copy(newValues + whole, scratch, rest);
  memory.copy(newMeanSquare + whole, scratch + 32, rest);
  memory.copy(newVelocity + whole, scratch + 48, rest);
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
  for (let at: usize = 0; at < bytes; at += 16) {
    const w = v128.load(values + at);
    const g = fma(decay, w, v128.load(gradients + at));
    const s = fma(smoothing, v128.load(meanSquare + at), f32x4.mul(f32x4.mul(share, g), g));
    const v = fma(momentum, v128.load(velocity + at), f32x4.div(g, f32x4.add(f32x4.sqrt(s), epsilon)));
    v128.store(newMeanSquare + at, s);
    v128.store(newVelocity + at, v);
    v128.store(newValues + at, f32x4.sub(w, f32x4.mul(rate, v)));
  }
}

export function lionUpdate(args: LionUpdateArguments): void {
  const values = args.values;
  const gradients = args.gradients;
  const mean = args.mean;
  const newValues = args.newValues;
  const newMean = args.newMean;
  const bytes = args.length << 2;
  const whole = bytes & ~15;
  lionSteps(args, values, gradients, mean, newValues, newMean, whole);
  const rest = bytes - whole;
  if (rest === 0) return;
  const scratch = args.scratch;
  memory.copy(scratch, values + whole, rest);
  memory.copy(scratch + 16, gradients + whole, rest);
  memory.copy(scratch + 32, mean + whole, rest);
  lionSteps(args, scratch, scratch + 16, scratch + 32, scratch, scratch + 32, 16);
  memory.copy(newValues + whole, scratch, rest);
  memory.copy(newMean + whole, scratch + 32, rest);
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
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = v128.load(gradients + at);
    const m = v128.load(mean + at);
    const u = sign(fma(beta1, m, f32x4.mul(share1, g)));
    v128.store(newValues + at, f32x4.sub(f32x4.mul(kept, v128.load(values + at)), f32x4.mul(rate, u)));
    v128.store(newMean + at, fma(beta2, m, f32x4.mul(share2, g)));
  }
}

/** 1 or −1 with the sign of x; zero and NaN stay. */
@inline
function sign(x: v128): v128 {
  const ones = v128.or(v128.and(x, splat(-0.0)), splat(1));
  return choose(v128.or(f32x4.lt(x, splat(0)), f32x4.gt(x, splat(0))), ones, x);
}
