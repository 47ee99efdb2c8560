/** The network of a module: plain loops over one image `[channels, height, width]`. */
import { functions, softmax } from './functions';
import type { ModuleModel, PlanConvolution, PlanLayer, PlanPooling } from './model';

/** Activations of one image, `[channels, height, width]`. */
interface Maps {
  readonly depth: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

type Step = (maps: Maps) => Maps;

/** Reads the numbers one after another. */
interface Numbers {
  readonly weights: (out: number, count: number) => Float64Array;
  readonly floats: (count: number) => Float64Array;
}

function numbersOf({ numbers, size }: ModuleModel): Numbers {
  const bytes = Uint8Array.from(atob(numbers), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  const floats = (count: number): Float64Array =>
    Float64Array.from({ length: count }, () => {
      at += 4;
      return view.getFloat32(at - 4, true);
    });
  return {
    floats,
    weights(out, count) {
      const factors = floats(out);
      return Float64Array.from({ length: out * count }, (_, k) => {
        at += size;
        // The highest byte has the sign.
        const high = view.getInt8(at - 1);
        return factors[Math.floor(k / count)] * (size === 1 ? high : (high << 16) | view.getUint16(at - 3, true));
      });
    },
  };
}

/** The network: pixels `[height, width, channels]` from 0 to 255 to its output. */
export function networkOf(model: ModuleModel): (pixels: ArrayLike<number>) => Float64Array {
  const { input, mean, std, plan } = model;
  const [depth, rows, columns] = input;
  const run = inOrder(plan, numbersOf(model));
  return (pixels) => {
    const data = Float64Array.from({ length: pixels.length }, (_, k) => {
      const c = Math.floor(k / (rows * columns));
      return (pixels[(k % (rows * columns)) * depth + c] / 255 - mean[c]) / std[c];
    });
    return run({ depth, rows, columns, data }).data;
  };
}

function inOrder(plan: readonly PlanLayer[], numbers: Numbers): Step {
  const steps = plan.map((layer) => stepOf(layer, numbers));
  return (maps) => steps.reduce((given, step) => step(given), maps);
}

function stepOf(layer: PlanLayer, numbers: Numbers): Step {
  switch (layer.kind) {
    case 'conv':
      return convolution(layer, numbers);
    case 'dense': {
      const [out, into] = layer.weight;
      const convolved: PlanConvolution = {
        ...layer,
        kind: 'conv',
        weight: [out, into, 1, 1],
        strides: [1, 1],
        pads: [0, 0],
      };
      return convolution(convolved, numbers);
    }
    case 'scale': {
      const [factors, summands] = [numbers.floats(layer.count), numbers.floats(layer.count)];
      return (maps) => mapped(maps, (x, c) => factors[c] * x + summands[c]);
    }
    case 'activation': {
      const { name, slope = 0.01 } = layer;
      return (maps) => mapped(maps, (x) => functions[name](x, slope));
    }
    case 'maxPool':
    case 'averagePool':
      return pooling(layer);
    case 'crop': {
      const [top, left, bottom, right] = layer.border;
      return ({ depth, rows, columns, data }) => ({
        depth,
        rows: rows - top - bottom,
        columns: columns - left - right,
        data: data.filter((_, k) => {
          const [row, column] = [Math.floor(k / columns) % rows, k % columns];
          return row >= top && row < rows - bottom && column >= left && column < columns - right;
        }),
      });
    }
    case 'mean':
      return (maps) =>
        pooling({ kind: 'averagePool', window: [maps.rows, maps.columns], strides: [1, 1], pads: [0, 0] })(maps);
    case 'softmax':
      return (maps) => ({ ...maps, data: softmax(maps.data) });
    case 'flatten':
      return ({ data }) => ({ depth: data.length, rows: 1, columns: 1, data });
    case 'residual': {
      const [body, shortcut] = [inOrder(layer.body, numbers), inOrder(layer.shortcut, numbers)];
      return (maps) => {
        const added = shortcut(maps).data;
        const sum = body(maps);
        return { ...sum, data: sum.data.map((x, k) => x + added[k]) };
      };
    }
  }
}

function mapped(maps: Maps, value: (x: number, channel: number) => number): Maps {
  const { rows, columns, data } = maps;
  return { ...maps, data: data.map((x, k) => value(x, Math.floor(k / (rows * columns)))) };
}

function convolution(layer: PlanConvolution, numbers: Numbers): Step {
  const { weight, strides, pads, dilations = [1, 1], groups = 1 } = layer;
  const [out, into, height, width] = weight;
  const weights = numbers.weights(out, into * height * width);
  const biases = layer.bias ? numbers.floats(out) : new Float64Array(out);
  return (maps) =>
    windows({ window: [height, width], strides, pads, dilations }, maps, out, (channel, taps) => {
      let sum = biases[channel];
      const first = Math.floor(channel / (out / groups)) * into;
      for (let c = 0; c < into; c++) {
        const plane = (first + c) * maps.rows * maps.columns;
        const from = (channel * into + c) * height * width;
        for (let k = 0; k < taps.length; k += 2) sum += weights[from + taps[k]] * maps.data[plane + taps[k + 1]];
      }
      return sum;
    });
}

function pooling(layer: PlanPooling): Step {
  const { kind, countsPads } = layer;
  const size = layer.window[0] * layer.window[1];
  return (maps) =>
    windows(layer, maps, maps.depth, (channel, taps) => {
      const plane = channel * maps.rows * maps.columns;
      let [most, sum] = [-Infinity, 0];
      for (let k = 1; k < taps.length; k += 2) {
        const x = maps.data[plane + taps[k]];
        most = Math.max(most, x);
        sum += x;
      }
      return kind === 'maxPool' ? most : sum / (countsPads ? size : taps.length / 2);
    });
}

/** The taps of a window that lie on the image: of each its number in the kernel, then where it is in a plane. */
type Taps = readonly number[];

/** @param value of a channel at a window */
function windows(
  {
    window: [height, width],
    strides,
    pads,
    dilations = [1, 1],
  }: Omit<PlanPooling, 'kind'> & { readonly dilations?: readonly number[] },
  { rows, columns }: Maps,
  depth: number,
  value: (channel: number, taps: Taps) => number,
): Maps {
  const [top, left, bottom = top, right = left] = pads;
  const count = (length: number, before: number, after: number, extent: number, axis: number): number =>
    Math.floor((length + before + after - dilations[axis] * (extent - 1) - 1) / strides[axis]) + 1;
  const high = count(rows, top, bottom, height, 0);
  const wide = count(columns, left, right, width, 1);
  const data = new Float64Array(depth * high * wide);
  for (let at = 0; at < high * wide; at++) {
    const taps: number[] = [];
    for (let tap = 0; tap < height * width; tap++) {
      const y = Math.floor(at / wide) * strides[0] - top + Math.floor(tap / width) * dilations[0];
      const x = (at % wide) * strides[1] - left + (tap % width) * dilations[1];
      if (y >= 0 && y < rows && x >= 0 && x < columns) taps.push(tap, y * columns + x);
    }
    for (let channel = 0; channel < depth; channel++) data[channel * high * wide + at] = value(channel, taps);
  }
  return { depth, rows: high, columns: wide, data };
}
