import { expect, test } from 'vitest';
import { hintonDiagram } from './hinton-diagram';

test('squares are full above zero, hollow below, and as large as the weight is strong', () => {
  const { text } = hintonDiagram({ values: [1, -1, 0.25, 0], height: 2, width: 2, largest: 1, title: 'a < b' });
  expect(text).toContain('viewBox="0 0 40 40"><title>a &lt; b</title>');
  expect(text).toContain('class="above" d="M1 1h18v18h-18zM5.5 25.5h9v9h-9z"');
  expect(text).toContain('class="below" d="M22 2h16v16h-16z"');
});

test('nothing is drawn where all is zero or no number', () => {
  const { text } = hintonDiagram({ values: [0, Number.NaN], height: 1, width: 2, largest: 0, title: '' });
  expect(text).not.toMatch(/d="M/);
});
