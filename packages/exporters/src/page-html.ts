/**
 * A model as one page, which classifies what is drawn on it. The page loads nothing and sends nothing, and its content security
 * policy enforces that: only its one script may run, and no address may be requested.
 */
import { describeNetwork, outputRange } from '@longhand/layers';
import { countText, html, lines, Markup } from '@longhand/rendering';
import { modulesIn } from '@longhand/schema';
import { formatShape } from '@longhand/tensor';
import { layoutOfModel, type Model, ModelError } from '@longhand/training';
import { base64 } from './base64';
import type { PageModel } from './page/classifier';
import { pageScript, pageScriptHash, pageStyle, pageStyleHash } from './page-code.generated';

/**
 * The page of a model.
 *
 * @param file the name of the network where its training record has none
 * @throws ModelError when the network's input is not that of MNIST's images, or a layer is of a module
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * pageHtml(model, 'digits.safetensors').startsWith('<!doctype html>'); // true
 */
export function pageHtml(model: Model, file: string): string {
  const { network, classes } = model;
  if (formatShape(network.inputShape) !== '[28, 28, 1]') {
    throw new ModelError(
      `${file}: expected a network for images [28, 28, 1], which drawings are prepared as, got one for ${formatShape(network.inputShape)}; a page cannot be made of it`,
    );
  }
  if (modulesIn(describeNetwork(network)).length > 0) {
    throw new ModelError(`${file}: expected layers of Longhand, got one of your own; a page has no code of yours`);
  }
  const { name, data } = originOf(model, file);
  const isDigits = classes.every((label) => /^\d$/.test(label));
  const areWords = classes.some((label) => [...label].length > 2);
  const title = isDigits ? 'Draw a digit' : 'Draw';
  const rules = [
    "default-src 'none'",
    `script-src '${pageScriptHash}'`,
    `style-src '${pageStyleHash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const bars = classes.map(
    (label) =>
      html`<li><span class="name">${label}</span><span class="track" aria-hidden="true"><span class="fill"></span></span><span class="percent"></span></li>`,
  );
  const taught = data === undefined ? '' : `, trained on ${data}`;
  const about = `${name}${taught}, ${countText(network.parameterCount)} parameters`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${rules}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} · ${name}</title>
<link rel="icon" href="data:,">
<style>${new Markup(pageStyle)}</style>
</head>
<body class="blank${areWords ? ' words' : ''}">
<header>
<h1>${title}</h1>
<p>A small network classifies what you draw, here in this page.</p>
</header>
<noscript><p><b>This page classifies with a script of its own. Allow scripts to try it.</b></p></noscript>
<main>
<div class="drawing">
<div class="sheet">
<canvas id="paper" width="280" height="280" tabindex="0" role="application" aria-label="Paper. Draw with mouse, finger or pen. With the keyboard, arrow keys move the pen, the space bar puts it down and lifts it."></canvas>
<p class="invitation" aria-hidden="true">draw here, large</p>
</div>
<div class="buttons">
<button id="undo" type="button" aria-keyshortcuts="Control+Z" disabled>Undo</button>
<button id="clear" type="button" aria-keyshortcuts="Escape" disabled>Clear</button>
</div>
</div>
<div class="reading">
<div class="answer">
<div>
<h2>Predicted</h2>
<span id="verdict"></span>
<p id="certainty"></p>
</div>
<figure>
<canvas id="seen" width="28" height="28" role="img" aria-label="The drawing as the network sees it, 28 by 28 pixels"></canvas>
<figcaption>network input</figcaption>
</figure>
</div>
<div>
<h2 id="chances">Class probabilities</h2>
<ul id="bars" aria-labelledby="chances">
${lines(bars)}
</ul>
</div>
<p id="spoken" role="status"></p>
</div>
</main>
<footer>${about}. Nothing you draw leaves this page: it works offline.</footer>
<script type="application/json" id="model">${jsonMarkup(pageModel(model, name))}</script>
<script>${new Markup(pageScript)}</script>
</body>
</html>
`.text;
}

/** The name of the network and of its training data, as far as the model's record has them. The record is untrusted. */
function originOf({ training = {} }: Model, file: string): { readonly name: string; readonly data?: string } {
  const name = typeof training.network === 'string' ? training.network : file;
  if (typeof training.data !== 'string') return { name };
  return { name, data: training.data.replace(/ train$/, '') };
}

function pageModel(model: Model, name: string): PageModel {
  const { network, parameters, normalization, classes, calibration } = model;
  const { input, layers } = describeNetwork(network);
  const range = outputRange(network)?.range;
  const isClosed = range === 'softmax' || range === 'sigmoid';
  const closing = { name: freeName('softmax', layers), kind: 'softmax' };
  const numbers = [...parameters.values, ...parameters.buffers];
  const bytes = new DataView(new ArrayBuffer(4 * numbers.length));
  for (const [at, value] of numbers.entries()) bytes.setFloat32(4 * at, value, true);
  return {
    name,
    network: { input, layers: isClosed ? layers : [...layers, closing] },
    normalization,
    classes,
    ...(calibration && { calibration }),
    layout: layoutOfModel(model),
    weights: base64(new Uint8Array(bytes.buffer)),
  };
}

/** A name that no layer has. */
function freeName(stem: string, layers: readonly { readonly name?: string }[]): string {
  let name = stem;
  for (let count = 2; layers.some((layer) => layer.name === name); count++) name = `${stem}${count}`;
  return name;
}

/** JSON that cannot end the element it stands in. */
function jsonMarkup(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
