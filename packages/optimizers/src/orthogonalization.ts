/**
 * The orthogonalization of a matrix by the Newton-Schulz iteration of Muon: Jordan et al., "Muon: an optimizer for hidden
 * layers in neural networks", 2024; the quintic iteration after Bernstein and Newhouse, "Old optimizer, new norm", 2024.
 *
 *   X₀ = M / max(‖M‖, 10⁻⁷),     ‖M‖ = √Σ M² (Frobenius)
 *   G = X Xᵀ
 *   X ← a · X + (b · G + c · G²) · X,     a = 3.4445,  b = −4.7750,  c = 2.0315
 *
 * With M = U Σ Vᵀ, X approaches U Vᵀ: each singular value s becomes a · s + b · s³ + c · s⁵ again and again, until it lies
 * between about 0.7 and 1.2. The coefficients are those that lift small ones fast; the iteration does not converge to 1.
 *
 * A matrix with more rows than columns is transposed before and after, so that G is the smaller of the two.
 */
import { denseGeometry, type Kernels } from '@longhand/kernels';
import { allocateFloats, type DType, type FloatArray } from '@longhand/tensor';

const [a, b, c] = [3.4445, -4.775, 2.0315];
const smallestNorm = 1e-7;

/**
 * Columns of X that are multiplied at a time: a panel. Three cache lines of float32, an odd number, so that the rows of a panel
 * do not map to the same sets of the cache.
 */
const panelWidth = 48;

export interface OrthogonalizationOptions {
  readonly kernels: Kernels;
  readonly dtype: DType;
  readonly rows: number;
  readonly columns: number;
  /** How often the iteration is made. */
  readonly iterations: number;
}

/** A matrix `[rows, columns]`, and what orthogonalizes it in place. */
export interface Orthogonalization {
  readonly matrix: FloatArray;
  run(): void;
}

/** Allocates everything once; running it allocates nothing. */
export function prepareOrthogonalization(options: OrthogonalizationOptions): Orthogonalization {
  const { dtype, rows, columns, iterations } = options;
  const isTall = rows > columns;
  const [height, width] = isTall ? [columns, rows] : [rows, columns];
  const matrix = allocateFloats(dtype, rows * columns);
  const x = isTall ? allocateFloats(dtype, rows * columns) : matrix;
  const gram = allocateFloats(dtype, height * height);
  const square = allocateFloats(dtype, height * height);
  const { polynomial, gramOf, addProduct } = preparePanels(options, height, width);
  return {
    matrix,
    run() {
      if (isTall) transpose(matrix, x, { rows, columns });
      let squares = 0;
      for (let i = 0; i < x.length; i++) squares += x[i] * x[i];
      const norm = Math.max(Math.sqrt(squares), smallestNorm);
      for (let i = 0; i < x.length; i++) x[i] /= norm;
      for (let iteration = 0; iteration < iterations; iteration++) {
        gramOf(x, width, gram);
        // G is symmetric to the last bit, so that G Gᵀ is its square.
        gramOf(gram, height, square);
        for (let i = 0; i < gram.length; i++) polynomial[i] = b * gram[i] + c * square[i];
        addProduct(x);
      }
      if (isTall) transpose(x, matrix, { rows: columns, columns: rows });
    },
  };
}

interface Panels {
  /** `[height, height]`: b · G + c · G², for `addProduct`. */
  readonly polynomial: FloatArray;
  /** `into = X Xᵀ`, for X = `source`, `[height, width]` of any width. */
  gramOf(source: FloatArray, width: number, into: FloatArray): void;
  /** `x ← a · x + polynomial · x`, for x `[height, width]`. */
  addProduct(x: FloatArray): void;
}

/** The matrix products, panel by panel, by the kernels of dense layers: an image there is a column here. */
function preparePanels({ kernels, dtype }: OrthogonalizationOptions, height: number, width: number): Panels {
  const batch = Math.min(panelWidth, width);
  const geometry = denseGeometry('muon', { batch, inFeatures: height, outFeatures: height, bias: false });
  const panel = kernels.allocate(dtype, height * batch);
  const product = kernels.allocate(dtype, height * batch);
  const polynomial = kernels.allocate(dtype, height * height);
  const panelGram = kernels.allocate(dtype, height * height);
  const noBias = kernels.allocate(dtype, 0);
  const multiply = kernels.prepare('dense', geometry, { x: panel, weight: polynomial, bias: noBias, y: product });
  const multiplyByTranspose = kernels.prepare('denseWeightGrad', geometry, {
    x: panel,
    dy: panel,
    dWeight: panelGram,
    dBias: noBias,
  });

  /** Copies the columns from `start`; columns that are not there are zeros. */
  function load(source: FloatArray, sourceWidth: number, start: number): void {
    const count = Math.min(batch, sourceWidth - start);
    if (count < batch) panel.fill(0);
    for (let row = 0; row < height; row++) {
      for (let k = 0; k < count; k++) panel[row * batch + k] = source[row * sourceWidth + start + k];
    }
  }

  return {
    polynomial,
    gramOf(source, sourceWidth, into) {
      into.fill(0);
      for (let start = 0; start < sourceWidth; start += batch) {
        load(source, sourceWidth, start);
        multiplyByTranspose();
        for (let i = 0; i < into.length; i++) into[i] += panelGram[i];
      }
    },
    addProduct(x) {
      for (let start = 0; start < width; start += batch) {
        load(x, width, start);
        multiply();
        const count = Math.min(batch, width - start);
        for (let row = 0; row < height; row++) {
          for (let k = 0; k < count; k++) {
            const at = row * batch + k;
            x[row * width + start + k] = a * panel[at] + product[at];
          }
        }
      }
    },
  };
}

/** `into[column, row] = from[row, column]`. */
function transpose(
  from: FloatArray,
  into: FloatArray,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) into[column * rows + row] = from[row * columns + column];
  }
}
