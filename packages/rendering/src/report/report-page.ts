/** A run as one page to look at, to keep and to send: it needs no script, no network and no other file. */
import { html, type Markup, type MarkupPart } from '../html';
import { accuracyText, countText, durationText, lossText, percentText, rateText } from '../number-text';
import { confusionSection } from './confusion-section';
import { learningSection } from './learning-section';
import { exampleSection, kernelSection, misreadSection } from './picture-sections';
import type { ReportNetwork, TrainingReport } from './report-data';
import { reportStyle } from './report-style';

/**
 * The page: headline figures, curves, confusion matrix, misread images, kernels, feature maps of an example, and how the run
 * was set up and can be made again. What the data do not hold is left out.
 *
 * @example trainingReportPage({ title: 'lenet5-2', about: 'lenet5 on MNIST', … })
 */
export function trainingReportPage(report: TrainingReport): string {
  const { title, test, network } = report;
  const sections: readonly MarkupPart[] = [
    learningSection(report),
    test === undefined ? undefined : confusionSection(test),
    misreadSection(report),
    exampleSection(report),
    kernelSection(report),
    networkSection(network),
    settingsSection(report),
  ];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
${headline(report)}
${sections}</main>
</body>
</html>
`;
  return page.text;
}

function headline(report: TrainingReport): Markup {
  const { title, about, network, epochs, test } = report;
  const { share, sentence, deviation } = result(report);
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const seen = epochs.reduce((sum, epoch) => sum + epoch.seconds * epoch.imagesPerSecond, 0);
  const figures = [
    ...(test === undefined ? [] : [['test loss', lossText(test.loss)] as const]),
    ['parameters', countText(network.parameters)] as const,
    ['epochs', countText(epochs.length)] as const,
    ['training', durationText(seconds)] as const,
    ['speed', rateText(seen / seconds)] as const,
  ];
  return html`<header class="top">
<p class="name">${title}</p>
<h1><span class="share">${share}</span>${deviation === undefined ? '' : html` <span class="deviation">± ${deviation}</span>`}</h1>
<p class="lead">${sentence}</p>
<p class="about">${about}</p>
<dl>${figures.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

interface Result {
  readonly share: string;
  readonly deviation?: string;
  readonly sentence: string;
}

/** The figure that says most: of images that were never looked at, else of those held back, else of those trained on. */
function result({ test, epochs }: TrainingReport): Result {
  if (test !== undefined) {
    const { accuracy, standardError, images, correct, data, model } = test;
    const which = model === 'best' ? 'the model of the best epoch' : 'the model';
    return {
      share: percentText(accuracy),
      deviation: (100 * standardError).toFixed(2),
      sentence: `of ${data} was read right by ${which}: of ${countText(images)} images that nothing was learned from, ${countText(images - correct)} were misread. The ± is one standard error of so many images.`,
    };
  }
  const held = epochs.flatMap(({ validation }) => (validation === undefined ? [] : [validation.accuracy]));
  const last = epochs.at(-1);
  if (held.length > 0) {
    return {
      share: accuracyText(Math.max(...held)),
      sentence: 'of the images held back was read right in the best epoch.',
    };
  }
  if (last === undefined) return { share: '–', sentence: 'No epoch has been made.' };
  return { share: accuracyText(last.accuracy), sentence: 'of the images trained on was read right in the last epoch.' };
}

function networkSection({ rows, parameters, multiplyAdds }: ReportNetwork): Markup {
  const count = (value: number): string => (value === 0 ? '' : countText(value));
  const lines = rows.map(
    (row) =>
      html`<tr><th scope="row">${row.name}</th><td class="text">${row.kind}</td><td>${row.outputShape.join('×')}</td><td>${count(row.parameters)}</td><td>${count(row.multiplyAdds)}</td></tr>
`,
  );
  return html`<section id="network">
<header><h2>The network</h2>
<p>What each layer gives for an image, and what that costs.</p></header>
<div class="scroll" tabindex="0" role="region" aria-label="The network"><table>
<thead><tr><th scope="col">layer</th><th scope="col" class="text">kind</th><th scope="col">output</th><th scope="col">parameters</th><th scope="col">multiply-adds</th></tr></thead>
<tbody>
${lines}</tbody>
<tfoot><tr><th scope="row">total</th><td></td><td></td><td>${countText(parameters)}</td><td>${countText(multiplyAdds)}</td></tr></tfoot>
</table></div>
</section>
`;
}

function settingsSection({ configuration, unused, versions, reproduce }: TrainingReport): Markup {
  const list = (pairs: TrainingReport['configuration']): Markup =>
    html`<dl class="settings">${pairs.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
  return html`<section id="settings">
<header><h2>Make it again</h2>
<p>The same settings give the same weights, byte for byte, on any machine and with any number of threads.</p></header>
<div>
<pre><code>${reproduce}</code></pre>
<h3>Settings</h3>
${list(configuration)}
${
  unused.length === 0
    ? ''
    : html`<p class="unused">Not used: ${unused.join(', ')}.</p>
`
}<h3>Made with</h3>
${list(versions)}
</div>
</section>
`;
}
