/** The frame of the pages that are made to keep and to send: they need no network and no other file. */
import { html, type Markup, type MarkupPart } from '../html';
import { reportStyle } from './report-style';

export interface StandalonePageOptions {
  /** Rules of its own, after those of all pages. Default: none. */
  readonly style?: Markup;
  /** A script, and what a content security policy calls it: `sha256-…`. Default: none, and none may run. */
  readonly script?: { readonly text: Markup; readonly hash: string };
}

/**
 * A whole page as text.
 *
 * @param content what stands in it, from the headline on
 */
export function standalonePage(
  title: string,
  content: MarkupPart,
  { style, script }: StandalonePageOptions = {},
): string {
  const scripts = script === undefined ? '' : ` script-src '${script.hash}';`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:;${scripts} style-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${reportStyle}${style}</style>
</head>
<body>
<main>
${content}</main>
${
  script === undefined
    ? ''
    : html`<script>${script.text}</script>
`
}</body>
</html>
`.text;
}
