import { expect, test } from 'vitest';
import { tuningPage } from './tuning-page';

const points = [
  { value: 0.001, accuracy: 0.9 },
  { value: 0.01, accuracy: 0.99 },
];
const page = tuningPage({
  title: 'tune <1>',
  accuracy: 0.9912,
  deviation: 0.0005,
  sentence: 'is the accuracy of the winner.',
  about: '27 configurations',
  reproduce: 'longhand train --learning-rate 0.01',
  standings: { titles: ['setting', 'winner'], rows: [['learning-rate', '0.01']] },
  effectsTitle: 'What mattered in 27 trials',
  effects: [
    { setting: 'learning-rate', share: 0.625, groups: [{ name: '0.001..0.01', trials: 9, accuracy: 0.98 }] },
    { setting: 'pooling', share: undefined, groups: [] },
  ],
  charts: [
    {
      setting: 'learning-rate',
      values: { kind: 'numbers', from: 0.0001, to: 0.01 },
      series: [{ name: '1 epoch', points }],
    },
    {
      setting: 'pooling',
      values: { kind: 'words', words: ['max', 'mean'] },
      series: [
        {
          name: '1 epoch',
          points: [
            { value: 'mean', accuracy: 0.9 },
            { value: 'none', accuracy: 0.8 },
          ],
        },
      ],
    },
    {
      setting: 'shift',
      values: { kind: 'numbers', from: 0, to: 2 },
      series: [{ name: '1 epoch', points: [{ value: 0.5, accuracy: 0.9 }] }],
    },
  ],
  trials: { titles: ['configuration', '1 epoch'], rows: [['0: as given', '90.00 %']] },
});
const marksOf = (setting: string): string[] => {
  const chart = new RegExp(`<b>${setting}</b>.*?</figure>`, 's').exec(page)?.[0] ?? '';
  const drawing = /<svg viewBox="0 0 1000.*?<\/svg>/s.exec(chart)?.[0] ?? '';
  expect(drawing).not.toContain('class="line');
  return /class="marks [^"]*" d="([^"]*)"/.exec(drawing)?.[1].match(/M\d+/g) ?? [];
};

test('shows the winner, its command line and what mattered', () => {
  for (const part of [
    '<span class="share">99.12 %</span> <span class="error">± 0.05</span>',
    '<title>tune &lt;1&gt;</title>',
    '<code>longhand train --learning-rate 0.01</code>',
    '<th scope="row">learning-rate</th><td>63 %</td><td class="bar"><i style="width:62.5%"></i></td>',
    '<th scope="row">pooling</th><td>–</td>',
    '<th scope="row">0: as given</th><td>90.00 %</td>',
  ]) {
    expect(page).toContain(part);
  }
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});

test('draws every trial as a point: numbers on a logarithmic axis, or from 0 on a plain one, words side by side', () => {
  expect(marksOf('learning-rate')).toEqual(['M500', 'M1000']);
  expect(marksOf('pooling')).toEqual(['M750']);
  expect(marksOf('shift')).toEqual(['M250']);
});
