/** Pictures of a network's layers as one page that needs no script and no network. */

/** A picture and what stands below it. */
export interface PagePicture {
  /** What is in the picture, for who cannot see it. */
  readonly title: string;
  /** The picture itself: a `data:` address. */
  readonly source: string;
  readonly width: number;
  readonly height: number;
}

export interface PageSection {
  readonly title: string;
  readonly note?: string;
  readonly pictures: readonly PagePicture[];
}

export interface MapsPageOptions {
  readonly title: string;
  readonly about: string;
  /** Each class and how likely it is, from 0 to 1. */
  readonly probabilities: readonly (readonly [name: string, probability: number])[];
  readonly sections: readonly PageSection[];
}

/**
 * The page. Everything that comes from outside is escaped; pictures have to be `data:` addresses.
 *
 * @throws RangeError for a picture that is to be fetched from somewhere
 */
export function mapsPage({ title, about, probabilities, sections }: MapsPageOptions): string {
  const most = Math.max(...probabilities.map(([, probability]) => probability));
  const bars = probabilities.map(
    ([name, probability]) =>
      `<tr${probability === most ? ' class="most"' : ''}><th scope="row">${escaped(name)}</th><td><div style="width:${(probability * 100).toFixed(2)}%"></div></td><td>${(probability * 100).toFixed(1)} %</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(about)}</p>
<table><caption>How likely each class is</caption><tbody>
${bars.join('\n')}
</tbody></table>
${sections.map(sectionOf).join('\n')}
</main>
</body>
</html>
`;
}

function sectionOf({ title, note, pictures }: PageSection): string {
  const images = pictures.map((picture) => {
    if (!picture.source.startsWith('data:image/')) {
      throw new RangeError(
        `mapsPage: expected a picture within the page (data:image/…), got ${picture.source.slice(0, 40)}`,
      );
    }
    const { title: alt, source, width, height } = picture;
    return `<img src="${escaped(source)}" alt="${escaped(alt)}" title="${escaped(alt)}" width="${width}" height="${height}">`;
  });
  const text = note === undefined ? '' : `<p>${escaped(note)}</p>\n`;
  return `<section>\n<h2>${escaped(title)}</h2>\n${text}<div class="maps">\n${images.join('\n')}\n</div>\n</section>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const style = `
:root { color-scheme: light dark; --ink: #1c1b19; --quiet: #6a675f; --paper: #fbfaf7; --line: #dcd8cf; --most: #b4490f; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece9e2; --quiet: #a39e93; --paper: #171614; --line: #383530; --most: #ffab70; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 0.25rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
p { color: var(--quiet); margin: 0.25rem 0 0.75rem; }
.maps { display: flex; flex-wrap: wrap; gap: 6px; }
img { image-rendering: pixelated; max-width: 100%; height: auto; background: #000; border-radius: 2px; }
table { border-collapse: collapse; width: min(100%, 32rem); font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); }
th { text-align: left; font-weight: 500; padding-right: 0.75rem; white-space: nowrap; }
td { width: 100%; } td:last-child { width: auto; text-align: right; padding-left: 0.75rem; white-space: nowrap; }
td div { height: 0.7rem; min-width: 1px; background: var(--quiet); border-radius: 2px; }
.most { font-weight: 700; } .most th { font-weight: 700; } .most div { background: var(--most); }
@media print { :root { --paper: #fff; --ink: #000; } section { break-inside: avoid; } }
`;
