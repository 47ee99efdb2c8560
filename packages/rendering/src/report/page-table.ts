/** A table of texts on a page. */
import { html, type Markup } from '../html';

export interface PageTableOptions {
  /** What the table is, for those who cannot see it. */
  readonly label: string;
  readonly titles: readonly string[];
  /** The cells, row by row; the first of a row is its head. */
  readonly rows: readonly (readonly string[])[];
}

/** What is wider than the page scrolls beside its first column. */
export function pageTable({ label, titles, rows }: PageTableOptions): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([head, ...cells]) => html`<tr><th scope="row">${head}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div>
`;
}
