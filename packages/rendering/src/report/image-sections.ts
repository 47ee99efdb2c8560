/** The images of a report: misclassified images, kernels, and the feature maps of an example. */
import { encodeStoredPng } from '@longhand/datasets';
import { html, type Markup, type MarkupPart } from '../html';
import { drawable, type LabeledImage, type Matrix } from '../image';
import { barsToShow } from '../many-classes';
import { heatmapImage } from '../maps/heatmap-image';
import { countText, figureText, percentText } from '../number-text';
import { hasLongName } from './confusion-section';
import { grayPngUrl, pngUrl } from './gray-png';
import { hintonDiagram } from './hinton-diagram';
import type { ReportExample, ReportKernels, ReportMaps, TrainingReport } from './report-data';

export function misclassifiedSection({ misclassified, test }: TrainingReport): MarkupPart {
  if (misclassified.length === 0) return undefined;
  const wrong = test === undefined ? undefined : test.images - test.correct;
  const some = wrong !== undefined && misclassified.length < wrong;
  const which = some ? `${countText(misclassified.length)} of ${countText(wrong)}` : 'All';
  const long = misclassified.some(({ trueClass, predictedClass }) => hasLongName([trueClass, predictedClass]))
    ? html` long`
    : '';
  const entries = misclassified.map(
    (image) =>
      html`<figure>${imageOf(image, `${image.trueClass}, predicted ${image.predictedClass}`)}<figcaption><b>${image.trueClass}</b> <span>→</span> <b>${image.predictedClass}</b> <small>(${percentText(image.probability, 1)})</small></figcaption></figure>
`,
  );
  return html`<section id="misclassified">
<header><h2>Misclassified images</h2>
<p>${which}, the most confident first: true class → predicted class, and its probability.</p></header>
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
<header><h2>Kernels</h2>
<p>The kernels of the convolutions as Hinton diagrams: a full square is a weight above zero, a hollow one a weight below, and its area the magnitude.</p></header>
<div>
${groups}</div>
</section>
`;
}

/** More kernels of an output have no room side by side on a telephone. */
const mostInRow = 8;

/** The diagrams of each output in a row, or in several of the same length. */
function outputsOf({ layer, inputs, maps }: ReportKernels, largest: number): Markup[] {
  const title = (at: number): string =>
    inputs === 1
      ? `${layer}, kernel ${at + 1}`
      : `${layer}, output ${Math.floor(at / inputs) + 1}, input ${(at % inputs) + 1}`;
  const diagrams = maps.map((map, at) => hintonDiagram({ ...map, largest, title: title(at) }));
  const columns = Math.ceil(inputs / Math.ceil(inputs / mostInRow));
  return Array.from(
    { length: Math.ceil(diagrams.length / inputs) },
    (_, output) =>
      html`<div class="output" style="--columns:${columns}">${diagrams.slice(output * inputs, (output + 1) * inputs)}</div>`,
  );
}

export function exampleSection({ example }: TrainingReport): MarkupPart {
  if (example === undefined) return undefined;
  const groups = example.featureMaps.map(({ layer, maps }) => {
    const [low, high] = extremes(maps);
    const largest = Math.max(-low, high);
    const image = (map: Matrix, at: number): Markup =>
      html`<img src="${pngUrl(encodeStoredPng(heatmapImage(map, { scale: 1, largest })))}" width="${map.width}" height="${map.height}" alt="${layer}, map ${at + 1}">`;
    return html`<h3>${layer} <small>${maps.length} maps of ${sizeOf(maps)}, from ${figureText(low)} to ${figureText(high)}</small></h3>
<div class="maps">${maps.map(image)}</div>
`;
  });
  return html`<section id="example">
<header><h2>Feature maps</h2>
<p>A test image on its way through the layers. White is zero, blue above it, orange below; the largest magnitude of a layer has the full color.</p></header>
<div>
<div class="answer"><figure>${imageOf(example, example.trueClass)}<figcaption>true class <b>${example.trueClass}</b></figcaption></figure>
${probabilities(example)}</div>
${groups}</div>
</section>
`;
}

function probabilities({ classes, probabilities }: ReportExample): Markup {
  const { indices, note = 'probability of each class' } = barsToShow(probabilities);
  const most = Math.max(...Array.from(probabilities));
  const rows = indices.map((at) => {
    const [name, probability] = [classes[at], probabilities[at]];
    return html`<tr${probability === most ? html` class="best"` : ''}><th scope="row">${name}</th><td class="bar"><i style="width:${Number((100 * probability).toFixed(1))}%"></i></td><td>${percentText(probability, 1)}</td></tr>
`;
  });
  return html`<table class="bars"><caption>${note}</caption>
<thead hidden><tr><th scope="col">class</th><th scope="col"></th><th scope="col">probability</th></tr></thead>
<tbody>
${rows}</tbody></table>
`;
}

function imageOf(image: LabeledImage, alt: string): Markup {
  const { pixels, height, width, channels } = drawable(image);
  if (channels === 1) {
    const source = grayPngUrl({ values: pixels, height, width, low: 0, high: 255 });
    return html`<img src="${source}" width="${width}" height="${height}" alt="${alt}">`;
  }
  const source = pngUrl(encodeStoredPng({ width, height, channels, pixels: Uint8Array.from(pixels) }));
  return html`<img src="${source}" width="${width}" height="${height}" alt="${alt}">`;
}

/** The lowest and the highest of all values. */
function extremes(maps: readonly Matrix[]): readonly [low: number, high: number] {
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
