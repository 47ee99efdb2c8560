/** The network of a run: a row for each layer, and the symbols that the hand derivation has for their outputs. */
import { buffersNote } from '../buffers-note';
import { html, type Markup } from '../html';
import { countText } from '../number-text';
import { symbolsNote } from '../symbols-note';
import type { ReportNetwork } from './report-data';

export function networkSection({ rows, parameters, buffers = 0, multiplyAdds }: ReportNetwork): Markup {
  const count = (value: number): string => (value === 0 ? '' : countText(value));
  const hasSymbols = rows.some(({ symbol }) => symbol !== undefined);
  const notes = [
    'Output shape, parameters and multiply-adds of each layer, for one image.',
    ...buffersNote(buffers),
    ...(hasSymbols ? [symbolsNote] : []),
  ];
  const lines = rows.map(
    (row) =>
      html`<tr><th scope="row">${row.name}</th><td class="text">${row.kind}</td>${hasSymbols ? html`<td class="text">${row.symbol}</td>` : ''}<td>${row.outputShape.join('×')}</td><td>${count(row.parameters)}</td><td>${count(row.multiplyAdds)}</td></tr>
`,
  );
  return html`<section id="network">
<header><h2>The network</h2>
<p>${notes.join(' ')}</p></header>
<div class="scroll" tabindex="0" role="region" aria-label="The network"><table>
<thead><tr><th scope="col">layer</th><th scope="col" class="text">kind</th>${hasSymbols ? html`<th scope="col" class="text">symbol</th>` : ''}<th scope="col">output</th><th scope="col">parameters</th><th scope="col">multiply-adds</th></tr></thead>
<tbody>
${lines}</tbody>
<tfoot><tr><th scope="row">total</th><td></td>${hasSymbols ? html`<td></td>` : ''}<td></td><td>${countText(parameters)}</td><td>${countText(multiplyAdds)}</td></tr></tfoot>
</table></div>
</section>
`;
}
