/** The outputs of a network's layers for one image, as a page that needs no script and no network. */
import { html, type Markup, type MarkupPart } from '../html';
import { barsToShow } from '../many-classes';
import { figureText, percentText } from '../number-text';
import { featureMapsStyle } from './feature-maps-style';

/** An image of the page. */
export interface PageImage {
  /** A description for readers who cannot see it. */
  readonly title: string;
  /** A `data:` URL. */
  readonly source: string;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** A layer of a page of feature maps. */
export interface PageSection {
  /** The headline. */
  readonly title: string;
  /** A line under the headline. Absent where there is nothing to say. */
  readonly note?: string;
  /** The maps. */
  readonly images: readonly PageImage[];
  /** The lowest and the highest number of the heat maps, and the magnitude at the end of the color scale. */
  readonly scale?: { readonly low: number; readonly high: number; readonly largest: number; readonly signed: boolean };
  /** The score of each class, drawn as bars to both sides of zero. */
  readonly scores?: readonly (readonly [name: string, score: number])[];
}

/** The options of {@link featureMapsPage}. */
export interface FeatureMapsPageOptions {
  /** The headline. */
  readonly title: string;
  /** A line under it, such as the model's name. */
  readonly about: string;
  /** The image that was classified. */
  readonly image: PageImage;
  /** Each class with its probability, from 0 to 1. */
  readonly probabilities: readonly (readonly [name: string, probability: number])[];
  /** The layers, one after another. */
  readonly sections: readonly PageSection[];
}

/**
 * The page. All text is escaped; images have to be `data:` URLs.
 *
 * @throws RangeError for an image that would have to be fetched
 * @example
 * const image = { title: 'a 3', source: 'data:image/png;base64,', width: 28, height: 28 };
 * const page = featureMapsPage({ title: 'three.png', about: 'lenet', image, probabilities: [['3', 0.98]], sections: [] });
 * page.includes('three.png'); // true
 */
export function featureMapsPage({ title, about, image, probabilities, sections }: FeatureMapsPageOptions): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${featureMapsStyle}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${about}</p>
<div class="answer">
${imageOf(image)}
${probabilityTable(probabilities)}</div>
<div class="sections">
${sections.map(sectionOf)}</div>
</main>
</body>
</html>
`;
  return page.text;
}

function probabilityTable(probabilities: FeatureMapsPageOptions['probabilities']): Markup {
  const { indices, note = 'Probability of each class' } = barsToShow(
    probabilities.map(([, probability]) => probability),
  );
  const most = Math.max(...probabilities.map(([, probability]) => probability));
  const rows = indices.map((at) => {
    const [name, probability] = probabilities[at];
    return html`<tr${probability === most ? html` class="most"` : ''}><th scope="row">${name}</th><td class="bar"><i style="width:${(probability * 100).toFixed(2)}%"></i></td><td>${percentText(probability, 1)}</td></tr>
`;
  });
  return html`<table><caption>${note}</caption><tbody>
${rows}</tbody></table>
`;
}

function sectionOf({ title, note, images, scale, scores }: PageSection): Markup {
  const range = scale && html` <small>from ${figureText(scale.low)} to ${figureText(scale.high)}</small>`;
  // A number of columns that gives full rows.
  const columns = [8, 7, 6, 5].find((count) => images.length % count === 0) ?? Math.min(images.length, 8);
  const maps = html`<div class="maps${images.length === 1 ? html` single` : ''}" style="--columns:${columns}">
${images.map((image) => html`${imageOf(image)}\n`)}</div>
`;
  // A narrow section stands beside the next one.
  return html`<section${images.length <= 1 ? html` class="half"` : ''}>
<h2>${title}${range}</h2>
${note === undefined ? undefined : html`<p>${note}</p>\n`}${scale && keyOf(scale)}${images.length > 0 ? maps : undefined}${scores && scoreTable(scores)}</section>
`;
}

/** The color scale: a strip with the numbers at its ends, and at its middle where it has two signs. */
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
  const { indices, note } = barsToShow(scores.map(([, score]) => score));
  const rows = indices.map((at) => {
    const [name, score] = scores[at];
    const side = score < 0 ? 'below' : 'above';
    const width = largest > 0 ? (50 * Math.abs(score)) / largest : 0;
    return html`<tr${score === most ? html` class="most"` : ''}><th scope="row">${name}</th><td class="bar signs"><i class="${side}" style="width:${width.toFixed(2)}%"></i></td><td>${figureText(score)}</td></tr>
`;
  });
  return html`<table><caption>The score of ${note ?? 'each class'}: full above zero, hollow below</caption><tbody>
${rows}</tbody></table>
`;
}

function imageOf({ title, source, width, height }: PageImage): Markup {
  if (!source.startsWith('data:image/')) {
    throw new RangeError(
      `featureMapsPage: expected an image within the page (data:image/…), got ${source.slice(0, 40)}`,
    );
  }
  return html`<img src="${source}" alt="${title}" title="${title}" width="${width}" height="${height}">`;
}
