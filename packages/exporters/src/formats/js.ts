/** `--format js`: an ES module that classifies, with its types beside it. */
import { type Calibration, type Model, usualThreshold } from '@longhand/training';
import type { Exporter } from '../exporter';
import { formatList } from '../format-list';
import { moduleCode } from '../module-code.generated';
import { type ModuleKind, moduleKindOf, moduleModel } from '../module-plan';
import { fileName } from '../paths';
import { inkText } from '../python-text';

export const exportJs: Exporter = (model, { output, options: { quantize } }) => {
  const [types] = formatList.js.companions(output);
  const encoder = new TextEncoder();
  const kind = moduleKindOf(model);
  const specifier = JSON.stringify(`./${fileName(output)}`);
  return {
    files: [
      { path: output, bytes: encoder.encode(moduleText(model, kind, quantize === undefined ? 3 : 1)) },
      { path: types, bytes: encoder.encode(typesText(model, kind)) },
    ],
    advice: `In a page, in Node, Bun or Deno:

  import { classify } from ${specifier};
  const { label, probability, sure } = ${usage[kind]}${kind === 'numbers' ? '' : inkText(model)}`,
  };
};

/** How a module is called, in a page where it takes pictures. */
const usage: Readonly<Record<ModuleKind, string>> = {
  digits: 'classify(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height));   // or 784 bytes',
  layouts:
    'classify(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height));   // or bytes of its own size',
  pictures:
    'classify(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height));   // or bytes of its own size',
  numbers: 'classify(bytes);',
};

/**
 * The text of a module.
 *
 * @param size the bytes of a weight
 */
function moduleText(model: Model, kind: ModuleKind, size: 1 | 3): string {
  const data = Object.entries(moduleModel(model, size)).map(([key, value]) => `  ${key}: ${JSON.stringify(value)},`);
  return `/** A network that classifies images, made by longhand export; its types are in the .d.ts beside it. It loads nothing. */
const model = {
${data.join('\n')}
};
${moduleCode[kind]}
`;
}

function typesText({ classes, calibration, network: { inputShape } }: Model, kind: ModuleKind): string {
  const label = [...new Set(classes)].map((name) => JSON.stringify(name)).join(' | ');
  const shape = `[${inputShape.join(', ')}]`;
  const picture = kind === 'numbers' ? '' : 'Picture | ';
  return `/** The types of the module beside this file, made by longhand export. */

/** The name of a class. */
export type Label = ${label};

/** A picture of any size, such as an ImageData: one to four bytes a pixel (gray, with alpha, colors, with alpha). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

export interface Classification {
  /** The name of the most probable class. */
  readonly label: Label;
  /** Its probability, from 0 to 1${calibration === undefined ? '' : ', calibrated on images that were not trained on'}. */
  readonly probability: number;
  /**
   * Whether it is sure, as \`longhand predict\` says it. Look at it before you act: to what is none of the classes, a network gives one of
   * them too. ${sureText(calibration)}
   */
  readonly sure: boolean;
  /** The probability of each class, in the order of \`classes\`. */
  readonly probabilities: Float64Array;
  /** What the network was given, ${shape} bytes. */
  readonly image: Uint8Array;
}

/** The names of the classes, in the order of the network's outputs. */
export declare const classes: readonly Label[];

/**
 * ${classifyText[kind]}
 *
 * @throws Error in one line, for what cannot be classified
 */
export declare function classify(image: ${picture}ArrayLike<number>): Classification;

/** The network's output for ${shape} bytes that are prepared already: one number for each class. */
export declare function forward(image: ArrayLike<number>): Float64Array;
`;
}

/** What a sure prediction has to have. */
function sureText(calibration: Calibration | undefined): string {
  if (calibration === undefined)
    return `The model has no calibration: sure is a probability of at least ${usualThreshold}.`;
  const probability = `Sure is a probability of at least ${calibration.threshold}`;
  return calibration.similarity === undefined
    ? `${probability}.`
    : `${probability}, with an output that looks as those of its class do.`;
}

const classifyText: Readonly<Record<ModuleKind, string>> = {
  digits: 'Classifies a drawing, which is cut out and framed as the training images are, or the 784 bytes of an image.',
  layouts: 'Classifies a drawing, which is cut out and framed as the training images are, or the bytes of an image.',
  pictures: 'Classifies the middle of a picture, or the bytes of an image.',
  numbers: 'Classifies the bytes of an input, from 0 to 255.',
};
