/** What was read as what: the confusion matrix, and the figures of each class. */
import { html, type Markup } from '../html';
import { countText } from '../number-text';
import type { ReportTest } from './report-data';

/** Whether names take more room than digits do; then they are written upright at the head of a column. */
export function hasLongName(classes: readonly string[]): boolean {
  return classes.some((name) => name.length > 4);
}

export function confusionSection(test: ReportTest): Markup {
  return html`<section id="classes">
<header><h2>What was read as what</h2>
<p>A row for each class that was shown, a column for each that was read. The diagonal was read right; the stronger another field’s colour, the more often that mistake was made.</p></header>
<div class="matrices">
${matrix(test)}${scores(test)}</div>
</section>
`;
}

function matrix({ confusion, classes }: ReportTest): Markup {
  const mistakes = confusion.flatMap((row, shown) => row.filter((_, read) => read !== shown));
  const most = Math.max(1, ...mistakes);
  const cell = (shown: number, read: number): Markup => {
    const count = confusion[shown][read];
    const title = `${classes[shown]} read as ${classes[read]}: ${countText(count)}`;
    if (shown === read) return html`<td class="right" title="${title}">${countText(count)}</td>`;
    if (count === 0) return html`<td class="none" title="${title}">·</td>`;
    const strong = count > most / 2 ? html` strong` : '';
    const shade = Number((0.08 + 0.5 * (count / most)).toFixed(2));
    return html`<td class="wrong${strong}" style="--shade:${shade}" title="${title}">${countText(count)}</td>`;
  };
  const long = hasLongName(classes);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix"><table class="confusion${long ? html` long` : ''}">
<caption>shown ↓ read →</caption>
<thead><tr><td></td>${classes.map((name) => html`<th scope="col"><span>${name}</span></th>`)}</tr></thead>
<tbody>
${classes.map(
  (name, shown) => html`<tr><th scope="row">${name}</th>${classes.map((_, read) => cell(shown, read))}</tr>
`,
)}</tbody>
</table></div>
`;
}

function scores({ classes, scores }: ReportTest): Markup {
  const share = (part: number | undefined): string => (part === undefined ? '–' : (100 * part).toFixed(2));
  const lowest = (pick: (score: ReportTest['scores'][number]) => number | undefined): number =>
    Math.min(...scores.map((score) => pick(score) ?? 1));
  const least = {
    precision: lowest(({ precision }) => precision),
    recall: lowest(({ recall }) => recall),
    f1: lowest(({ f1 }) => f1),
  };
  const cell = (value: number | undefined, low: number): Markup =>
    value === low && low < 1 ? html`<td class="least">${share(value)}</td>` : html`<td>${share(value)}</td>`;
  const rows = scores.map(
    ({ shown, precision, recall, f1 }, at) =>
      html`<tr><th scope="row">${classes[at]}</th><td>${countText(shown)}</td>${cell(precision, least.precision)}${cell(recall, least.recall)}${cell(f1, least.f1)}</tr>
`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Figures of classes"><table>
<caption>in per cent; the lowest is bold</caption>
<thead><tr><th scope="col">class</th><th scope="col">images</th><th scope="col" title="the part that was right of what was read as the class">precision</th><th scope="col" title="the part that was read right of what was shown of the class">recall</th><th scope="col" title="the harmonic mean of both">F1</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
`;
}
