/** Data as a page that needs no script and no network: the same as in the terminal, with ten images of each class. */
import { type ImageDataset, imageAt } from '@longhand/datasets';
import { encodePng } from '@longhand/datasets/node';
import { countText, html, type Markup, percentText } from '@longhand/rendering';
import { countsText, type DataSummary, duplicateLines, samplesOf, statisticsText } from './data-summary';

const SAMPLES = 10;
const MOST_CLASSES = 200;
const MOST_SUSPICIOUS = 60;

const style = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
table { border-collapse: collapse; }
th, td { padding: .25rem .75rem .25rem 0; text-align: right; vertical-align: middle; border-bottom: 1px solid #8884; }
td { white-space: nowrap; font-variant-numeric: tabular-nums; }
th:first-child, th:last-child { text-align: left; }
th:first-child { overflow-wrap: anywhere; }
td:last-child { text-align: left; white-space: normal; line-height: 0; }
img { image-rendering: pixelated; height: 2rem; width: auto; margin: 1px 2px 1px 0; }
figure { display: inline-block; margin: 0 1rem 1rem 0; }
figure img { height: 4rem; }
figcaption { font-size: .8125rem; }
`;

/** The page. All text is escaped. */
export function summaryPage(summary: DataSummary): string {
  const { source, layout, classes, imbalance, suspicious } = summary;
  const { train, name } = source;
  const rows = classes.slice(0, MOST_CLASSES).map(
    (
      { name: called, train: count, test: tested },
      label,
    ) => html`<tr><th scope="row">${called}</th><td>${countText(count)}</td><td>${percentText(count / train.count, 1)}</td><td>${countText(tested)}</td><td>${samplesOf(train, label, SAMPLES).map((index) => image(train, index, `training image ${index}, ${called}`))}</td></tr>
`,
  );
  const others =
    classes.length > MOST_CLASSES ? html`<p>and ${classes.length - MOST_CLASSES} more classes</p>` : undefined;
  const twice = duplicateLines(summary);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>${name}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${name}</h1>
<p>Images: ${countsText(source)}, ${train.height} × ${train.width}${train.channels === 1 ? '' : ` in ${train.channels} channels`}. Layout: ${layout}. Pixels: ${statisticsText(summary)}. The largest class has ${imbalance.toFixed(1)} times the images of the smallest.</p>
<h2>Classes</h2>
<table><thead><tr><th scope="col">class</th><th scope="col">training</th><th scope="col">share</th><th scope="col">test</th><th scope="col">images</th></tr></thead><tbody>
${rows}</tbody></table>
${others}
<h2>Duplicates</h2>
${
  twice.length === 0
    ? html`<p>No image is there twice.</p>`
    : twice.map(
        (line) => html`<p>${line}</p>
`,
      )
}
${suspicious && suspiciousSection(summary)}
</main>
</body>
</html>
`.text;
}

function suspiciousSection({ source, suspicious = [] }: DataSummary): Markup {
  const figures = suspicious.slice(0, MOST_SUSPICIOUS).map(
    ({
      split,
      index,
      label,
      predicted,
      probability,
    }) => html`<figure>${image(source[split], index, `${split} image ${index}`)}<figcaption>label ${label}, rather ${predicted}<br>p = ${percentText(probability)}, ${split} ${index}</figcaption></figure>
`,
  );
  return html`<h2>Labels that the model does not agree with</h2>
<p>${countText(suspicious.length)} in all, the most confident first.</p>
${figures}`;
}

function image(dataset: ImageDataset, index: number, title: string): Markup {
  const { height, width, channels } = dataset;
  const png = encodePng({ height, width, channels: channels as 1 | 3, pixels: imageAt(dataset, index) });
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  return html`<img src="${source}" alt="${title}" title="${title}" width="${width}" height="${height}">`;
}
