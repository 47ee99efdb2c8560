/** The arrays of a small network, by the paths that a hand example names them by, and names for their entries where it gives none. */
import { everyLayer, type Loss, type Network } from '@longhand/layers';
import type { Description } from '@longhand/schema';
import { type Shape, sizeOf } from '@longhand/tensor';
import type { Names } from './training-step-setup';

/** Names of entries by the path of their array; one name alone of `loss`, `lossAfter` and `learningRate`. */
export type NameLists = Readonly<Record<string, string | Names | undefined>>;

/** An array of a network: how many numbers it has, and whether they are learned. */
export interface ArraySize {
  readonly size: number;
  readonly is: 'parameter' | 'value' | 'gradient';
}

export function isConvolution({ kind }: Description): boolean {
  return /^conv[12]d$/.test(kind);
}

/** All arrays that can have names. */
export function sizesOf(network: Network): ReadonlyMap<string, ArraySize> {
  const sizes = new Map<string, ArraySize>();
  const add = (path: string, shape: Shape, is: ArraySize['is']): void => {
    sizes.set(path, { size: sizeOf(shape), is });
  };
  add('input', network.inputShape, 'value');
  add('dInput', network.inputShape, 'gradient');
  for (const { name, layer, parameters, outputShape } of everyLayer(network.layers)) {
    for (const parameter of layer.nested === undefined ? parameters : []) {
      add(`${name}.${parameter.name}`, parameter.shape, 'parameter');
      add(`${name}.${gradientOf(parameter.name)}`, parameter.shape, 'gradient');
    }
    add(`${name}.y`, outputShape, 'value');
    add(`${name}.dy`, outputShape, 'gradient');
  }
  add('prediction', network.outputShape, 'value');
  add('target', network.outputShape, 'value');
  return sizes;
}

/** Names made of those of the layers: `conv_w1`, `conv_b1`, `conv1`, and `x1`, `t1`. */
export function defaultNames(network: Network, loss: Loss, hasUpdate: boolean): NameLists {
  const names: Record<string, string | Names> = {
    input: numbered('x', sizeOf(network.inputShape)),
    target: numbered('t', sizeOf(network.outputShape)),
    loss: 'L',
    ...(hasUpdate ? { learningRate: 'eta' } : {}),
    ...(/^(softmax|sigmoid)-/.test(loss.description.kind)
      ? { prediction: numbered('p', sizeOf(network.outputShape)) }
      : {}),
  };
  for (const { name, layer, parameters, outputShape } of everyLayer(network.layers)) {
    if (layer.nested !== undefined) continue;
    for (const parameter of parameters) {
      const letter = parameter.name === 'weight' ? 'w' : parameter.name === 'bias' ? 'b' : parameter.name;
      const ids = numbered(`${name}_${letter}`, sizeOf(parameter.shape));
      names[`${name}.${parameter.name}`] = ids;
    }
    // What only lays numbers otherwise keeps their names.
    if (['flatten', 'reshape'].includes(layer.description.kind)) continue;
    names[`${name}.y`] = numbered(name, sizeOf(outputShape));
  }
  return names;
}

/** The names with those of the gradients, `dL/dw` of `w`, where there are none. */
export function withGradients(names: NameLists): NameLists {
  const made = Object.entries(names).flatMap(([path, list]) => {
    const [, layer, array = ''] = /^(.+)\.([^.]+)$/.exec(path) ?? [];
    if (layer === undefined || /^d(y$|[A-Z])/.test(array) || !Array.isArray(list)) return [];
    const gradient = array === 'y' ? 'dy' : gradientOf(array);
    return [[`${layer}.${gradient}`, list.map((id) => (typeof id === 'string' ? `dL/d${id}` : undefined))] as const];
  });
  return { ...Object.fromEntries(made), ...names };
}

function gradientOf(parameter: string): string {
  return `d${parameter.charAt(0).toUpperCase()}${parameter.slice(1)}`;
}

function numbered(stem: string, count: number): string[] {
  const joined = /\d$/.test(stem) ? `${stem}_` : stem;
  return count === 1 ? [stem] : Array.from({ length: count }, (_, at) => `${joined}${at + 1}`);
}
