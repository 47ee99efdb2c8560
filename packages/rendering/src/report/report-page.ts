/** The report of a run as one page to look at, to keep and to send: it needs no script, no network and no other file. */
import { html, type Markup, type MarkupPart } from '../html';
import {
  accuracyText,
  countText,
  durationText,
  leastShare,
  lossText,
  metricText,
  percentText,
  rateText,
} from '../number-text';
import { confusionSection } from './confusion-section';
import { exampleSection, kernelSection, misclassifiedSection } from './image-sections';
import { learningSection } from './learning-section';
import { networkSection } from './network-section';
import type { TrainingReport } from './report-data';
import { standalonePage } from './standalone-page';

/**
 * The page: headline figures, learning curves, confusion matrix, misclassified images, feature maps of an example, kernels, and
 * the settings that reproduce the run. Parts without data are left out.
 *
 * @example
 * const page = trainingReportPage({
 *   title: 'lenet5-2',
 *   about: 'lenet5 on MNIST',
 *   network: { rows: [], parameters: 61706, multiplyAdds: 416520 },
 *   epochs: [],
 *   lossCurve: { every: 1, losses: [2.3, 0.5] },
 *   misclassified: [],
 *   kernels: [],
 *   configuration: [['epochs', '3']],
 *   unused: [],
 *   versions: [],
 *   reproduce: 'longhand train --network lenet5',
 * });
 * page.includes('<title>lenet5-2'); // true
 */
export function trainingReportPage(report: TrainingReport): string {
  const { title, test, network } = report;
  const sections: readonly MarkupPart[] = [
    learningSection(report),
    test === undefined ? undefined : confusionSection(test),
    misclassifiedSection(report),
    exampleSection(report),
    kernelSection(report),
    networkSection(network),
    settingsSection(report),
  ];
  return standalonePage(title, [
    headline(report),
    html`
`,
    sections,
  ]);
}

function headline(report: TrainingReport): Markup {
  const { title, about, network, epochs, test } = report;
  const { share, sentence, standardError } = result(report);
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const seen = epochs.reduce((sum, epoch) => sum + epoch.seconds * epoch.imagesPerSecond, 0);
  const figures = [
    ...(test === undefined ? [] : [['test loss', lossText(test.loss)] as const]),
    ...Object.entries(test?.metrics ?? {}).map(([name, value]) => [name, metricText(value)] as const),
    ['parameters', countText(network.parameters)] as const,
    ['epochs', countText(epochs.length)] as const,
    ['training', durationText(seconds)] as const,
    ['speed', rateText(seen / seconds)] as const,
  ];
  return html`<header class="top">
<p class="name">${title}</p>
<h1><span class="share">${share}</span>${standardError === undefined ? '' : html` <span class="error">± ${standardError}</span>`}</h1>
<p class="lead">${sentence}</p>
<p class="about">${about}</p>
<dl>${figures.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

interface Result {
  readonly share: string;
  readonly standardError?: string;
  readonly sentence: string;
}

/** The figure that says most: the test accuracy, else the best validation accuracy, else the last training accuracy. */
function result({ test, epochs }: TrainingReport): Result {
  if (test !== undefined) {
    const { accuracy, standardError, images, correct, data, model, calibration } = test;
    const which = model === 'best' ? 'the best epoch' : 'the last epoch';
    return {
      share: percentText(accuracy),
      ...(correct < images && { standardError: (100 * standardError).toFixed(2) }),
      sentence: `is the accuracy on ${data} of the model of ${which}: ${countText(images - correct)} of ${countText(images)} images were misclassified. No weight was learned from them${calibrationText(calibration)}. ${correct < images ? 'The ± is one standard error.' : `So the accuracy is at least ${percentText(leastShare(images))} at 95 % confidence.`}`,
    };
  }
  const validation = epochs.flatMap((epoch) => (epoch.validation === undefined ? [] : [epoch.validation.accuracy]));
  const last = epochs.at(-1);
  if (validation.length > 0) {
    return {
      share: accuracyText(Math.max(...validation)),
      sentence: 'is the validation accuracy of the best epoch.',
    };
  }
  if (last === undefined) return { share: '–', sentence: 'No epoch has been completed.' };
  return { share: accuracyText(last.accuracy), sentence: 'is the training accuracy of the last epoch.' };
}

/** What was fitted after the training, and on what: it changes no figure of the page. */
function calibrationText(calibration: NonNullable<TrainingReport['test']>['calibration']): string {
  if (calibration === undefined) return '';
  const { images, part } = calibration;
  const on = part === 'test' ? `${countText(images)} of them` : `the ${countText(images)} validation images`;
  return `; the temperature of the probabilities and the limit of “not sure” were fitted on ${on}`;
}

function usesOf(uses: NonNullable<TrainingReport['uses']>): MarkupPart {
  if (uses.length === 0) return undefined;
  return html`<h3>Use the model</h3>
<dl class="uses">${uses.map(([what, line]) => html`<div><dt>${what}</dt><dd><code>${line}</code></dd></div>`)}</dl>
`;
}

function settingsSection({ configuration, unused, versions, reproduce, uses = [] }: TrainingReport): Markup {
  const list = (pairs: TrainingReport['configuration']): Markup =>
    html`<dl class="settings">${pairs.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
  return html`<section id="settings">
<header><h2>Reproduction</h2>
<p>The same settings give the same weights, byte for byte, on any machine and with any number of threads.</p></header>
<div>
<pre><code>${reproduce}</code></pre>
${usesOf(uses)}<h3>Settings</h3>
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
