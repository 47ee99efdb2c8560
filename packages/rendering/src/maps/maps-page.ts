/** Pictures of a network's layers as one page that needs no script and no network. */
import { html, type Markup, type MarkupPart } from '../html';
import { figureText, percentText } from '../number-text';
import { mapsStyle } from './maps-style';

/** A picture and what is said of it. */
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
  /** The numbers that the pictures show, and the magnitude that their colours end at. */
  readonly scale?: { readonly low: number; readonly high: number; readonly largest: number; readonly signed: boolean };
  /** Numbers with names, as bars to both sides of zero. */
  readonly scores?: readonly (readonly [name: string, score: number])[];
}

export interface MapsPageOptions {
  readonly title: string;
  readonly about: string;
  /** The image that was read. */
  readonly digit: PagePicture;
  /** Each class and how likely it is, from 0 to 1. */
  readonly probabilities: readonly (readonly [name: string, probability: number])[];
  readonly sections: readonly PageSection[];
}

/**
 * The page. Everything that comes from outside is escaped; pictures have to be `data:` addresses.
 *
 * @throws RangeError for a picture that is to be fetched from somewhere
 */
export function mapsPage({ title, about, digit, probabilities, sections }: MapsPageOptions): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${mapsStyle}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${about}</p>
<div class="answer">
${imageOf(digit)}
${likelyTable(probabilities)}</div>
<div class="sections">
${sections.map(sectionOf)}</div>
</main>
</body>
</html>
`;
  return page.text;
}

function likelyTable(probabilities: MapsPageOptions['probabilities']): Markup {
  const most = Math.max(...probabilities.map(([, probability]) => probability));
  const rows = probabilities.map(
    ([name, probability]) =>
      html`<tr${probability === most ? html` class="most"` : ''}><th scope="row">${name}</th><td class="bar"><i style="width:${(probability * 100).toFixed(2)}%"></i></td><td>${percentText(probability, 1)}</td></tr>
`,
  );
  return html`<table><caption>How likely each class is</caption><tbody>
${rows}</tbody></table>
`;
}

function sectionOf({ title, note, pictures, scale, scores }: PageSection): Markup {
  const range = scale && html` <small>from ${figureText(scale.low)} to ${figureText(scale.high)}</small>`;
  // As many beside each other as make full rows.
  const columns = [8, 7, 6, 5].find((count) => pictures.length % count === 0) ?? Math.min(pictures.length, 8);
  const maps = html`<div class="maps${pictures.length === 1 ? html` single` : ''}" style="--columns:${columns}">
${pictures.map((picture) => html`${imageOf(picture)}\n`)}</div>
`;
  // What takes little width stands beside what comes next.
  return html`<section${pictures.length <= 1 ? html` class="half"` : ''}>
<h2>${title}${range}</h2>
${note === undefined ? undefined : html`<p>${note}</p>\n`}${scale && keyOf(scale)}${pictures.length > 0 ? maps : undefined}${scores && scoreTable(scores)}</section>
`;
}

/** What the colours mean: a strip with the numbers at its ends, and at its middle where it has two signs. */
function keyOf({ largest, signed }: NonNullable<PageSection['scale']>): Markup {
  const end = figureText(largest);
  const marks: MarkupPart = signed
    ? html`<span>−${end}</span><span>0</span><span>${end}</span>`
    : html`<span>0</span><span>${end}</span>`;
  return html`<div class="key"><i${signed ? html` class="signed"` : ''}></i>${marks}</div>
`;
}

function scoreTable(scores: NonNullable<PageSection['scores']>): Markup {
  const largest = Math.max(...scores.map(([, score]) => Math.abs(score)));
  const most = Math.max(...scores.map(([, score]) => score));
  const rows = scores.map(([name, score]) => {
    const side = score < 0 ? 'below' : 'above';
    const width = largest > 0 ? (50 * Math.abs(score)) / largest : 0;
    return html`<tr${score === most ? html` class="most"` : ''}><th scope="row">${name}</th><td class="bar signs"><i class="${side}" style="width:${width.toFixed(2)}%"></i></td><td>${figureText(score)}</td></tr>
`;
  });
  return html`<table><caption>The score of each class: full above zero, hollow below</caption><tbody>
${rows}</tbody></table>
`;
}

function imageOf({ title, source, width, height }: PagePicture): Markup {
  if (!source.startsWith('data:image/')) {
    throw new RangeError(`mapsPage: expected a picture within the page (data:image/…), got ${source.slice(0, 40)}`);
  }
  return html`<img src="${source}" alt="${title}" title="${title}" width="${width}" height="${height}">`;
}
