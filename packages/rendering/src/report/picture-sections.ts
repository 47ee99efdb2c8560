/** What a network misread, what it looks for, and what it makes of an image: the pictures of a report. */
import { html, type Markup, type MarkupPart } from '../html';
import { countText, figureText, percentText } from '../number-text';
import { hasLongName } from './confusion-section';
import { inkPicture } from './ink-picture';
import type { ReportExample, ReportImage, ReportKernels, ReportMap, ReportMaps, TrainingReport } from './report-data';
import { weightPicture } from './weight-picture';

export function misreadSection({ misread, test }: TrainingReport): MarkupPart {
  if (misread.length === 0) return undefined;
  const wrong = test === undefined ? undefined : test.images - test.correct;
  const some = wrong !== undefined && misread.length < wrong;
  const which = some ? `${countText(misread.length)} of ${countText(wrong)}, those` : 'Those';
  const long = misread.some(({ shown, read }) => hasLongName([shown, read])) ? html` long` : '';
  const entries = misread.map(
    (
      image,
    ) => html`<figure>${imageOf(image, `${image.shown}, read as ${image.read}`)}<figcaption><b>${image.shown}</b> <span>read as</span> <b>${image.read}</b> <small>(${percentText(image.probability, 1)})</small></figcaption></figure>
`,
  );
  return html`<section id="misread">
<header><h2>What it misread</h2>
<p>${which} first of which the network was surest: what was shown, what it was read as, and how probable that seemed.</p></header>
<div class="gallery${long}">
${entries}</div>
</section>
`;
}

export function kernelSection({ kernels }: TrainingReport): MarkupPart {
  if (kernels.length === 0) return undefined;
  const groups = kernels.map((layer) => {
    const { outputs, inputs, maps } = layer;
    const largest = extremes(maps).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const all = outputs * inputs;
    const count = maps.length < all ? `${maps.length} of ${countText(all)}` : `${all}`;
    const order = inputs === 1 ? '' : `, the ${inputs} of an output together`;
    return html`<h3>${layer.layer} <small>${count} kernels of ${sizeOf(maps)}${order}, up to ±${figureText(largest)}</small></h3>
<div class="kernels${inputs === 1 ? html` single` : ''}">${outputsOf(layer, largest)}</div>
`;
  });
  return html`<section id="kernels">
<header><h2>What it looks for</h2>
<p>The kernels of its convolutions. A full square is a weight above zero, a hollow one below, and the larger the stronger.</p></header>
<div>
${groups}</div>
</section>
`;
}

/** From so many inputs on, those of an output have no room side by side on a telephone. */
const mostInRow = 8;

/** The pictures of each output in a row, or in several of the same length. */
function outputsOf({ layer, inputs, maps }: ReportKernels, largest: number): Markup[] {
  const title = (at: number): string =>
    inputs === 1
      ? `${layer}, kernel ${at + 1}`
      : `${layer}, output ${Math.floor(at / inputs) + 1}, input ${(at % inputs) + 1}`;
  const pictures = maps.map((map, at) => weightPicture({ ...map, largest, title: title(at) }));
  const columns = Math.ceil(inputs / Math.ceil(inputs / mostInRow));
  return Array.from(
    { length: Math.ceil(pictures.length / inputs) },
    (_, output) =>
      html`<div class="output" style="--columns:${columns}">${pictures.slice(output * inputs, (output + 1) * inputs)}</div>`,
  );
}

export function exampleSection({ example }: TrainingReport): MarkupPart {
  if (example === undefined) return undefined;
  const groups = example.featureMaps.map(({ layer, maps }) => {
    const [low, high] = extremes(maps);
    const picture = (map: ReportMap, at: number): Markup =>
      html`<img src="${inkPicture({ ...map, low, high })}" width="${map.width}" height="${map.height}" alt="${layer}, map ${at + 1}">`;
    return html`<h3>${layer} <small>${maps.length} maps of ${sizeOf(maps)}, from ${figureText(low)} to ${figureText(high)}</small></h3>
<div class="maps">${maps.map(picture)}</div>
`;
  });
  return html`<section id="example">
<header><h2>What it sees</h2>
<p>An image on its way through the layers. The lowest value of a layer is the ground, the highest stands out most.</p></header>
<div>
<div class="answer"><figure>${imageOf(example, example.shown)}<figcaption>shown: <b>${example.shown}</b></figcaption></figure>
${probabilities(example)}</div>
${groups}</div>
</section>
`;
}

function probabilities({ classes, probabilities }: ReportExample): Markup {
  const most = Math.max(...Array.from(probabilities));
  const rows = classes.map((name, at) => {
    const probability = probabilities[at];
    return html`<tr${probability === most ? html` class="best"` : ''}><th scope="row">${name}</th><td class="bar"><i style="width:${Number((100 * probability).toFixed(1))}%"></i></td><td>${percentText(probability, 1)}</td></tr>
`;
  });
  return html`<table class="bars"><caption>what it is read as</caption>
<thead hidden><tr><th scope="col">class</th><th scope="col"></th><th scope="col">probability</th></tr></thead>
<tbody>
${rows}</tbody></table>
`;
}

function imageOf({ pixels, height, width }: ReportImage, alt: string): Markup {
  const source = inkPicture({ values: pixels, height, width, low: 0, high: 255 });
  return html`<img src="${source}" width="${width}" height="${height}" alt="${alt}">`;
}

/** The lowest and the highest of all values. */
function extremes(maps: readonly ReportMap[]): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of maps) {
    for (const value of Array.from(values)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return [low, high];
}

function sizeOf([first]: ReportMaps['maps']): string {
  return first === undefined ? '0' : `${first.height}×${first.width}`;
}
