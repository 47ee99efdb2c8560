// Winograd's F(4, 5): four neighboring outputs of a filter with five taps by 8 products in place of 20.
//
// A product of two polynomials of degree 3 and 4 has degree 7, so its values at eight points determine it. Read backward, the same
// matrices make a filter (Winograd, 1980; Lavin and Gray, 2016): y = Aᵀ((G w) ⊙ (Bᵀ x)).

/** Seven points; the eighth is ∞. Small ones, and their inverses, keep rounding errors small. */
const points = [0, 1, -1, 2, -2, 1 / 2, -1 / 2];

/** The coefficients of Π (t − p) over some points, from the constant on. */
const product = (roots) => {
  let poly = [1];
  for (const root of roots) poly = [0, ...poly].map((higher, k) => higher - root * (poly[k] ?? 0));
  return poly;
};
const powers = (p, count) => Array.from({ length: count }, (_, k) => p ** k);
const others = (p) => points.filter((other) => other !== p);

/** 8 × 5: the filter at the points, divided by what Lagrange's interpolation divides by. */
export const g = [
  ...points.map((p) => {
    const divisor = others(p).reduce((value, other) => value * (p - other), 1);
    return powers(p, 5).map((power) => power / divisor);
  }),
  [0, 0, 0, 0, 1],
];

/** 8 × 8: the polynomials of that interpolation. */
export const bT = [...points.map((p) => [...product(others(p)), 0]), product(points)];

/** 4 × 8: the powers of the points. */
export const aT = [0, 1, 2, 3].map((k) => [...points.map((p) => p ** k), k === 3 ? 1 : 0]);

/** A matrix times a vector. */
export const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, a, k) => sum + a * vector[k], 0));

/** Four outputs of a filter of five taps over eight inputs. */
export function filter(x, w) {
  const [u, v] = [times(g, w), times(bT, x)];
  return times(
    aT,
    u.map((value, point) => value * v[point]),
  );
}
