/**
 * The equations of the notes, one test each, named after what they say. In the report of this file one reads what the five
 * notes contain; the README's index lists the same, in the same words.
 */
import { lenetDocumented } from '@longhand/layers';
import { describe, expect, test } from 'vitest';
import type { Derivation, UpdateOrder } from './derivation';
import { convBce } from './examples/conv-bce';
import { convMse } from './examples/conv-mse';
import { conv1dStep } from './examples/conv1d-step';
import { mazur222 } from './examples/mazur-2-2-2';
import { mlp221 } from './examples/mlp-2-2-1';
import { convolutionPower, iteratedConvolution } from './iterated-convolution';
import { familiesOf } from './lenet-quantities';
import { deriveLenetStep } from './lenet-step';
import conv1dData from './notes/conv1d-step.json' with { type: 'json' };
import mazurData from './notes/mazur-2-2-2.json' with { type: 'json' };

/** The quantities of a derivation by id. */
function valuesOf({ steps }: Derivation): (id: string) => number {
  const values = new Map(steps.map(({ id, value }) => [id, value]));
  return (id) => {
    const value = values.get(id);
    if (value === undefined) throw new Error(`no quantity '${id}'`);
    return value;
  };
}

/** Tests that a quantity is what an equation, written out by hand, makes of the others. */
function equations(
  v: (id: string) => number,
  list: readonly (readonly [name: string, id: string, value: () => number])[],
) {
  test.each(list)('%s', (_name, id, value) => {
    expect(Math.abs(v(id) - value())).toBeLessThan(1e-12);
  });
}

const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
const slope = (x: number): number => Math.exp(-x) / (1 + Math.exp(-x)) ** 2;

describe('note A: convolution, sigmoid, dense, squared error', () => {
  const v = valuesOf(convMse.derive());
  const window = (i: number, j: number): number => {
    let total = 0;
    for (let p = 0; p < 3; p++) for (let q = 0; q < 3; q++) total += v(`a${i + p}${j + q}`) * v(`w${p}${q}`);
    return total;
  };
  const bracket = (): number =>
    v('wa') * v('O00') * (1 - v('O00')) * v('a11') +
    v('wb') * v('O01') * (1 - v('O01')) * v('a12') +
    v('wc') * v('O10') * (1 - v('O10')) * v('a21') +
    v('wd') * v('O11') * (1 - v('O11')) * v('a22');
  equations(v, [
    ['A1: z00 is the kernel over the window at 0, 0', 'z00', () => window(0, 0)],
    ['A2: z01 is the kernel over the window at 0, 1', 'z01', () => window(0, 1)],
    ['A3: z10 is the kernel over the window at 1, 0', 'z10', () => window(1, 0)],
    ['A4: z11 is the kernel over the window at 1, 1', 'z11', () => window(1, 1)],
    ['A5: O00 = σ(z00)', 'O00', () => sigma(v('z00'))],
    ['A6: O01 = σ(z01)', 'O01', () => sigma(v('z01'))],
    ['A7: O10 = σ(z10)', 'O10', () => sigma(v('z10'))],
    ['A8: O11 = σ(z11)', 'O11', () => sigma(v('z11'))],
    [
      'A9: ŷ = O00·wa + O01·wb + O10·wc + O11·wd',
      'y_hat',
      () => v('O00') * v('wa') + v('O01') * v('wb') + v('O10') * v('wc') + v('O11') * v('wd'),
    ],
    ['A10: L = (y − ŷ)²', 'L', () => (v('y') - v('y_hat')) ** 2],
    [
      'A11: dL/dw11 by the chain rule through all four outputs',
      'dL/dw11',
      () => -2 * (v('y') - v('y_hat')) * bracket(),
    ],
    [
      'A12: dL/da00: the corner pixel reaches only z00',
      'dL/da00',
      () => -2 * (v('y') - v('y_hat')) * v('wa') * v('O00') * (1 - v('O00')) * v('w00'),
    ],
  ]);
});

describe('note B: one training step of a one-dimensional convolutional network', () => {
  const exact = valuesOf(conv1dStep.derive({ digits: 'exact' }));
  const v = exact;
  const rate = 0.5;
  const update = (id: string, gradient: () => number) => () => v(id) - rate * gradient();
  equations(v, [
    [
      'B1: in_CC1 = KK13·0 + KK12·i11 + KK11·i12 + bb1',
      'out_CC1',
      () => v('KK13') * 0 + v('KK12') * v('i11') + v('KK11') * v('i12') + v('bb1'),
    ],
    [
      'B2: in_CC2 = KK13·i11 + KK12·i12 + KK11·0 + bb1',
      'out_CC2',
      () => v('KK13') * v('i11') + v('KK12') * v('i12') + v('bb1'),
    ],
    [
      'B3: in_CC3 = kk13·0 + kk12·i11 + kk11·i12 + bb2',
      'out_CC3',
      () => v('kk12') * v('i11') + v('kk11') * v('i12') + v('bb2'),
    ],
    [
      'B4: in_CC4 = kk13·i11 + kk12·i12 + kk11·0 + bb2',
      'out_CC4',
      () => v('kk13') * v('i11') + v('kk12') * v('i12') + v('bb2'),
    ],
    [
      'B5: in_C1 = k13·CC1 + k12·CC2 + k11·CC3 + b1',
      'out_C1',
      () => v('k13') * v('out_CC1') + v('k12') * v('out_CC2') + v('k11') * v('out_CC3') + v('b1'),
    ],
    [
      'B6: in_C2 = k13·CC2 + k12·CC3 + k11·CC4 + b1',
      'out_C2',
      () => v('k13') * v('out_CC2') + v('k12') * v('out_CC3') + v('k11') * v('out_CC4') + v('b1'),
    ],
    ['B7: in_o1 = w1·C1 + w2·C2 + b1', 'in_o1', () => v('w1') * v('out_C1') + v('w2') * v('out_C2') + v('dense_b1')],
    ['B8: in_o2 = w3·C1 + w4·C2 + b2', 'in_o2', () => v('w3') * v('out_C1') + v('w4') * v('out_C2') + v('dense_b2')],
    ['B9: coef_o1 = out_o1 − 1', 'coef_o1', () => v('out_o1') - 1],
    ['B10: coef_o2 = out_o2 − 0', 'coef_o2', () => v('out_o2')],
    ['B11: w1 ← w1 − α·coef_o1·C1', 'w1_new', update('w1', () => v('coef_o1') * v('out_C1'))],
    ['B12: w2 ← w2 − α·coef_o1·C2', 'w2_new', update('w2', () => v('coef_o1') * v('out_C2'))],
    ['B13: w3 ← w3 − α·coef_o2·C1', 'w3_new', update('w3', () => v('coef_o2') * v('out_C1'))],
    ['B14: w4 ← w4 − α·coef_o2·C2', 'w4_new', update('w4', () => v('coef_o2') * v('out_C2'))],
    ['B15: b1 ← b1 − α·coef_o1 (dense)', 'dense_b1_new', update('dense_b1', () => v('coef_o1'))],
    ['B16: b2 ← b2 − α·coef_o2 (dense)', 'dense_b2_new', update('dense_b2', () => v('coef_o2'))],
    [
      'B17: coef_c1 = (coef_o1·w1 + coef_o2·w3)·1, with the new weights',
      'coef_c1',
      () => v('coef_o1') * v('w1_new') + v('coef_o2') * v('w3_new'),
    ],
    [
      'B18: coef_c2 = (coef_o1·w2 + coef_o2·w4)·1, with the new weights',
      'coef_c2',
      () => v('coef_o1') * v('w2_new') + v('coef_o2') * v('w4_new'),
    ],
    [
      'B19: k11 ← k11 − α·(coef_c1·CC3 + coef_c2·CC4)',
      'k11_new',
      update('k11', () => v('coef_c1') * v('out_CC3') + v('coef_c2') * v('out_CC4')),
    ],
    [
      'B20: k12 ← k12 − α·(coef_c1·CC2 + coef_c2·CC3)',
      'k12_new',
      update('k12', () => v('coef_c1') * v('out_CC2') + v('coef_c2') * v('out_CC3')),
    ],
    [
      'B21: k13 ← k13 − α·(coef_c1·CC1 + coef_c2·CC2)',
      'k13_new',
      update('k13', () => v('coef_c1') * v('out_CC1') + v('coef_c2') * v('out_CC2')),
    ],
    ['B22: b1 ← b1 − α·(coef_c1 + coef_c2) (convolution)', 'b1_new', update('b1', () => v('coef_c1') + v('coef_c2'))],
    ['B23: coef_CC1 = coef_c1·k13', 'coef_CC1', () => v('coef_c1') * v('k13_new')],
    [
      'B24: coef_CC2 = coef_c1·k12 + coef_c2·k13',
      'coef_CC2',
      () => v('coef_c1') * v('k12_new') + v('coef_c2') * v('k13_new'),
    ],
    [
      'B25: coef_CC3 = coef_c1·k11 + coef_c2·k12',
      'coef_CC3',
      () => v('coef_c1') * v('k11_new') + v('coef_c2') * v('k12_new'),
    ],
    ['B26: coef_CC4 = coef_c2·k11', 'coef_CC4', () => v('coef_c2') * v('k11_new')],
    ['B27: KK11 ← KK11 − α·(coef_CC1·i12 + coef_CC2·0)', 'KK11_new', update('KK11', () => v('coef_CC1') * v('i12'))],
    [
      'B28: KK12 ← KK12 − α·(coef_CC1·i11 + coef_CC2·i12)',
      'KK12_new',
      update('KK12', () => v('coef_CC1') * v('i11') + v('coef_CC2') * v('i12')),
    ],
    ['B29: KK13 ← KK13 − α·(coef_CC1·0 + coef_CC2·i11)', 'KK13_new', update('KK13', () => v('coef_CC2') * v('i11'))],
    ['B30: bb1 ← bb1 − α·(coef_CC1 + coef_CC2)', 'bb1_new', update('bb1', () => v('coef_CC1') + v('coef_CC2'))],
    ['B31: kk11 ← kk11 − α·(coef_CC3·i12 + coef_CC4·0)', 'kk11_new', update('kk11', () => v('coef_CC3') * v('i12'))],
    [
      'B32: kk12 ← kk12 − α·(coef_CC3·i11 + coef_CC4·i12)',
      'kk12_new',
      update('kk12', () => v('coef_CC3') * v('i11') + v('coef_CC4') * v('i12')),
    ],
    ['B33: kk13 ← kk13 − α·(coef_CC3·0 + coef_CC4·i11)', 'kk13_new', update('kk13', () => v('coef_CC4') * v('i11'))],
    ['B34: bb2 ← bb2 − α·(coef_CC3 + coef_CC4)', 'bb2_new', update('bb2', () => v('coef_CC3') + v('coef_CC4'))],
  ]);

  describe('every printed figure, digit for digit, in the note’s order and three decimals', () => {
    const { steps } = conv1dStep.derive();
    test.each(Object.entries(conv1dData.printed))('%s is printed $figure', (id, { figure }) => {
      const step = steps.find((candidate) => candidate.id === id);
      expect(step?.value.toFixed(3)).toBe(figure);
      expect(step?.printed).toMatchObject({ figure, agrees: true });
    });
  });

  describe.each(Object.entries(conv1dData.exact))('every exact figure, %s', (order, figures) => {
    const value = valuesOf(conv1dStep.derive({ order: order as UpdateOrder, digits: 'exact' }));
    test.each(Object.entries(figures))('%s = %s', (id, figure) => {
      expect(Math.abs(value(id) - Number(figure))).toBeLessThan(1e-12);
    });
  });
});

describe('note C: the same convolution, sigmoid output, binary cross-entropy', () => {
  const v = valuesOf(convBce.derive());
  const sums = ['s0', 's1', 's2', 's3'];
  const weights = ['wa', 'wb', 'wc', 'wd'];
  const through = (factors: readonly string[]): number =>
    v('dL/dy_out') *
    slope(v('alpha')) *
    weights.reduce((sum, weight, at) => sum + v(weight) * slope(v(sums[at])) * v(factors[at]), 0);
  equations(v, [
    [
      'C1: the cross-entropy in general, −P(x)·log Q(x), to base e; of two outcomes here',
      'L',
      () => -v('yy') * Math.log(v('y_out')) - (1 - v('yy')) * Math.log(1 - v('y_out')),
    ],
    [
      'C2: L = −[yy·ln(y_out) + (1 − yy)·ln(1 − y_out)]',
      'L',
      () => -(v('yy') * Math.log(v('y_out')) + (1 - v('yy')) * Math.log(1 - v('y_out'))),
    ],
    [
      'C3: dL/dy_out = −yy/y_out + (1 − yy)/(1 − y_out)',
      'dL/dy_out',
      () => -v('yy') / v('y_out') + (1 - v('yy')) / (1 - v('y_out')),
    ],
    [
      'C4: dL/dy_out = (y_out − yy) / (y_out·(1 − y_out))',
      'dL/dy_out',
      () => (v('y_out') - v('yy')) / (v('y_out') * (1 - v('y_out'))),
    ],
    ['C5: sigmoid(x) = 1 / (1 + e^−x)', 'y_out', () => 1 / (1 + Math.exp(-v('alpha')))],
    [
      'C6: its derivative is e^−x / (1 + e^−x)² = σ(x)·(1 − σ(x))',
      'dL/dalpha',
      () => v('dL/dy_out') * slope(v('alpha')),
    ],
    [
      'C7: α = wa·o00 + wb·o01 + wc·o10 + wd·o11',
      'alpha',
      () => v('wa') * v('o00') + v('wb') * v('o01') + v('wc') * v('o10') + v('wd') * v('o11'),
    ],
    ['C8: dL/dw00 through s0 to s3 with a00, a01, a10, a11', 'dL/dw00', () => through(['a00', 'a01', 'a10', 'a11'])],
    ['C9: dL/da21 through s0 to s3 with w21, w20, w11, w10', 'dL/da21', () => through(['w21', 'w20', 'w11', 'w10'])],
  ]);
});

describe('note D: the gradient of w11 in parts', () => {
  const v = valuesOf(convMse.derive());
  const parts = (): number =>
    [
      ['wa', 'z00', 'a11'],
      ['wb', 'z01', 'a12'],
      ['wc', 'z10', 'a21'],
      ['wd', 'z11', 'a22'],
    ].reduce((sum, [weight, z, pixel]) => {
      const output = 1 / (1 + Math.exp(-v(z)));
      return sum + v(weight) * output * (1 - output) * v(pixel);
    }, 0);
  equations(v, [
    ['D1: MSE = (yy − ŷ)² / n with n = 1', 'L', () => (v('y') - v('y_hat')) ** 2 / 1],
    ['D2: dMSE/dŷ = −2·(yy − ŷ)', 'dL/dy_hat', () => -2 * (v('y') - v('y_hat'))],
    ['D3: ŷ = wa·o00 + wb·o01 + wc·o10 + wd·o11, so dŷ/do is the weight', 'dL/dwa', () => v('dL/dy_hat') * v('O00')],
    [
      'D4: do/dz = σ(z)·(1 − σ(z)), seen in dL/da00',
      'dL/da00',
      () => v('dL/dy_hat') * v('wa') * slope(v('z00')) * v('w00'),
    ],
    [
      'D5: dz/dw11 is a11, a12, a21, a22; put together, dMSE/dw11',
      'dL/dw11',
      () => -2 * (v('y') - v('y_hat')) * parts(),
    ],
  ]);
});

describe('note E, first half: a 2-2-1 network', () => {
  const derivation = mlp221.derive();
  const v = valuesOf(derivation);
  const outer = (): number => -2 * (v('y_true') - v('y_pred'));
  const out = (): number => slope(v('o1_sum'));
  const update = (id: string) => () => v(id) - 0.1 * v(`dL/d${id}`);
  equations(v, [
    ['E1: h1_sum = x1·w1 + x2·w2 + b1', 'h1_sum', () => v('x1') * v('w1') + v('x2') * v('w2') + v('b1')],
    ['E2: h2_sum = x1·w3 + x2·w4 + b2', 'h2_sum', () => v('x1') * v('w3') + v('x2') * v('w4') + v('b2')],
    ['E3: h1 = σ(h1_sum)', 'h1', () => sigma(v('h1_sum'))],
    ['E4: h2 = σ(h2_sum)', 'h2', () => sigma(v('h2_sum'))],
    ['E5: o1_sum = h1·w5 + h2·w6 + b3', 'o1_sum', () => v('h1') * v('w5') + v('h2') * v('w6') + v('b3')],
    ['E6: y_pred = o1 = σ(o1_sum)', 'y_pred', () => sigma(v('o1_sum'))],
    ['E7: L = (y_true − y_pred)²', 'L', () => (v('y_true') - v('y_pred')) ** 2],
    [
      'E8: dL/dw1 = −2(y_true − y_pred)·w5·σ′(o1_sum)·σ′(h1_sum)·x1',
      'dL/dw1',
      () => outer() * v('w5') * out() * slope(v('h1_sum')) * v('x1'),
    ],
    [
      'E9: dL/dw2 = … w5·σ′(o1_sum)·σ′(h1_sum)·x2',
      'dL/dw2',
      () => outer() * v('w5') * out() * slope(v('h1_sum')) * v('x2'),
    ],
    [
      'E10: dL/dw3 = … w6·σ′(o1_sum)·σ′(h2_sum)·x1',
      'dL/dw3',
      () => outer() * v('w6') * out() * slope(v('h2_sum')) * v('x1'),
    ],
    [
      'E11: dL/dw4 = … w6·σ′(o1_sum)·σ′(h2_sum)·x2',
      'dL/dw4',
      () => outer() * v('w6') * out() * slope(v('h2_sum')) * v('x2'),
    ],
    ['E12: dL/dw5 = … σ′(o1_sum)·h1', 'dL/dw5', () => outer() * out() * v('h1')],
    ['E13: dL/dw6 = … σ′(o1_sum)·h2', 'dL/dw6', () => outer() * out() * v('h2')],
    ['E14: dL/db1 = … w5·σ′(o1_sum)·σ′(h1_sum)', 'dL/db1', () => outer() * v('w5') * out() * slope(v('h1_sum'))],
    ['E15: dL/db2 = … w6·σ′(o1_sum)·σ′(h2_sum)', 'dL/db2', () => outer() * v('w6') * out() * slope(v('h2_sum'))],
    ['E16: dL/db3 = … σ′(o1_sum)', 'dL/db3', () => outer() * out()],
    ...['w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'b1', 'b2', 'b3'].map(
      (id) => [`E17: ${id} ← ${id} − η·dL/d${id}`, `${id}_new`, update(id)] as const,
    ),
  ]);

  test('E18: L = (1 − 0.9824945598864127)² is printed 0.0003064404335703929', () => {
    expect(v('printed_loss')).toBe(0.0003064404335703929);
    expect(derivation.steps.find(({ id }) => id === 'printed_loss')?.printed?.agrees).toBe(true);
  });

  test('E19: g1 ⊛ g2 ⊛ ⋯ ⊛ gn is one convolution after another', () => {
    expect(
      iteratedConvolution([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    ).toEqual([15, 68, 100, 48]);
  });

  test('E20: g^{⊛m} is g convolved with itself, m times', () => {
    expect(convolutionPower([1, 1], 4)).toEqual([1, 4, 6, 4, 1]);
    expect(convolutionPower([2, -1], 3)).toEqual(
      iteratedConvolution([
        [2, -1],
        [2, -1],
        [2, -1],
      ]),
    );
  });
});

describe('note E, second half: the symbols of the two-convolution network', () => {
  const network = lenetDocumented({ activation: 'sigmoid' });
  const families = new Map(familiesOf(network).map((family) => [family.stem, family]));
  const extents = (stem: string): number[] | undefined => families.get(stem)?.axes.map(({ count }) => count);
  const image = Uint8Array.from({ length: 784 }, (_, at) => (at * 37) % 256);
  const options = { image, label: 3, network, normalization: { mean: 0.1307, std: 0.3081 } };
  const formulaOf = (quantity: string, id = quantity): string | undefined =>
    deriveLenetStep({ ...options, quantity }).steps.find((step) => step.id === id)?.formula?.text;

  test.each<[string, string, number[]]>([
    ['E21: k¹_{m,n,p}: six kernels of 5×5', 'k1', [6, 5, 5]],
    ['E21: b¹_p: one bias for each', 'b1', [6]],
    ['E22: C¹_{g,h,p}: six maps of 24×24', 'C1', [6, 24, 24]],
    ['E23: P¹_{r,s,p}: pooled to 12×12', 'P1', [6, 12, 12]],
    ['E24: k²_{m,n,q}: twelve kernels of 5×5 over all six maps', 'k2', [12, 6, 5, 5]],
    ['E24: b²_q: one bias for each', 'b2', [12]],
    ['E25: C²_{p,q}: twelve maps of 8×8', 'C2', [12, 8, 8]],
    ['E26: P²_{u,v}: pooled to 4×4', 'P2', [12, 4, 4]],
    ['E27: v: 192 values', 'v', [192]],
    ['E28: w: a dense layer of 10×192', 'w', [10, 192]],
    ['E28: b: ten biases', 'b', [10]],
    ['E28: o: o0 to o9', 'o', [10]],
  ])('%s', (_name, stem, shape) => {
    expect(extents(stem)).toEqual(shape);
  });

  test('E29: ⊛ and ⊕: the window under the kernel, and the bias added', () => {
    expect(formulaOf('S1.1.0.0')).toMatch(
      /^x\.0\.0·k1\.1\.0\.0 \+ x\.0\.1·k1\.1\.0\.1 \+ .* \+ x\.4\.4·k1\.1\.4\.4 \+ b1\.1$/,
    );
  });

  test('E29: σ: the activation of the sum', () => {
    expect(formulaOf('C1.1.0.0')).toBe('σ(S1.1.0.0)');
  });

  test('E29: ⊙: the error times the derivative, entry by entry', () => {
    expect(formulaOf('S1.1.0.0', 'dL/dS1.1.0.0')).toBe('∂L/∂C1.1.0.0·C1.1.0.0·(1 − C1.1.0.0)');
  });
});

describe('one example, four answers: Matt Mazur’s 2-2-2 network', () => {
  test.each([
    ['standard', 'standard', 'biases fixed'],
    ['update-then-propagate', 'update-then-propagate', 'biases fixed'],
    ['shared biases trained', 'standard', 'shared biases trained'],
    ['one bias per neuron trained', 'standard', 'one bias per neuron trained'],
  ] as const)('%s', (figures, order, variant) => {
    const value = valuesOf(mazur222.derive({ order, variant }));
    const expected = mazurData.exact[figures];
    expect(Math.abs(value('error_before') - Number(expected.error_before))).toBeLessThan(1e-12);
    expect(Math.abs(value('error_after') - Number(expected.error_after))).toBeLessThan(1e-12);
  });

  test('the page prints what the update before the error’s way back gives', () => {
    const { steps } = mazur222.derive();
    for (const id of ['error_before', 'error_after']) {
      expect(steps.find((step) => step.id === id)?.printed?.agrees).toBe(true);
    }
  });
});
