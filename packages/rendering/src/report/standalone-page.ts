/** The frame of the pages that are made to keep and to send: they need no script, no network and no other file. */
import { html, type MarkupPart } from '../html';
import { reportStyle } from './report-style';

/**
 * A whole page as text.
 *
 * @param content what stands in it, from the headline on
 */
export function standalonePage(title: string, content: MarkupPart): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
${content}</main>
</body>
</html>
`.text;
}
