/** The confusion matrix, and precision, recall and F1 of each class. */
import { html, type Markup } from '../html';
import { classesToShow } from '../many-classes';
import { countText } from '../number-text';
import type { ReportTest } from './report-data';

/** Whether names take more room than digits; then they are written upright at the head of a column. */
export function hasLongName(classes: readonly string[]): boolean {
  return classes.some((name) => name.length > 4);
}

export function confusionSection(test: ReportTest): Markup {
  const shown = classesToShow(test.confusion);
  if (shown.note !== undefined) return manyClassesSection(test, shown.indices, shown.note);
  return html`<section id="classes">
<header><h2>Confusion matrix</h2>
<p>Rows: true class; columns: predicted class. The diagonal was classified correctly; elsewhere, the stronger the color, the more images were misclassified so.</p></header>
<div class="matrices">
${matrix(test)}${scores(test)}</div>
</section>
`;
}

/** Of many classes a matrix would have thousands of cells: a list of the worst ones, and all figures folded. */
function manyClassesSection(test: ReportTest, indices: readonly number[], note: string): Markup {
  const { classes } = test;
  return html`<section id="classes">
<header><h2>Confusions</h2>
<p>${note[0].toUpperCase()}${note.slice(1)}${indices.length === 0 ? '' : ', and what was predicted in their place, the most frequent first'}.</p></header>
<div>
${indices.length === 0 ? undefined : confusions(test, indices)}<details><summary>All ${countText(classes.length)} classes</summary>
${scores(test)}</details>
</div>
</section>
`;
}

/** What was predicted in place of each of the classes, and their figures. */
function confusions(test: ReportTest, indices: readonly number[]): Markup {
  const { classes, confusion } = test;
  const worst = { classes: indices.map((at) => classes[at]), scores: indices.map((at) => test.scores[at]) };
  const rows = indices.map((at) => {
    const wrong = confusion[at]
      .map((count, predicted) => ({ count, predicted }))
      .filter(({ count, predicted }) => count > 0 && predicted !== at)
      .sort((one, other) => other.count - one.count);
    const named = wrong.slice(0, mostNamed).map(({ count, predicted }) => `${classes[predicted]} ×${countText(count)}`);
    const others = wrong.length > mostNamed ? ', …' : '';
    return html`<tr><th scope="row">${classes[at]}</th><td class="text">${named.join(', ')}${others}</td></tr>
`;
  });
  return html`<div class="matrices">
<div class="scroll" tabindex="0" role="region" aria-label="Confusions"><table>
<caption>how often a wrong class was predicted</caption>
<thead><tr><th scope="col">true class</th><th scope="col" class="text">predicted</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
${scores(worst)}</div>
`;
}

/** The wrong classes that are named for each true class. */
const mostNamed = 3;

function matrix({ confusion, classes }: ReportTest): Markup {
  const misclassified = confusion.flatMap((row, trueClass) => row.filter((_, predicted) => predicted !== trueClass));
  const most = Math.max(1, ...misclassified);
  const cell = (trueClass: number, predicted: number): Markup => {
    const count = confusion[trueClass][predicted];
    const title = `true class ${classes[trueClass]}, predicted ${classes[predicted]}: ${countText(count)}`;
    if (trueClass === predicted) return html`<td class="right" title="${title}">${countText(count)}</td>`;
    if (count === 0) return html`<td class="none" title="${title}">·</td>`;
    const strong = count > most / 2 ? html` strong` : '';
    const shade = Number((0.08 + 0.4 * (count / most)).toFixed(2));
    return html`<td class="wrong${strong}" style="--shade:${shade}" title="${title}">${countText(count)}</td>`;
  };
  const long = hasLongName(classes);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix"><table class="confusion${long ? html` long` : ''}">
<caption>true ↓ predicted →</caption>
<thead><tr><td></td>${classes.map((name) => html`<th scope="col"><span>${name}</span></th>`)}</tr></thead>
<tbody>
${classes.map(
  (name, trueClass) =>
    html`<tr><th scope="row">${name}</th>${classes.map((_, predicted) => cell(trueClass, predicted))}</tr>
`,
)}</tbody>
</table></div>
`;
}

function scores({ classes, scores }: Pick<ReportTest, 'classes' | 'scores'>): Markup {
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
    ({ support, precision, recall, f1 }, at) =>
      html`<tr><th scope="row">${classes[at]}</th><td>${countText(support)}</td>${cell(precision, least.precision)}${cell(recall, least.recall)}${cell(f1, least.f1)}</tr>
`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Figures of classes"><table>
<caption>in percent; the lowest is bold</caption>
<thead><tr><th scope="col">class</th><th scope="col">images</th><th scope="col" title="the part of the images predicted as this class that is of this class">precision</th><th scope="col" title="the part of the images of this class that was predicted as this class">recall</th><th scope="col" title="the harmonic mean of precision and recall">F1</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
`;
}
