/**
 * The names of every number in any network: paths as in the network and its files, indices from 0 as in PyTorch, `y` for outputs.
 *
 *   x.row.column, x.channel.row.column      the image
 *   conv1.weight.output.input.row.column    a parameter, bn1.running_mean.channel a buffer
 *   block1.body.conv1.y.channel.row.column  an output
 *   bn1.mean.channel, dropout1.mask.…       what a layer has besides
 *   p0 …, t0 …, L                           probabilities, targets, the loss
 */
import type { Mode, Network } from '@longhand/layers';
import { type Shape, sizeOf } from '@longhand/tensor';
import { type Axis, type Family, inOrder } from './lenet-quantities';
import type { TracedLayer } from './traced-network';

const axis = (name: string, count: number): Axis => ({ name, from: 0, count });

/** All families, in the order of the network. */
export function familiesOfLayers(network: Network, layers: readonly TracedLayer[], mode: Mode): readonly Family[] {
  const { inputShape, outputShape } = network;
  const outputs = [axis('output', sizeOf(outputShape))];
  return [
    activations('x', { kind: 'input' }, inputShape),
    inOrder('p', { kind: 'prediction' }, outputs),
    inOrder('t', { kind: 'target' }, outputs),
    inOrder('L', { kind: 'loss' }, []),
    ...layers.flatMap((layer) => familiesOfLayer(layer, mode)),
  ];
}

function familiesOfLayer({ path, named, pass }: TracedLayer, mode: Mode): Family[] {
  const { layer, outputShape, parameters, buffers } = named;
  const isBlock = layer.nested !== undefined;
  // In training a step replaces them: what they were before is read by nothing.
  const read = mode === 'train' ? [] : buffers;
  const kept = (isBlock ? [] : [...parameters, ...read]).map(({ name, shape }) =>
    inOrder(`${path}.${name}`, { kind: 'parameter', path: `${path}.${name}` }, axesOf(shape)),
  );
  const known = new Set([
    'x',
    'y',
    'dx',
    'dy',
    ...[...parameters, ...buffers].flatMap(({ name }) => [name, gradientOf(name)]),
  ]);
  const inner = Object.entries(pass.terms?.arrays ?? {})
    .filter(([array]) => !known.has(array) && array !== 'statistics')
    .map(([array, { length }]) => {
      const source = { kind: 'terms', layer: path, array } as const;
      const stem = `${path}.${array}`;
      return length === sizeOf(outputShape)
        ? activations(stem, source, outputShape)
        : inOrder(stem, source, [axis('channel', length)]);
    });
  return [...kept, ...inner, activations(`${path}.y`, { kind: 'output', layer: path }, outputShape)];
}

const gradientOf = (name: string): string => `d${name.charAt(0).toUpperCase()}${name.slice(1)}`;

function axesOf(shape: Shape): Axis[] {
  const names = shape.length === 1 ? ['output'] : ['output', 'input', 'row', 'column'];
  return shape.map((count, at) => axis(names[at] ?? 'column', count));
}

/** The memory order is row, column, channel; the names have the channel first, and none where there is only one in an image. */
function activations(stem: string, source: Family['source'], shape: Shape): Family {
  if (shape.length === 1) return inOrder(stem, source, [axis('feature', shape[0])]);
  const channels = shape.at(-1) ?? 1;
  const [height, width] = shape.length === 3 ? shape : [1, shape[0]];
  const places = shape.length === 3 ? [axis('row', height), axis('column', width)] : [axis('position', width)];
  const isGray = stem === 'x' && channels === 1;
  return {
    stem,
    source,
    axes: isGray ? places : [axis('channel', channels), ...places],
    indexOf(indices) {
      const [channel = 0, ...place] = isGray ? [0, ...indices] : indices;
      const [row = 0, column = 0] = shape.length === 3 ? place : [0, ...place];
      return (row * width + column) * channels + channel;
    },
    indicesOf(index) {
      const pixel = Math.floor(index / channels);
      const place = shape.length === 3 ? [Math.floor(pixel / width), pixel % width] : [pixel];
      return isGray ? place : [index % channels, ...place];
    },
  };
}
