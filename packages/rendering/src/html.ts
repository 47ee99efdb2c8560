/** The one template that every page of the project is made with: all text in it is escaped, markup is not. */

/** A piece of HTML, SVG or MathML that needs no escaping. Only what made the text itself may call the constructor. */
export class Markup {
  /** The HTML. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: text and numbers are escaped, lists are joined, `undefined` gives nothing. */
export type MarkupPart = Markup | string | number | undefined | readonly MarkupPart[];

/**
 * HTML from a template.
 *
 * @example html`<b title="${'a & b'}">${'<three>'}</b>`.text; // '<b title="a &amp; b">&lt;three&gt;</b>'
 */
export function html(texts: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return new Markup(texts.reduce((all, text, at) => all + escaped(parts[at - 1]) + text));
}

/**
 * Parts on lines of their own.
 *
 * @example lines([html`<li>a</li>`, html`<li>b</li>`]).text; // '<li>a</li>\n<li>b</li>'
 */
export function lines(parts: readonly MarkupPart[]): Markup {
  return new Markup(
    parts
      .filter((part) => part !== undefined)
      .map(escaped)
      .join('\n'),
  );
}

function escaped(part: MarkupPart): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(escaped).join('');
  return part === undefined ? '' : escapeHtml(String(part));
}

/** The text as HTML, between tags or as the value of an attribute. */
function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
