/** A worksheet of a number of the real network: whatever its lines read is on it. */
import { imageAt } from '@longhand/datasets';
import { lenetDocumented } from '@longhand/layers';
import { mnistNormalization as normalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { expect, test } from 'vitest';
import { networkStep } from '../any-network-step';
import { entryNamed } from '../lenet-quantities';
import { blankWorksheet } from './blank-worksheet';

const image = imageAt(loadMnist({ split: 'test' }), 0);

function worksheetOf(name: string, network = lenetDocumented()) {
  const step = networkStep({ network, image, label: 7, normalization });
  const { family, index } = entryNamed(step.families, name);
  return blankWorksheet({ steps: step.derive(family, index) }, (id) => step.stepOf(id, { numerical: false }));
}

test('a weight of the second convolution can be worked out from what is given', () => {
  const steps = worksheetOf('k2.5.3.1.2') ?? [];
  const given = steps.filter(({ stage }) => stage === 'given');
  const lines = steps.filter(({ stage }) => stage !== 'given');
  expect(given[0]?.id).toBe('k2.5.3.1.2');
  // Six terms are not zero: six maxima of four, six gradients through a ReLU, and their sum.
  expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: 13 }, (_, at) => at + 1));
  const known = new Map(given.map(({ id, value }) => [id, value]));
  const [sum, ...rest] = lines.toReversed();
  for (const { id, inputs, value, formula } of rest.reverse()) {
    for (const input of inputs) expect(known.has(input), `${id} reads ${input}`).toBe(true);
    if (formula?.text.startsWith('max')) expect(value).toBe(Math.max(...inputs.map((input) => known.get(input) ?? 0)));
    known.set(id, value);
  }
  const terms = (sum?.formula?.text ?? '').split(' + ').map((term) => term.split('·'));
  expect(terms).toHaveLength(6);
  const ofSymbol = new Map(steps.map(({ symbol, value }) => [symbol.text, value]));
  const total = terms.reduce((all, [a = '', b = '']) => all + (ofSymbol.get(a) ?? 0) * (ofSymbol.get(b) ?? 0), 0);
  expect(total).toBeCloseTo(sum?.value ?? 0, 12);
});

test.each([
  ['k1.2.0.1', lenetDocumented()],
  ['k2.5.3.1.2', lenetDocumented({ activation: 'sigmoid', pooling: 'mean' })],
])('%s of hundreds of terms is no exercise', (name, network) => {
  expect(worksheetOf(name, network)).toBeUndefined();
});
