/** Markup made of templates: whatever is put into one is escaped, unless it is markup itself. */

/** A piece of HTML or SVG. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: texts and numbers are escaped, lists are joined, nothing is nothing. */
export type MarkupPart = Markup | string | number | undefined | readonly MarkupPart[];

/**
 * @example html`<b title="${title}">${name}</b>`.text
 */
export function html(texts: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return new Markup(texts.reduce((all, text, at) => all + written(parts[at - 1]) + text));
}

/** The text as HTML, between tags or as the value of an attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function written(part: MarkupPart): string {
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(written).join('');
  return part === undefined ? '' : escapeHtml(String(part));
}
