/**
 * The networks under comparison. Each is a network file as `longhand train --model` takes it, or one of Longhand's
 * presets. The peers get them with everything resolved: pairs for numbers, zeros on each side for `same`, shapes.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeNetwork, networkFrom, presets } from '../packages/layers/dist/index.js';

/** The folder of the panel: a file there is a network of the panel. */
export const panelFolder = fileURLToPath(new URL('networks/', import.meta.url));

/** The presets that all peers can build: of convolutions, poolings and dense layers. */
export const commonPresets = ['lenet-documented', 'lenet5', 'wide'];

/** The names that can be asked for. */
export const networkNames = [...Object.keys(presets), ...namesIn(panelFolder)];

/** How every system updates. */
export const update = { learningRate: 0.02, momentum: 0.9 };

/**
 * A network of the comparison.
 *
 * @typedef {object} ComparedNetwork
 * @property {string} name What the tables call it.
 * @property {string} [preset] Its name in the trainer, if it has one.
 * @property {readonly number[]} input `[height, width, channels]` of an image.
 * @property {object} description What `networkFrom` makes it of.
 * @property {readonly object[]} layers What peers build: options with their defaults, `inputShape` and `outputShape`.
 */

/** The names of the network files in a folder. */
export function namesIn(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => basename(file, '.json'))
    .sort();
}

/**
 * @param {string} named A preset, a network of the panel, or the path of a network file.
 * @param {readonly [height: number, width: number, channels: number]} input Of files that name no input themselves.
 * @returns {ComparedNetwork}
 * @throws Error when there is no such file or it describes no network
 */
export function comparedNetwork(named, input) {
  if (named in presets) return { ...compared(named, presets[named]({ image: input })), preset: named };
  const file = namesIn(panelFolder).includes(named) ? join(panelFolder, `${named}.json`) : named;
  try {
    return compared(basename(file, '.json'), networkFrom(JSON.parse(readFileSync(file, 'utf8')), { input }));
  } catch (error) {
    throw new Error(`--network ${named}: ${error.message}; expected ${networkNames.join(', ')} or a network file`);
  }
}

/** Writes what the programs read into a folder, and beside it, as `.network.json`, what the trainer reads. Returns the file. */
export function writeForPeers(folder, { name, input, description, layers }) {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ name, input, description, layers, ...update }));
  writeFileSync(file.replace(/\.json$/, '.network.json'), JSON.stringify(description));
  return file;
}

function compared(name, network) {
  return { name, input: network.inputShape, description: describeNetwork(network), layers: resolved(network.layers) };
}

/** Layers as peers build them. */
function resolved(layers) {
  return layers.map(({ name, layer, inputShape, outputShape }) => {
    const shapes = { inputShape, outputShape };
    const { kind, ...options } = layer.description;
    if (kind === 'conv2d') {
      const { outChannels, groups = 1, bias = true, trueConvolution = false } = options;
      return {
        kind,
        outChannels,
        groups,
        bias,
        trueConvolution,
        ...windows(options.kernel, options, shapes),
        ...shapes,
      };
    }
    if (kind === 'pool2d') {
      const { pooling, window, stride = window, padding, countIncludePad = true } = options;
      return { kind, pooling, countIncludePad, ...windows(window, { stride, padding }, shapes), ...shapes };
    }
    if (kind === 'dense') return { kind, outFeatures: options.outFeatures, bias: options.bias ?? true, ...shapes };
    if (kind === 'residual') {
      const nested = layer.nested(name, inputShape);
      const branch = (prefix) => resolved(nested.filter((within) => within.name.startsWith(prefix)));
      return { kind, body: branch('body.'), shortcut: branch('shortcut.'), ...shapes };
    }
    return { kind, ...options, ...shapes };
  });
}

/** Kernel, stride and dilation as `[height, width]`, padding as `[top, bottom, left, right]`. */
function windows(kernel, { stride = 1, dilation = 1, padding = 0 }, { inputShape, outputShape }) {
  const [kernels, strides, dilations] = [kernel, stride, dilation].map((value) =>
    typeof value === 'number' ? [value, value] : value,
  );
  const sides = [0, 1].flatMap((axis) => {
    if (typeof padding === 'number') return [padding, padding];
    if (padding === 'valid') return [0, 0];
    if (padding !== 'same') return axis === 0 ? [padding.top, padding.bottom] : [padding.left, padding.right];
    const covered = (outputShape[axis] - 1) * strides[axis] + (kernels[axis] - 1) * dilations[axis] + 1;
    const missing = Math.max(0, covered - inputShape[axis]);
    return [Math.floor(missing / 2), Math.ceil(missing / 2)];
  });
  return { kernel: kernels, stride: strides, dilation: dilations, padding: sides };
}
