/** The outputs of a network's layers for one image, as a page that needs no network and, but for the numbers under the pointer, no script. */
import { html, type Markup, type MarkupPart } from '../html';
import type { Matrix } from '../image';
import { barsToShow } from '../many-classes';
import { figureText, percentText } from '../number-text';
import { standalonePage } from '../report/standalone-page';
import { featureMapsStyle } from './feature-maps-style';
import { pointedValueHash, pointedValueScript, valuesText } from './pointed-value';

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
  /** The numbers that it shows, for the pointer. Default: none are said. */
  readonly values?: Matrix;
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
  /** The picture that the image was taken from, and the box of it in pixels of this image. Default: none. */
  readonly photograph?: PageImage & {
    readonly box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  };
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
export function featureMapsPage(options: FeatureMapsPageOptions): string {
  const { title, about, image, photograph, probabilities, sections } = options;
  return standalonePage(
    title,
    html`<header class="top">
<p class="name">feature maps</p>
<h1 class="words">${title}</h1>
<p class="about">${about}</p>
</header>
<div class="classified${photograph === undefined ? '' : html` photographed`}">
${photograph && photographOf(photograph)}<figure>${imageOf(image)}<figcaption>as the network takes it</figcaption></figure>
${probabilityTable(probabilities)}</div>
<div class="rows">
${sections.map(sectionOf)}</div>
`,
    { style: featureMapsStyle, script: { text: pointedValueScript, hash: pointedValueHash } },
  );
}

/** The picture with a frame around what was taken from it. */
function photographOf({ box, ...image }: NonNullable<FeatureMapsPageOptions['photograph']>): Markup {
  const { width, height } = image;
  const percent = (part: number, whole: number): string => `${Number(((100 * part) / whole).toFixed(2))}%`;
  const { left, top, right, bottom } = box;
  const place = `left:${percent(left, width)};top:${percent(top, height)};width:${percent(right - left, width)};height:${percent(bottom - top, height)}`;
  return html`<figure><div class="photograph">${imageOf(image)}<i style="${place}"></i></div><figcaption>the picture, and what was taken from it</figcaption></figure>
`;
}

function probabilityTable(probabilities: FeatureMapsPageOptions['probabilities']): Markup {
  const { indices, note = 'Probability of each class' } = barsToShow(
    probabilities.map(([, probability]) => probability),
  );
  const most = Math.max(...probabilities.map(([, probability]) => probability));
  const rows = indices.map((at) => {
    const [name, probability] = probabilities[at];
    return html`<tr${probability === most ? html` class="best"` : ''}><th scope="row">${name}</th><td class="bar"><i style="width:${(probability * 100).toFixed(2)}%"></i></td><td>${percentText(probability, 1)}</td></tr>
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
  return html`<section class="layer${images.length <= 1 ? html` half` : ''}">
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
    return html`<tr${score === most ? html` class="best"` : ''}><th scope="row">${name}</th><td class="bar signs"><i class="${side}" style="width:${width.toFixed(2)}%"></i></td><td>${figureText(score)}</td></tr>
`;
  });
  return html`<table><caption>The score of ${note ?? 'each class'}: full above zero, hollow below</caption><tbody>
${rows}</tbody></table>
`;
}

function imageOf({ title, source, width, height, values }: PageImage): Markup {
  if (!source.startsWith('data:image/')) {
    throw new RangeError(
      `featureMapsPage: expected an image within the page (data:image/…), got ${source.slice(0, 40)}`,
    );
  }
  const numbers = values && html` data-columns="${values.width}" data-values="${valuesText(values.values)}"`;
  return html`<img src="${source}" alt="${title}" width="${width}" height="${height}"${numbers}>`;
}
