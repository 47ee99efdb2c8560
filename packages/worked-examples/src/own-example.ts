/** A hand derivation of one's own: a small network, its loss and its numbers, with the names that they have on paper. */
import {
  describeNetwork,
  everyLayer,
  type Loss,
  type Network,
  type NetworkDescription,
  networkFrom,
} from '@longhand/layers';
import { didYouMean, nearestName } from '@longhand/schema';
import { OptionError, sizeOf } from '@longhand/tensor';
import type { ConvolutionKind, Digits, PrintedFigure, UpdateOrder } from './derivation';
import { defaultNames, isConvolution, type NameLists, sizesOf, withGradients } from './own-example-names';
import { deriveTrainingStep } from './training-step';
import type { Names, TrainingStepSetup } from './training-step-setup';
import { type WorkedExample, workedExample } from './worked-example';

/** What {@link handExample} derives. */
export interface HandExample {
  /** As the derivation calls it. */
  readonly name: string;
  /** Its title. Default: the name. */
  readonly title?: string;
  /** A description in a sentence or two. Default: none. */
  readonly about?: string;
  /** The network, small enough for a pencil. */
  readonly network: Network;
  /** What its output is compared by, such as `meanSquaredError()`. */
  readonly loss: Loss;
  /**
   * `input` and `target`, `learningRate` where weights are to be changed, and each parameter by its path, `conv.weight`, in PyTorch's
   * order.
   */
  readonly givens: Readonly<Record<string, number | readonly number[]>>;
  /**
   * Names by the same paths, and of `conv.y`, an output, `conv.dy`, the gradient by it, `conv.dWeight`, that by a parameter, `prediction`,
   * `loss`, `lossAfter`. An output has its maps side by side, position after position. Without a list, names are made of the layer's; an
   * empty one, or `undefined` in one, leaves numbers written out where they are used.
   */
  readonly names?: NameLists;
  /** When weights change. Default: `'standard'`. */
  readonly order?: UpdateOrder;
  /** How numbers are rounded on the way. Default: `'exact'`. */
  readonly digits?: Digits;
  /** Figures that are printed somewhere, by the names of their quantities, to compare with: `{ w_new: { figure: '0.46' } }`. */
  readonly printed?: Readonly<Record<string, PrintedFigure>>;
}

/** More numbers than this are not written out by hand. */
const mostNumbers = 400;

/**
 * A hand derivation of one's own. It takes the same options as the examples that are there.
 *
 * @throws OptionError for numbers or names that do not fit the network
 * @example
 * import { dense, meanSquaredError, sequential } from '@longhand/layers';
 * const example = handExample({
 *   name: 'one-weight',
 *   network: sequential({ input: [1], layers: { fc: dense({ outFeatures: 1, bias: false }) } }),
 *   loss: meanSquaredError(),
 *   givens: { input: [2], target: [1], learningRate: 0.1, 'fc.weight': [0.7] },
 *   names: { 'fc.weight': ['w'], 'fc.y': ['p'] },
 * });
 * example.derive().steps.find(({ id }) => id === 'w_new')?.value.toFixed(2); // '0.54'
 */
export function handExample(definition: HandExample): WorkedExample {
  const { name, title = name, about = '', network, loss, order = 'standard', digits = 'exact' } = definition;
  const { printed = {} } = definition;
  checkGivens(definition);
  const { input, target, learningRate, ...parameters } = definition.givens as Readonly<
    Record<string, readonly number[]>
  >;
  const setup = {
    loss,
    input: input ?? [],
    target: target ?? [],
    parameters,
    ...(learningRate === undefined ? {} : { learningRate: Number(learningRate) }),
    names: namesOf(definition),
    spelling: { eta: { text: 'η', latex: '\\eta' } },
    printed,
  };
  const own = convolutionOf(network);
  const example = workedExample({
    name,
    title,
    about,
    ownOrder: order,
    ownDigits: digits,
    ...(own === undefined ? {} : { ownConvolution: own }),
    steps: (choice) =>
      deriveTrainingStep({
        ...setup,
        network:
          own === undefined || choice.convolution === own ? network : withConvolution(network, choice.convolution),
        order: choice.order,
        digits: choice.digits,
        givens: choice.givens,
      }).steps,
  });
  checkPrinted(name, printed, example);
  return example;
}

/** The kind of the network's convolutions; undefined without any. */
function convolutionOf(network: Network): ConvolutionKind | undefined {
  const convolutions = everyLayer(network.layers).filter(({ layer }) => isConvolution(layer.description));
  if (convolutions.length === 0) return undefined;
  const flips = convolutions.some(
    ({ layer }) => 'trueConvolution' in layer.description && layer.description.trueConvolution,
  );
  return flips ? 'true-convolution' : 'cross-correlation';
}

function withConvolution(network: Network, kind: ConvolutionKind): Network {
  const { input, layers } = describeNetwork(network);
  return networkFrom({ input, layers: layers.map((layer) => layerWithConvolution(layer, kind)) });
}

type LayerDescription = NetworkDescription['layers'][number];

/** A layer with its convolutions of a kind; of a block, those in both of its branches. */
function layerWithConvolution(layer: LayerDescription, kind: ConvolutionKind): LayerDescription {
  if (!('kind' in layer)) return layer;
  if (isConvolution(layer)) return { ...layer, trueConvolution: kind === 'true-convolution' };
  const branches = layer as {
    readonly body?: readonly LayerDescription[];
    readonly shortcut?: readonly LayerDescription[];
  };
  const changed = (['body', 'shortcut'] as const).flatMap((name) => {
    const within = branches[name]?.map((one) => layerWithConvolution(one, kind));
    return within === undefined ? [] : [[name, within]];
  });
  return { ...layer, ...Object.fromEntries(changed) };
}

function checkGivens({ name, network, givens }: HandExample): void {
  const sizes = sizesOf(network);
  const parameters = [...sizes].filter(([, { is }]) => is === 'parameter');
  const expected = new Map<string, number>([
    ['input', sizeOf(network.inputShape)],
    ['target', sizeOf(network.outputShape)],
    ...parameters.map(([path, { size }]) => [path, size] as const),
  ]);
  const all = [...sizes.values()].reduce((sum, { size }) => sum + size, 0);
  if (all > mostNumbers) {
    throw new OptionError(
      `${name}: expected a network of at most ${mostNumbers} numbers, weights and outputs together, got ${all}`,
    );
  }
  for (const path of Object.keys(givens)) {
    if (expected.has(path) || path === 'learningRate') continue;
    const known = [...expected.keys(), 'learningRate'];
    throw new OptionError(
      `${name}: expected the givens ${known.join(', ')}; got ${path}${didYouMean(nearestName(path, known))}`,
    );
  }
  for (const [path, size] of expected) {
    const values = givens[path];
    const got = Array.isArray(values) ? `${values.length}` : 'none';
    if (got !== String(size))
      throw new OptionError(`${name}: expected ${count(size, 'number')} as the given ${path}, got ${got}`);
  }
  const { learningRate = 1 } = givens;
  if (typeof learningRate !== 'number') throw new OptionError(`${name}: expected one number as the given learningRate`);
}

/** The names of the setup: those that were given, else those made of the layers' names. */
function namesOf(definition: HandExample): TrainingStepSetup['names'] {
  const { name, network, names = {} } = definition;
  const sizes = sizesOf(network);
  const made = defaultNames(network, definition.loss, 'learningRate' in definition.givens);
  for (const [path, list] of Object.entries(names)) {
    const isText = ['loss', 'lossAfter', 'learningRate'].includes(path);
    const expected = isText ? undefined : sizes.get(path)?.size;
    if (isText ? typeof list === 'string' : expected !== undefined && (list?.length === 0 || list?.length === expected))
      continue;
    const known = [...sizes.keys(), 'loss', 'lossAfter', 'learningRate'];
    if (!known.includes(path)) {
      throw new OptionError(
        `${name}: expected names of ${known.join(', ')}; got ${path}${didYouMean(nearestName(path, known))}`,
      );
    }
    const what = isText ? 'one name' : count(expected ?? 0, 'name');
    throw new OptionError(
      `${name}: expected ${what} for ${path}, got ${Array.isArray(list) ? list.length : 'something else'}`,
    );
  }
  checkDistinct(name, { ...made, ...names });
  const all = withGradients({ ...made, ...names });
  checkDistinct(name, all);
  const text = (path: string): string | undefined => all[path] as string | undefined;
  const layers: Record<string, Record<string, Names>> = {};
  for (const [path, list] of Object.entries(all)) {
    const dot = path.lastIndexOf('.');
    if (dot > 0) layers[path.slice(0, dot)] = { ...layers[path.slice(0, dot)], [path.slice(dot + 1)]: list as Names };
  }
  const [learningRate, lossAfter] = [text('learningRate'), text('lossAfter')];
  return {
    input: (all.input ?? []) as Names,
    target: (all.target ?? []) as Names,
    prediction: (all.prediction ?? []) as Names,
    loss: text('loss') ?? 'L',
    layers,
    ...(learningRate === undefined ? {} : { learningRate }),
    ...(lossAfter === undefined ? {} : { lossAfter }),
    ...(all.dInput === undefined ? {} : { dInput: all.dInput as Names }),
  };
}

function checkDistinct(name: string, lists: NameLists): void {
  const whose = new Map<string, string>();
  for (const [path, list] of Object.entries(lists)) {
    for (const id of [list ?? []].flat()) {
      if (id === undefined) continue;
      const other = whose.get(id);
      if (other !== undefined) {
        throw new OptionError(`${name}: expected each name once, got ${id} for both ${other} and ${path}`);
      }
      whose.set(id, path);
    }
  }
}

function checkPrinted(name: string, printed: Readonly<Record<string, PrintedFigure>>, example: WorkedExample): void {
  const known = example.derive().steps.map(({ id }) => id);
  for (const id of Object.keys(printed)) {
    if (known.includes(id)) continue;
    throw new OptionError(
      `${name}: expected printed figures of quantities by their names, got ${id}${didYouMean(nearestName(id, known))}`,
    );
  }
}

function count(size: number, of: string): string {
  return `${size} ${of}${size === 1 ? '' : 's'}`;
}
