/** Muon by what its matrices become; against PyTorch it is tested in `@longhand/training`. */
import { referenceKernels, simdKernels } from '@longhand/kernels';
import { OptionError, ShapeError, seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { adamw } from './adam';
import { muon } from './muon';
import type { TensorEntry } from './optimizer';
import { prepareOrthogonalization } from './orthogonalization';

/** Tensors one after another. */
function entriesOf(...tensors: [path: string, shape: number[]][]): TensorEntry[] {
  let offset = 0;
  return tensors.map(([path, shape]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const entry = { path, shape, offset, length };
    offset += length;
    return entry;
  });
}

function randomNumbers(length: number): Float64Array {
  const random = seededRandom(1);
  return Float64Array.from({ length }, () => random.uniform(-1, 1));
}

describe('the orthogonalization', () => {
  const polynomial = (s: number): number => 3.4445 * s - 4.775 * s ** 3 + 2.0315 * s ** 5;

  test('of a diagonal matrix: five times the polynomial of each singular value', () => {
    const { matrix, run } = prepareOrthogonalization({
      kernels: referenceKernels,
      dtype: 'float64',
      rows: 2,
      columns: 3,
      iterations: 5,
    });
    matrix.set([3, 0, 0, 0, 0, -4]);
    run();
    const fiveTimes = (s: number): number => [1, 2, 3, 4, 5].reduce(polynomial, s);
    expect(matrix[0]).toBeCloseTo(fiveTimes(0.6), 12);
    expect(matrix[5]).toBeCloseTo(-fiveTimes(0.8), 12);
    expect([1, 2, 3, 4].map((at) => matrix[at])).toEqual([0, 0, 0, 0]);
  });

  // Narrower than a panel, of one panel, and of several with a part.
  test.each([
    [5, 7],
    [7, 5],
    [3, 48],
    [8, 250],
    [250, 8],
    [60, 60],
  ])('of %i × %i numbers: singular values near 1, in all kernel sets', (rows, columns) => {
    const numbers = randomNumbers(rows * columns);
    const results = (['float64', 'float32'] as const).map((dtype) => {
      const kernels = dtype === 'float64' ? referenceKernels : simdKernels('strict');
      const { matrix, run } = prepareOrthogonalization({ kernels, dtype, rows, columns, iterations: 5 });
      matrix.set(numbers);
      run();
      return [...matrix];
    });
    const [exact, single] = results as [number[], number[]];
    // The norms of combinations of the rows (of the columns, if these are fewer).
    const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
    const at = (k: number, i: number): number => exact[rows <= columns ? k * columns + i : i * columns + k];
    const direction = randomNumbers(count);
    const norm = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    let squares = 0;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let k = 0; k < count; k++) sum += (direction[k] / norm) * at(k, i);
      squares += sum * sum;
    }
    expect(Math.sqrt(squares)).toBeGreaterThan(rows === columns ? 0.5 : 0.65);
    expect(Math.sqrt(squares)).toBeLessThan(1.25);
    for (const [index, value] of single.entries()) expect(value).toBeCloseTo(exact[index], 4);
  });

  test('of zeros are zeros', () => {
    const { matrix, run } = prepareOrthogonalization({
      kernels: referenceKernels,
      dtype: 'float32',
      rows: 2,
      columns: 2,
      iterations: 5,
    });
    run();
    expect([...matrix]).toEqual([0, 0, 0, 0]);
  });
});

describe('muon', () => {
  const entries = entriesOf(['conv.weight', [4, 2, 3, 3]], ['conv.bias', [4]], ['block.fc.weight', [3, 4]]);

  test('the scale of the gradients of a matrix does not matter', () => {
    const steps = [1, 1000].map((scale) => {
      const values = new Float64Array(12);
      const pass = muon({ learningRate: 1 }).prepare(values, undefined, { entries: entriesOf(['fc.weight', [3, 4]]) });
      pass.update(randomNumbers(12).map((value) => value * scale));
      return [...values];
    });
    const [first, second] = steps as [number[], number[]];
    for (const [index, value] of first.entries()) expect(value).toBeCloseTo(second[index], 12);
  });

  test('biases and the layers named are AdamW’s, at its rate and with its schedule', () => {
    const gradients = randomNumbers(88);
    const optimizer = muon({ learningRate: 0.2, adamwLearningRate: 0.1, adamwLayers: ['block'], weightDecay: 0.01 });
    const values = new Float64Array(88).fill(1);
    const pass = optimizer.prepare(values, undefined, { entries });
    const others = new Float64Array(88).fill(1);
    const adamwPass = adamw({ learningRate: 0.1 }).prepare(others);
    for (const factor of [1, 0.5]) {
      pass.update(gradients, 0.2 * factor);
      adamwPass.update(gradients, 0.1 * factor);
    }
    expect([...values.subarray(72)]).toEqual([...others.subarray(72)]);
    // Every weight of the convolution is Muon's.
    for (const [index, value] of values.subarray(0, 72).entries()) expect(value).not.toBe(others[index]);
  });

  test('a pass whose state is put back goes on as if it had never stopped', () => {
    const optimizer = muon({ learningRate: 0.1 });
    const gradients = [1, 2, 3, 4].map((seed) => randomNumbers(88 + seed).subarray(seed));
    const whole = new Float64Array(88);
    const wholePass = optimizer.prepare(whole, undefined, { entries });
    for (const gradient of gradients) wholePass.update(gradient);
    const values = new Float64Array(88);
    const first = optimizer.prepare(values, undefined, { entries });
    for (const gradient of gradients.slice(0, 2)) first.update(gradient);
    const second = optimizer.prepare(values, first.slots, { entries });
    second.stepCount = first.stepCount;
    for (const gradient of gradients.slice(2)) second.update(gradient);
    expect([...values]).toEqual([...whole]);
  });

  test('refuses to work without the tensors, or with others', () => {
    expect(() => muon({ learningRate: 1 }).prepare(new Float32Array(3))).toThrow(
      new OptionError(
        'muon: expected the tensors of the parameters, got none; prepare(values, slots, { entries: network.parameterEntries })',
      ),
    );
    expect(() => muon({ learningRate: 1 }).prepare(new Float32Array(3), undefined, { entries })).toThrow(
      new ShapeError('muon: expected tensors of 3 numbers in all, got 88'),
    );
  });

  test('knows the layers, nested ones too', () => {
    const check = (...adamwLayers: string[]) => muon({ learningRate: 1, adamwLayers }).checkEntries?.(entries);
    check('conv', 'block', 'block.fc');
    expect(() => check('fc')).toThrow(
      new OptionError('muon: expected layers with parameters (conv, block.fc) as adamw layers, got fc'),
    );
  });
});
