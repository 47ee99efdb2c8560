import { expect, test } from 'vitest';
import { disputedTestLabels, hardTestDigits } from './hard-test-digits';
import { loadMnist } from './load-mnist';

const { labels } = loadMnist({ split: 'test' });

test('the hard digits are listed by index, with their labels, which no model predicts', () => {
  const { models, digits } = hardTestDigits;
  expect(digits.map(({ index }) => index)).toEqual(digits.map(({ index }) => index).toSorted((a, b) => a - b));
  expect(digits.length).toBeGreaterThan(0);
  for (const { index, label, predicted } of digits) {
    expect(label).toBe(labels[index]);
    expect(predicted).toHaveLength(models.length);
    expect(predicted).not.toContain(label);
  }
  // None of them can be better than that.
  for (const { correct } of models) expect(correct).toBeLessThanOrEqual(10_000 - digits.length);
});

test('each disputed label is that of the files, and most of five people did not choose it', () => {
  expect(disputedTestLabels).toHaveLength(15);
  for (const { index, label, suggested, votes } of disputedTestLabels) {
    expect(label).toBe(labels[index]);
    expect(suggested).not.toBe(label);
    expect(votes.label + votes.suggested + votes.neither).toBe(5);
    expect(votes.label).toBeLessThanOrEqual(2);
  }
});
