/** Gradient clipping (`gradient-clipping.ts`) in vectors. */
import { choose, loadPart, storePart } from '../assembly/vector.assembly';

/** Sums of squares in float64: no gradient is too large for its square. `bounds` are numbers of 32 bits. */
export function gradientNorms(gradients: usize, bounds: usize, norms: usize, units: usize): void {
  for (let u: usize = 0; u < units; u++) {
    let at = gradients + (<usize>load<u32>(bounds + (u << 2)) << 2);
    const end = gradients + (<usize>load<u32>(bounds + (u << 2), 4) << 2);
    let low = f64x2.splat(0);
    let high = low;
    for (; at + 16 <= end; at += 16) {
      const g = v128.load(at);
      const a = f64x2.promote_low_f32x4(g);
      const b = f64x2.promote_low_f32x4(v128.shuffle<i64>(g, g, 1, 0));
      low = f64x2.add(low, f64x2.mul(a, a));
      high = f64x2.add(high, f64x2.mul(b, b));
    }
    const both = f64x2.add(low, high);
    let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
    for (; at != end; at += 4) {
      const g = <f64>load<f32>(at);
      sum += g * g;
    }
    store<f32>(norms + (u << 2), <f32>sqrt<f64>(sum));
  }
}

export function scaleGradients(gradients: usize, factor: usize, scaled: usize, length: usize): void {
  const by = v128.load32_splat(factor);
  let count = length;
  for (; count >= 4; count -= 4, gradients += 16, scaled += 16) {
    v128.store(scaled, f32x4.mul(v128.load(gradients), by));
  }
  if (count > 0) storePart(scaled, f32x4.mul(loadPart(gradients, count), by), count);
}

export function limitGradients(gradients: usize, limit: usize, limited: usize, length: usize): void {
  const most = v128.load32_splat(limit);
  let count = length;
  for (; count >= 4; count -= 4, gradients += 16, limited += 16) {
    v128.store(limited, within(v128.load(gradients), most));
  }
  if (count > 0) storePart(limited, within(loadPart(gradients, count), most), count);
}

/** NaN is neither above nor below. */
@inline
function within(g: v128, most: v128): v128 {
  const least = f32x4.neg(most);
  return choose(f32x4.gt(g, most), most, choose(f32x4.lt(g, least), least, g));
}
