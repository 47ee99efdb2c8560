/** The slips of the notes: what they say is wrong, and by how much. */
import { describe, expect, test } from 'vitest';
import { examples } from './examples';
import { convMse } from './examples/conv-mse';
import { conv1dStep } from './examples/conv1d-step';
import { mlp221 } from './examples/mlp-2-2-1';
import { derivationMarkdown } from './presentation/derivation-markdown';
import { derivationText, readingText } from './presentation/derivation-text';
import { slipValues } from './presentation/figure-marks';

/** How far each slip of note B is from the truth, in the three decimals of the note. */
const apartInB: readonly [string, number | undefined][] = [
  // The slip meets the padding's zero: wrong in name, right in number.
  ['in_CC1', 0],
  ['in_CC3', -0.04],
  ['in_CC4', 0.02],
  ['in_C2', -0.011],
  ['w3', -0.004],
  ['w4', undefined],
  ['w4', 0.1],
  ['b1 of the dense layer', -0.2],
  ['b2 of the dense layer', 0.2],
  ['b2 of the dense layer', 0.349],
  ['k12', -0.002],
  ['coef_CC2', 0.02],
  ['KK11', -0.001],
  ['KK12', -0.003],
  ['kk11', -0.001],
  // A slip that the third decimal does not show.
  ['kk12', 0],
];

test('note B: every slip, by the stated amount', () => {
  const { errata } = conv1dStep.derive();
  expect(errata.map(({ where }) => where)).toEqual(apartInB.map(([where]) => where));
  for (const [index, [where, apart]] of apartInB.entries()) {
    const { wrong, right } = errata[index] ?? {};
    if (apart === undefined) expect([wrong, right]).toEqual([undefined, undefined]);
    else expect((wrong ?? Number.NaN) - (right ?? Number.NaN), where).toBeCloseTo(apart, 9);
  }
});

test('note B: the operands that a slip names lead to its number, and a slip that shows in no digit says so', () => {
  const { errata } = conv1dStep.derive();
  const slipOf = (name: string): string => {
    const slip = errata.find(({ where }) => where === name);
    return `${slip?.says}: ${slip && slipValues(slip)}`;
  };
  // 0.3·0.04 + 0.2·0.07 + 0.1·0.05
  expect(slipOf('in_C2')).toBe(
    'out_CC1, out_CC2, out_CC4 as operands (written C1, C2, C4): 0.031 in the place of 0.042',
  );
  expect(slipOf('kk12')).toBe('i11 (0.1) with coef_CC4: 0.203 all the same');
  const exact = conv1dStep.derive({ digits: 'exact' }).errata.find(({ where }) => where === 'kk12');
  expect(exact && slipValues(exact)).toBe('0.202673 in the place of 0.203444');
});

test('note B: where the reading differs from the printed figure there is evidence, and the reading is wrong', () => {
  const { steps } = conv1dStep.derive();
  const doubtful = steps.filter(({ printed }) => printed?.reading !== undefined);
  expect(doubtful.map(({ id, printed }) => [id, printed?.reading])).toEqual([
    ['w1_new', '0.166'],
    ['w4_new', '-0.107'],
    ['k12_new', '0.107'],
    ['k13_new', '0.208'],
    ['coef_CC1', '-0.021'],
    ['kk12_new', '0.107'],
  ]);
  for (const { value, printed } of doubtful) {
    expect(value).not.toBe(Number(printed?.reading));
    expect(printed?.evidence).toMatch(/\w/);
  }
});

test('a slip is said plainly: what is printed, what it should be, and whether ours is that', () => {
  const textOf = (id: string, steps = conv1dStep.derive().steps): string | undefined =>
    steps.filter((step) => step.id === id).map(readingText)[0];
  expect(textOf('k13_new')).toBe(
    'the note prints 0.208, which should be 0.307; ours agrees with 0.307 (where k13 is used further down it is 0.307)',
  );
  const textbook = conv1dStep.derive({ order: 'standard', digits: 'exact' }).steps;
  expect(derivationMarkdown(conv1dStep.derive())).toContain(
    '| †: the note prints 0.208, which should be 0.307; ours agrees with 0.307 (where k13 is used further down it is 0.307) |',
  );
  expect(textOf('coef_CC1', textbook)).toMatch(/^the note prints −0\.021, which should be −0\.023; ours is neither \(/);
  expect(textOf('w3_new')).toBeUndefined();
});

test('note E: the prediction that it prints is not the one of our numbers, and step 1 says so', () => {
  const text = derivationText(mlp221.derive(), { color: false, width: 200 });
  expect(text).toMatch(
    / 1 {2}L_note = \(y_true_note − y_pred_note\)² .* ✓\n +of the prediction that the note prints; .* another y_pred\n/,
  );
});

test('notes A and D: every slip, by the stated amount', () => {
  const { errata, steps } = convMse.derive();
  const apart = errata.map(({ where, wrong, right }) => [where, Number(((wrong ?? 0) - (right ?? 0)).toPrecision(6))]);
  const value = (id: string): number => steps.find((step) => step.id === id)?.value ?? Number.NaN;
  expect(apart).toEqual([
    ['z00 (note A)', -0.38],
    ['z01 (note A)', 0.38],
    ['z10 (note A)', -0.52],
    ['z11 (note A)', -0.22],
    ['z01 (note A)', -0.02],
    ['∂L/∂w11 (note A)', expect.any(Number)],
    ['∂L/∂w11 (note A)', expect.any(Number)],
    ['∂L/∂w11 (note A)', Number((-2 * value('dL/dw11')).toPrecision(6))],
    ['∂L/∂a00 (note A)', Number((-2 * value('dL/da00')).toPrecision(6))],
    ['∂L/∂ŷ (note D)', Number((-2 * value('dL/dy_hat')).toPrecision(6))],
  ]);
  for (const [where, difference] of apart) expect(Math.abs(difference as number), String(where)).toBeGreaterThan(1e-3);
});

describe('every example', () => {
  test.each(examples)('$name: each slip says where, what, what instead, and why', (example) => {
    for (const { where, says, correct, evidence } of example.derive().errata) {
      for (const text of [where, says, correct, evidence]) expect(text).toMatch(/\S/);
      expect(says).not.toBe(correct);
    }
  });
});
