/** Layers one after another: their names and shapes, and their passes chained. For networks, and for the branches of blocks. */
import { checkShape, formatShape, type Shape, ShapeError } from '@longhand/tensor';
import { type Layer, type LayerBinding, type LayerPass, type NamedLayer, nothing } from './layer';
import type { Operation } from './operation';

export interface LayerChainOptions {
  /** Who has the layers: `sequential`, or the name of a block's branch. */
  readonly where: string;
  /** What the names of the layers begin with in messages: empty, or the branch and a dot. */
  readonly prefix: string;
  readonly input: Shape;
  readonly layers: Readonly<Record<string, Layer>>;
  /** What the input comes from, for messages. */
  readonly source: string;
}

/**
 * The layers with their names, shapes, parameters and buffers.
 *
 * @throws ShapeError naming the layer that cannot work on what the one before it gives
 */
export function nameLayers({ where, prefix, input, layers, source }: LayerChainOptions): NamedLayer[] {
  let inputShape = input;
  let previous = source;
  return Object.entries(layers).map(([name, layer]) => {
    // Objects list names that look like numbers first, whatever the order they were written in.
    if (!/^[A-Za-z_][\w-]*$/.test(name)) {
      throw new Error(
        `${where}: expected layer names of letters, digits, - and _ that start with a letter or _, got '${name}'`,
      );
    }
    const path = `${prefix}${name}`;
    const result = {
      name,
      layer,
      inputShape,
      outputShape: outputShapeAfter(previous, path, layer, inputShape),
      parameters: layer.parameters(path, inputShape),
      buffers: layer.buffers?.(path, inputShape) ?? [],
      symbol: undefined,
    };
    inputShape = result.outputShape;
    previous = path;
    return result;
  });
}

/** The layer's output shape; a failure also says where the input that does not fit came from. */
function outputShapeAfter(previous: string, path: string, layer: Layer, inputShape: Shape): Shape {
  try {
    const shape = layer.outputShape(path, inputShape);
    // A layer of the user's own may return anything.
    checkShape(`${path}: outputShape`, shape);
    return shape;
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new ShapeError(`${error.message}; ${previous} gives ${formatShape(inputShape)}`);
  }
}

/** The passes of layers one after another. */
export interface LayerChain extends Pick<LayerPass, 'y' | 'dy'> {
  /** Every layer's own pass, by name. */
  readonly passes: ReadonlyMap<string, LayerPass>;
  readonly forwardOperations: readonly Operation[];
  readonly backwardOperations: readonly Operation[];
}

/**
 * Prepares every layer on the output of the one before it.
 *
 * @param binding that of the whole chain; `where` is empty for a network. Names of parameters and buffers begin with the layer's
 */
export function prepareChain(layers: readonly NamedLayer[], binding: LayerBinding): LayerChain {
  const { where, gradients } = binding;
  const passes = new Map<string, LayerPass>();
  let { x: y, dx: dy } = binding;
  // The gradient of a layer's input is worth computing only if something before it learns.
  let wantsGradient = dy !== undefined;
  for (const { name, layer, inputShape, parameters } of layers) {
    const pass = layer.prepare({
      ...binding,
      where: where === '' ? name : `${where}.${name}`,
      inputShape,
      x: y,
      dx: wantsGradient ? dy : undefined,
      parameter: (own) => binding.parameter(`${name}.${own}`),
      gradient: (own) => binding.gradient(`${name}.${own}`),
      buffer: (own) => binding.buffer(`${name}.${own}`),
    });
    passes.set(name, pass);
    ({ y, dy } = pass);
    wantsGradient ||= parameters.length > 0;
  }
  const inOrder = [...passes.values()];
  return {
    passes,
    y,
    dy: gradients ? dy : undefined,
    forwardOperations: inOrder.flatMap(forwardOperationsOf),
    backwardOperations: gradients ? [...inOrder].reverse().flatMap(backwardOperationsOf) : [],
  };
}

function forwardOperationsOf(pass: LayerPass): readonly Operation[] {
  return pass.forwardOperations ?? [{ run: () => pass.forward() }];
}

function backwardOperationsOf(pass: LayerPass): readonly Operation[] {
  if (pass.backwardOperations !== undefined) return pass.backwardOperations;
  const { parameterGradients, inputGradient } = pass;
  return [
    ...(parameterGradients === nothing ? [] : [{ run: () => pass.parameterGradients() }]),
    ...(inputGradient === nothing ? [] : [{ run: () => pass.inputGradient() }]),
  ];
}

/**
 * All layers in order, each block's own ones before the block itself, named by their paths.
 *
 * @example everyLayer(resnetSmall().layers).map(({ name }) => name); // [ 'conv', 'bn', 'relu1', 'pool', 'block1.body.conv1', … ]
 */
export function everyLayer(layers: readonly NamedLayer[]): readonly NamedLayer[] {
  return layers.flatMap((named) => {
    const { name, layer, inputShape } = named;
    const nested = everyLayer(layer.nested?.(name, inputShape) ?? []);
    return [...nested.map((within) => ({ ...within, name: `${name}.${within.name}` })), named];
  });
}

/**
 * The passes of all layers, those of nested ones included, by path.
 *
 * @example
 * import { referenceKernels } from '@longhand/kernels';
 * const network = sequential({ input: [4], layers: { fc: dense({ outFeatures: 2 }) } });
 * const pass = network.prepare({ kernels: referenceKernels, parameters: network.zeros(), capacity: 1 });
 * everyPass(pass.layers).get('fc')?.y.length; // 2
 */
export function everyPass(passes: ReadonlyMap<string, LayerPass>): ReadonlyMap<string, LayerPass> {
  return new Map(
    [...passes].flatMap(([name, pass]): (readonly [string, LayerPass])[] => {
      const nested = Array.from(
        everyPass(pass.nested ?? new Map()),
        ([path, own]) => [`${name}.${path}`, own] as const,
      );
      return [...nested, [name, pass]];
    }),
  );
}
