/** The results of a search of settings on one page: the best ones, what mattered, and every trial as a point. */
import { accuracyScale, lossScale } from '../curves/scale';
import type { Point } from '../curves/terminal-curves';
import { html, type Markup } from '../html';
import { accuracyText, percentText } from '../number-text';
import { roomBelow } from './learning-section';
import { type Axis, type ChartLine, lineChart, looks } from './line-chart';
import { type PageTableOptions, pageTable } from './page-table';
import { standalonePage } from './standalone-page';

/** How much one setting mattered. */
export interface TuningEffect {
  /** Its name. */
  readonly setting: string;
  /** The part of the spread of results that it explains, from 0 to 1; undefined with too few trials to say. */
  readonly share: number | undefined;
  /** The trials with some of its values, and their mean accuracy. */
  readonly groups: readonly { readonly name: string; readonly trials: number; readonly accuracy: number }[];
}

/** The accuracy of trials over the values of one setting. */
export interface TuningChart {
  /** Its name, which stands below the axis too. */
  readonly setting: string;
  /** The axis: words side by side, or numbers; logarithmic where they begin above 0. */
  readonly values:
    | { readonly kind: 'words'; readonly words: readonly string[] }
    | { readonly kind: 'numbers'; readonly from: number; readonly to: number };
  /** Trials of one length. */
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { readonly value: string | number | boolean; readonly accuracy: number }[];
  }[];
}

/** What the page shows. */
export interface TuningPageOptions {
  /** The name of the search. */
  readonly title: string;
  /** Of the winner, from 0 to 1. */
  readonly accuracy: number;
  /** Its standard deviation over seeds. Default: there was one seed. */
  readonly deviation?: number;
  /** What that figure is. */
  readonly sentence: string;
  /** What was searched, in a line. */
  readonly about: string;
  /** The command line that trains the winner. */
  readonly reproduce: string;
  /** The best settings as a table. */
  readonly standings: Omit<PageTableOptions, 'label'>;
  /** Of which trials the effects are. */
  readonly effectsTitle: string;
  /** One for each setting, the largest first. */
  readonly effects: readonly TuningEffect[];
  /** One for each setting. */
  readonly charts: readonly TuningChart[];
  /** Every configuration in figures. */
  readonly trials: Omit<PageTableOptions, 'label'>;
}

/**
 * The page. It needs no script, no network and no other file.
 *
 * @example
 * const table = { titles: ['setting', 'winner'], rows: [['pooling', 'mean']] };
 * tuningPage({ title: 'tune', accuracy: 0.99, sentence: 'is the validation accuracy.', about: 'lenet5 on MNIST', reproduce: 'longhand train --pooling mean', standings: table, effectsTitle: 'What mattered', effects: [], charts: [], trials: table });
 */
export function tuningPage(options: TuningPageOptions): string {
  const { title, accuracy, deviation, sentence, about, reproduce, standings, effectsTitle, effects, charts } = options;
  return standalonePage(title, [
    html`<header class="top">
<p class="name">${title}</p>
<h1><span class="share">${percentText(accuracy)}</span>${deviation === undefined ? '' : html` <span class="error">± ${(100 * deviation).toFixed(2)}</span>`}</h1>
<p class="lead">${sentence}</p>
<p class="about">${about}</p>
</header>
<section id="standings">
<header><h2>The best settings</h2>
<p>The ± is the standard deviation over the seeds.</p></header>
<div>
<pre><code>${reproduce}</code></pre>
<h3>The longest trainings</h3>
${pageTable({ label: 'The best settings', ...standings })}</div>
</section>
<section id="effects">
<header><h2>What mattered</h2>
<p>${effectsTitle}: the share of the spread of log errors that lies between the groups of a setting, less what as many random groups would have (ε²).</p></header>
<div>
${effectTable(effects)}</div>
</section>
<section id="charts">
<header><h2>Every trial</h2>
<p>A point is a configuration after a training, by its value of a setting. The scale of accuracy is logarithmic in the error.</p></header>
<div>
<div class="charts">
${charts.map(chartOf)}</div>
<details><summary>In figures</summary>
${pageTable({ label: 'Every trial', ...options.trials })}</details>
</div>
</section>
`,
  ]);
}

function effectTable(effects: readonly TuningEffect[]): Markup {
  const rows = effects.map(({ setting, share, groups }) => {
    const width = (100 * (share ?? 0)).toFixed(1);
    const of = groups.map(({ name, accuracy }) => `${name}: ${accuracyText(accuracy)}`).join(', ');
    return html`<tr><th scope="row">${setting}</th><td>${share === undefined ? '–' : percentText(share, 0)}</td><td class="bar"><i style="width:${width}%"></i></td><td class="text">${of}</td></tr>
`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="What mattered"><table class="bars">
<thead><tr><th scope="col">setting</th><th scope="col">share</th><th scope="col"></th><th scope="col" class="text">accuracy by value</th></tr></thead>
<tbody>
${rows}</tbody></table></div>
`;
}

function chartOf({ setting, values, series }: TuningChart): Markup {
  const x = values.kind === 'words' ? wordAxis(setting, values.words) : numberAxis(setting, values);
  const lines = series.map(({ name, points }, at): ChartLine => {
    const places = points.map(({ value, accuracy }): Point => [placeOf(value, values), accuracy]);
    return { name, look: looks[at % looks.length], points: places, marked: true, joined: false };
  });
  const accuracies = lines.flatMap(({ points }) => points.filter(([at]) => Number.isFinite(at)).map(([, y]) => y));
  const description = `The accuracy of each trial by ${setting}`;
  return lineChart({ title: setting, description, lines, x, y: accuracyScale([...accuracies, roomBelow(accuracies)]) });
}

/** The position of a value on its axis; NaN for a word that is none of them. */
function placeOf(value: string | number | boolean, values: TuningChart['values']): number {
  if (values.kind === 'numbers') return Number(value);
  const at = values.words.indexOf(String(value));
  return at < 0 ? Number.NaN : at;
}

/** Words side by side, each in the middle of its room. */
function wordAxis(name: string, words: readonly string[]): Axis {
  return {
    name,
    at: (index) => (index + 0.5) / words.length,
    ticks: words.map((label, value) => ({ value, label })),
  };
}

function numberAxis(name: string, { from, to }: { readonly from: number; readonly to: number }): Axis {
  // The scale of losses is that of any numbers above 0.
  if (from > 0) return { name, ...lossScale([from, to]) };
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => ({ value: part * to, label: String(part * to) }));
  return { name, at: (value) => Math.min(Math.max(value / to, 0), 1), ticks };
}
