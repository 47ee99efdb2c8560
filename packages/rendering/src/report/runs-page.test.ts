import type { EpochRecord } from '@longhand/training';
import { describe, expect, test } from 'vitest';
import { type ComparedRun, runsPage } from './runs-page';

const epoch = (number: number, accuracy: number, validated = false): EpochRecord => ({
  epoch: number,
  steps: 4 * number,
  loss: 0.4 / number,
  accuracy,
  learningRate: 0.01,
  seconds: 1,
  imagesPerSecond: 100,
  ...(validated && { validation: { loss: 0.3 / number, accuracy: accuracy + 0.01, best: true } }),
});
const lossCurve = { every: 1, losses: [2, 1.5, 1, 0.8, 0.6, 0.5, 0.45, 0.4] };
const one: ComparedRun = { name: 'one', epochs: [epoch(1, 0.9, true), epoch(2, 0.95, true)], lossCurve };
const other: ComparedRun = {
  name: 'the <other>',
  epochs: [epoch(1, 0.8)],
  lossCurve: { every: 1, losses: [2, 1.9, 1.8, 1.7] },
};
const figures = { titles: ['run', 'test'], rows: [['one', '95 %']] };
const pageOf = (...runs: ComparedRun[]): string => runsPage({ title: 'runs', runs, figures });
const chartOf = (page: string, title: string): string =>
  new RegExp(`<figure class="chart">\n<figcaption><b>${title}</b>.*?</figure>`, 's').exec(page)?.[0] ?? '';

describe('the page of several runs', () => {
  const page = pageOf(one, other);

  test('has a line for each run in each chart that it has figures for, told apart by color and dash', () => {
    const looksIn = (title: string): string[] =>
      [...chartOf(page, title).matchAll(/<path class="line ([^"]+)" d="M\d/g)]
        .map(([, look]) => look)
        .filter((look, at, all) => all.indexOf(look) === at);
    expect(looksIn('Training loss')).toEqual(['color1 dash0', 'color2 dash1']);
    expect(looksIn('Training accuracy')).toEqual(['color1 dash0', 'color2 dash1']);
    expect(looksIn('Validation accuracy')).toEqual(['color1 dash0']);
    expect(chartOf(page, 'Validation accuracy')).toContain('one <b>96.00 %</b>');
  });

  test('puts all on one axis of epochs, as long as the longest run', () => {
    const drawing = /<svg viewBox="0 0 1000.*<\/svg>/s.exec(chartOf(page, 'Training accuracy'))?.[0] ?? '';
    const across = [...drawing.matchAll(/class="line \S+ \S+" d="([^"]*)"/g)].map(([, d]) => d);
    // Epochs stand in their middles: at a half and one and a half of two.
    expect(across[0]).toMatch(/^M250 \d+L750 \d+$/);
    expect(across.some((d) => /^M250 \d+$/.test(d))).toBe(true);
  });

  test('leaves out charts that no run has figures for, and escapes names', () => {
    const page = pageOf(other);
    expect(page).not.toContain('Validation loss');
    expect(page).not.toContain('<other>');
    expect(page).toContain('the &lt;other&gt;');
    expect(page).toContain('All settings are the same.');
  });

  test('lists figures and differences', () => {
    const differences = { titles: ['setting', 'one', 'two'], rows: [['seed', '1', '2']] };
    const page = runsPage({ title: 'runs', runs: [one], figures, differences });
    expect(page).toContain('<tr><th scope="row">seed</th><td>1</td><td>2</td></tr>');
    expect(page).toContain('<tr><th scope="row">one</th><td>95 %</td></tr>');
    expect(page).not.toContain('All settings are the same.');
  });

  test('of more runs than there are colors still tells them apart', () => {
    const many = Array.from({ length: 32 }, (_, at): ComparedRun => ({ ...one, name: `run ${at}` }));
    const looks = [...chartOf(pageOf(...many), 'Training accuracy').matchAll(/class="marks ([^"]+)" d="M250/g)];
    expect(new Set(looks.map(([, look]) => look)).size).toBe(32);
  });
});
