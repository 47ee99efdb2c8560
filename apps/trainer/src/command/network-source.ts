/** Which network a command works on: one that goes by a name, or one that a file describes layer by layer. */
import { dirname } from 'node:path';
import type { ActivationName } from '@longhand/kernels';
import { type Network, networkFrom, outputRange, type PresetName, presets } from '@longhand/layers';
import { shown, withModuleNames } from '@longhand/schema';
import { formatShape } from '@longhand/tensor';
import { currentBudget } from './budget';
import { unusable } from './failure';
import { readJsonFile } from './input-files';
import { nameOf } from './options';
import { importCode, moduleUrl, noCode, type OwnCode, urlsIn } from './own-modules';

/** What the options say of the network. */
export interface NetworkChoice {
  /** Default: `lenet-documented`. */
  readonly network?: PresetName;
  /** A file that describes a network; it comes before the name. */
  readonly model?: string;
  /** Of a network that goes by a name. */
  readonly activation?: ActivationName;
  readonly pooling?: 'max' | 'mean';
}

/** The images that a network has to classify: what it must fit of a data set. */
export interface ImagesToClassify {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly classes: number;
}

/** A network that a run recorded. */
export interface RecordedNetwork {
  /** Its modules have their URLs. */
  readonly description: unknown;
  /** The file of the run, for messages. */
  readonly where: string;
}

/** A network, and what reports call it. */
export interface NamedNetwork {
  readonly name: string;
  readonly network: Network;
}

/**
 * The network that the options name, for images: a named one is built for them, a described one has to fit.
 *
 * @param recorded what the file described when a run began, in place of what it describes now
 * @throws CommandError when the file describes no network, or none that can classify these images
 */
export function networkSource(
  choice: NetworkChoice,
  images: ImagesToClassify,
  code: OwnCode = noCode,
  recorded?: RecordedNetwork,
): NamedNetwork {
  const { network: preset = 'lenet-documented', model: file, activation, pooling } = choice;
  const { height, width, channels, classes } = images;
  if (file !== undefined) {
    const input = [height, width, channels];
    const network =
      recorded === undefined
        ? readNetworkFile(file, input, code)
        : describedNetwork(recorded.description, recorded.where, { input, code });
    checkClassifier(recorded?.where ?? file, network, images);
    return { name: nameOf(file), network };
  }
  const options = { ...(activation && { activation }), ...(pooling && { pooling }) };
  return { name: preset, network: presets[preset]({ ...options, image: [height, width, channels], classes }) };
}

/**
 * The network that a file describes.
 *
 * @param input the shape of its images, where the file has none: `[height, width, channels]`
 * @param code the modules that its layers may be of, see {@link codeOfNetworkFile}
 * @throws CommandError when it describes none; the line names file and layer
 */
export function readNetworkFile(file: string, input: readonly number[], { modules, urlOf }: OwnCode = noCode): Network {
  const description = withModuleNames(readDescription(file), (name) => urlOf(moduleUrl(name, dirname(file))));
  return describedNetwork(description, file, { input, code: { modules, urlOf } });
}

function describedNetwork(
  description: unknown,
  where: string,
  { input, code }: { readonly input: readonly number[]; readonly code: OwnCode },
): Network {
  try {
    return networkFrom(description, { input, modules: code.modules, budget: currentBudget() });
  } catch (error) {
    throw unusable(`${where}: ${(error as Error).message}`);
  }
}

/**
 * The URLs of the modules that the layers of a network file are of.
 *
 * @throws CommandError when the file cannot be read, or a module is in no file
 */
export function modulesOfNetworkFile(file: string): readonly string[] {
  const urls = urlsIn(readDescription(file), dirname(file));
  const strange = urls.find((url) => !url.startsWith('file:'));
  if (strange === undefined) return urls;
  throw unusable(`${file}: expected the path of a module, beginning at the folder of this file, got ${shown(strange)}`);
}

/** The code of a network file: its user named the file, so it runs. */
export async function codeOfNetworkFile(file: string): Promise<OwnCode> {
  return importCode({ trusted: modulesOfNetworkFile(file) });
}

function readDescription(file: string): unknown {
  const description = readJsonFile(file, 'a network as JSON');
  if (Array.isArray(description)) {
    throw unusable(
      `${file}: expected an object with the list "layers", got the list alone; write {"layers": [ … ]} ("input" may be left out)`,
    );
  }
  return description;
}

/** Whether a network that somebody wrote takes the images and gives a number for each class. */
function checkClassifier(file: string, network: Network, images: ImagesToClassify): void {
  const { name, height, width, channels, classes } = images;
  const { inputShape, outputShape, parameterCount, layers } = network;
  const last = layers.at(-1);
  const giver = last?.name ?? 'the input';
  const expected = formatShape([height, width, channels]);
  if (formatShape(inputShape) !== expected) {
    throw unusable(
      `${file}: expected the input ${expected}, the size of the images of ${name}, got ${formatShape(inputShape)}; leave "input" out to take any size`,
    );
  }
  if (outputShape.length !== 1) {
    throw unusable(
      `${file}: expected ${classes} outputs, one for each class of ${name}, got ${formatShape(outputShape)} from ${giver}; end with "flatten" and {"kind":"dense","outFeatures":${classes}}`,
    );
  }
  const output = outputRange({ layers });
  if (output !== undefined && output.range !== 'unbounded') {
    throw unusable(
      `${file}: ${output.layer.name}: expected no ${output.range} at the end: the loss takes a softmax itself, and one more function before it keeps the network from being sure; leave it out`,
    );
  }
  if (outputShape[0] !== classes) {
    throw unusable(
      `${file}: expected ${classes} outputs, one for each class of ${name}, got ${outputShape[0]} from ${giver}; give the last dense layer "outFeatures": ${classes}`,
    );
  }
  if (parameterCount === 0)
    throw unusable(`${file}: expected a layer that learns, got none; add a dense or a conv2d layer`);
}
