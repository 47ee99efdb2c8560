/** `--format html`: a page that classifies drawings. */
import type { Exporter } from '../exporter';
import { pageHtml } from '../page-html';

export const exportHtml: Exporter = (model, { stem, output }) => ({
  files: [{ path: output, bytes: new TextEncoder().encode(pageHtml(model, stem)) }],
  advice: 'Open it in any browser, or send it to a phone: it works offline.',
});
