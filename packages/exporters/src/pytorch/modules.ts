/** The layers of a network as modules of PyTorch, in Python. Their names and parameters are those of the weights' file. */
import type { OnnxLayer } from '@longhand/formats';
import { defaultNegativeSlope } from '@longhand/kernels';
import { batchNormDefaults, everyLayer, knownLayer, type LayerDescription, type NamedLayer } from '@longhand/layers';
import { type Model, ModelError, onnxLayersOfNetwork } from '@longhand/training';
import { call, floatText, numbersText, pythonName } from './python';

/** A network in Python. */
export interface ModulesText {
  /** Lines such as `("conv1", nn.Conv2d(1, 6, 5)),`, blocks over several. */
  readonly lines: readonly string[];
  /** The classes that the lines use besides those of PyTorch. */
  readonly needs: ReadonlySet<'Residual' | 'MeanOfCovered'>;
  /** The names in the file that no attribute of a module can have, with those that they have here. */
  readonly renamed: ReadonlyMap<string, string>;
}

/**
 * The modules of a network.
 *
 * @throws ModelError naming a layer of the user's own
 */
export function modulesText(model: Model): ModulesText {
  const writer = new ModuleWriter(model);
  const lines = writer.lines(model.network.layers, '', '');
  return { lines, needs: writer.needs, renamed: writer.renamed };
}

type Of<Kind extends LayerDescription['kind']> = Extract<LayerDescription, { kind: Kind }>;

class ModuleWriter {
  readonly needs = new Set<'Residual' | 'MeanOfCovered'>();
  readonly renamed = new Map<string, string>();
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  /**
   * @param path of the block's branch in the file, with a dot at its end; empty for the network itself
   * @param here the same as it is called here
   */
  lines(layers: readonly NamedLayer[], path: string, here: string): string[] {
    const taken = new Set<string>();
    return layers.flatMap((placed) => {
      const own = placed.name.slice(path.length);
      const name = pythonName(own, taken);
      if (placed.name !== `${here}${name}`) this.renamed.set(placed.name, `${here}${name}`);
      const modules = this.#modules(placed, `${here}${name}.`);
      // Where several modules are one layer, that of the parameters has its name.
      const main = Math.max(
        0,
        modules.findIndex(({ isMain }) => isMain),
      );
      return modules.flatMap(({ text, what }, at) => {
        const [first, ...rest] = text.split('\n');
        const line = `("${at === main ? name : pythonName(`${own}_${what}`, taken)}", ${first}`;
        return rest.length === 0 ? [`${line}),`] : [line, ...rest.slice(0, -1), `${rest.at(-1)}),`];
      });
    });
  }

  #modules(placed: NamedLayer, here: string): readonly Module[] {
    const { name, layer, inputShape, outputShape } = placed;
    const known = knownLayer(layer);
    if (known === undefined) {
      const own = everyLayer([placed]).find((within) => knownLayer(within.layer) === undefined) ?? placed;
      throw new ModelError(
        `${own.name}: expected a layer that PyTorch has, got a ${own.layer.description.kind} layer of your own; write its nn.Module yourself and load the weights with --format safetensors`,
      );
    }
    switch (known.kind) {
      case 'conv2d':
      case 'conv1d':
        return this.#convolution(placed, known);
      case 'pool2d':
        return this.#pooling(placed, known);
      case 'crop2d': {
        const layer = this.#onnxLayer(placed);
        if (layer.kind !== 'crop') throw new Error(`${name}: expected a crop as ONNX has it`);
        const [top, left, bottom, right] = layer.border.map((size) => -size);
        return [module(call('nn.ZeroPad2d', numbersText([left, right, top, bottom])))];
      }
      case 'globalAveragePool':
        return [module('nn.AdaptiveAvgPool2d(1)'), module('nn.Flatten()', 'flat')];
      case 'dense': {
        const bias = known.bias === false && 'bias=False';
        return [module(call('nn.Linear', String(inputShape[0]), String(outputShape[0]), bias))];
      }
      case 'batchNorm': {
        const { momentum, epsilon } = { ...batchNormDefaults, ...known };
        const axes = inputShape.length === 3 ? '2d' : '1d';
        return [
          module(
            call(
              `nn.BatchNorm${axes}`,
              String(inputShape.at(-1)),
              epsilon !== batchNormDefaults.epsilon && `eps=${floatText(epsilon)}`,
              momentum !== batchNormDefaults.momentum && `momentum=${floatText(momentum)}`,
            ),
          ),
        ];
      }
      case 'dropout':
        return [module(call('nn.Dropout', floatText(known.rate)))];
      case 'activation':
        return [module(activationText(known))];
      case 'softmax':
        return [module('nn.Softmax(1)')];
      case 'flatten':
        return [module('nn.Flatten()')];
      case 'reshape': {
        const [channels, ...axes] = [...outputShape.slice(-1), ...outputShape.slice(0, -1)];
        const flat = module('nn.Flatten()');
        return axes.length === 0
          ? [flat]
          : [flat, module(`nn.Unflatten(1, ${numbersText([channels, ...axes])})`, 'axes')];
      }
      case 'residual': {
        this.needs.add('Residual');
        const branches = (['body', 'shortcut'] as const).map((which) => {
          const path = `${name}.${which}.`;
          const layers = (layer.nested?.(name, inputShape) ?? [])
            .map((nested) => ({ ...nested, name: `${name}.${nested.name}` }))
            .filter((nested) => nested.name.startsWith(path));
          return layers.length === 0
            ? []
            : [
                `    ${which}=[`,
                ...this.lines(layers, path, `${here}${which}.`).map((line) => `        ${line}`),
                '    ],',
              ];
        });
        return [module(['Residual(', ...branches.flat(), ')'].join('\n'))];
      }
    }
  }

  #convolution(placed: NamedLayer, known: Of<'conv2d'> | Of<'conv1d'>): readonly Module[] {
    const layer = this.#onnxLayer(placed);
    if (layer.kind !== 'conv') throw new Error(`${placed.name}: expected a convolution as ONNX has it`);
    const { weight, strides, pads, dilations = [1], groups = 1 } = layer;
    const axes = strides.length;
    const [out, , ...kernel] = weight.shape;
    const isEven = pads.every((pad, at) => pad === pads[at % axes]);
    const text = call(
      `nn.Conv${axes}d`,
      String(placed.inputShape.at(-1)),
      String(out),
      numbersText(kernel),
      strides.some((stride) => stride > 1) && `stride=${numbersText(strides)}`,
      isEven && pads[0] + pads[axes - 1] > 0 && `padding=${numbersText(pads.slice(0, axes))}`,
      dilations.some((dilation) => dilation > 1) && `dilation=${numbersText(dilations)}`,
      groups > 1 && `groups=${groups}`,
      known.bias === false && 'bias=False',
    );
    return isEven ? [module(text)] : [padding(pads, '0.0'), module(text, '', true)];
  }

  #pooling(placed: NamedLayer, known: Of<'pool2d'>): readonly Module[] {
    const layer = this.#onnxLayer(placed);
    if (layer.kind !== 'maxPool' && layer.kind !== 'averagePool') {
      throw new Error(`${placed.name}: expected a pooling as ONNX has it`);
    }
    const { window, strides, pads } = layer;
    const [top, left, bottom, right] = pads;
    const isMax = known.pooling === 'max';
    const countsPads = known.countIncludePad !== false || pads.every((pad) => pad === 0);
    // PyTorch's own padding is the same on opposite sides, and at most half a window.
    const isOwn = top === bottom && left === right && top <= window[0] / 2 && left <= window[1] / 2;
    const options = [
      numbersText(window),
      strides.some((stride, axis) => stride !== window[axis]) && `stride=${numbersText(strides)}`,
      isOwn && top + left > 0 && `padding=${numbersText([top, left])}`,
    ];
    if (isMax) {
      const pool = call('nn.MaxPool2d', ...options);
      return isOwn ? [module(pool)] : [padding(pads, 'float("-inf")'), module(pool, '', true)];
    }
    if (isOwn) return [module(call('nn.AvgPool2d', ...options, !countsPads && 'count_include_pad=False'))];
    if (countsPads) return [padding(pads, '0.0'), module(call('nn.AvgPool2d', ...options), '', true)];
    this.needs.add('MeanOfCovered');
    return [
      module(call('MeanOfCovered', numbersText(window), numbersText(strides), numbersText([left, right, top, bottom]))),
    ];
  }

  /** The layer as ONNX has it, whose pads are spelled out. */
  #onnxLayer(placed: NamedLayer): OnnxLayer {
    const { network, parameters } = this.#model;
    return onnxLayersOfNetwork({ ...network, layers: [placed] }, parameters)[0];
  }
}

interface Module {
  readonly text: string;
  /** What it is called besides the layer's name, where it is not the main one. */
  readonly what: string;
  readonly isMain: boolean;
}

function module(text: string, what = '', isMain = what === ''): Module {
  return { text, what, isMain };
}

/** Zeros, or another number, around an image or at both ends of a signal. */
function padding(pads: readonly number[], value: string): Module {
  const axes = pads.length / 2;
  // The last axis comes first, before and after.
  const around = Array.from({ length: axes }, (_, at) => [pads[axes - 1 - at], pads[2 * axes - 1 - at]]).flat();
  return { text: `nn.ConstantPad${axes}d(${numbersText(around)}, ${value})`, what: 'pad', isMain: false };
}

function activationText({ activation, negativeSlope = defaultNegativeSlope }: Of<'activation'>): string {
  switch (activation) {
    case 'identity':
      return 'nn.Identity()';
    case 'relu':
      return 'nn.ReLU()';
    case 'leakyRelu':
      return `nn.LeakyReLU(${floatText(negativeSlope)})`;
    case 'relu6':
      return 'nn.ReLU6()';
    case 'sigmoid':
      return 'nn.Sigmoid()';
    case 'tanh':
      return 'nn.Tanh()';
    case 'silu':
      return 'nn.SiLU()';
    case 'hardSwish':
      return 'nn.Hardswish()';
    case 'gelu':
      return 'nn.GELU()';
    case 'geluTanh':
      return 'nn.GELU(approximate="tanh")';
  }
}
