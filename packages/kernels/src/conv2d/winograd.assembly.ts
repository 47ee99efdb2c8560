/**
 * The transforms of Winograd convolution, also called minimal filtering (Winograd, *Arithmetic Complexity of Computations*, 1980; Lavin and Gray, *Fast
 * Algorithms for Convolutional Neural Networks*, 2016): what lets `winograd5.assembly.ts` convolve with fewer products.
 *
 * Four neighbouring outputs of a filter of r taps are a product of polynomials, transposed. A product of polynomials of
 * 4 + r − 1 coefficients is known from its values at as many points, and a value of the product is the product of the
 * values: one multiplication for each point, where the sum has 4·r. With points aₖ, ∞ among them (the leading coefficient),
 *
 *   y = Aᵀ[(G g) ⊙ (Bᵀ d)],   Aᵀ[i, k] = aₖⁱ,   G[k, j] = aₖʲ / Nₖ,   Nₖ = ∏_{l≠k} (aₖ − aₗ),
 *   Bᵀ[k, ·] = the coefficients of ∏_{l≠k} (x − aₗ),   and for ∞ of ∏ (x − aₗ), with aₖ of the finite points alone.
 *
 * It is bilinear, so its gradients are the transposes: dd = B[(G g) ⊙ (A dy)] and dg = Gᵀ[(Bᵀ d) ⊙ (A dy)], with as few
 * products. The points come in pairs ±a: even and odd powers are added up once for both.
 *
 *   r = 5: 0, ±1, ±2, ±½, ∞      eight products for twenty
 *   r = 3: 0, ±5/8, ±3/2, ∞      six for twelve; along rows and columns, 36 for 144
 *
 * Points are chosen for small errors among those whose Bᵀ needs no rounding. With the usual 0, ±1, ±2, ∞ they are twice as
 * large for r = 3; for r = 5 no choice was much better than another.
 *
 * `winograd5-transforms.assembly.ts` and `winograd3-winograd.assembly.ts` hold them. Each function treats `bytes` of
 * neighbouring numbers alike. Those that begin a convolution read from places that are given one by one, for the edge of an
 * image is another place than the next, and write `step` bytes apart; those that end it the other way round.
 */

/** Where place number `index` of `count` begins, `step` bytes each; `outside` for what is before or behind them. */
@inline
export function placeOf(index: isize, count: isize, from: usize, step: usize, outside: usize): usize {
  return index >= 0 && index < count ? from + <usize>index * step : outside;
}
