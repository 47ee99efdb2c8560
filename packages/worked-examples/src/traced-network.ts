/**
 * A network's pass over one input whose arrays can be asked what they are made of: by the kernels that write them, or by the terms of
 * the layers that write them themselves.
 *
 * A layer that no factory of Longhand made may do anything with its arrays, also after the kernels that it uses: nothing is known of
 * them but what its own terms say.
 */
import { referenceKernels } from '@longhand/kernels';
import {
  everyLayer,
  type GradientPass,
  type LayerPass,
  type Mode,
  type NamedLayer,
  type Network,
  type NetworkParameters,
  type NetworkPass,
  trainingContext,
} from '@longhand/layers';
import { isBuiltIn } from '@longhand/schema';
import { type FloatArray, seededRandom } from '@longhand/tensor';
import { type ByMemory, traceKernels, type Writer } from './tracing-kernels';

/** A layer of the network, or one within a block, by its path, with its pass. */
export interface TracedLayer {
  readonly path: string;
  readonly named: NamedLayer;
  readonly pass: LayerPass;
  /** Whether it is of the user's own: what it does is known from its terms alone. */
  readonly isOwn: boolean;
}

export interface TracedNetwork {
  readonly pass: GradientPass;
  readonly writers: ByMemory<Writer>;
  /** In the order of forward; those of a block before the block itself. */
  readonly layers: readonly TracedLayer[];
}

export interface TracedNetworkOptions {
  /** Sets the values; the rest are zero, buffers as they start. */
  readonly fill: (parameters: NetworkParameters) => void;
  readonly inputGradient: boolean;
  readonly mode?: Mode;
}

/** Prepares the network in float64 for one input, with gradients. */
export function traceNetwork(network: Network, options: TracedNetworkOptions): TracedNetwork {
  const { kernels, writers } = traceKernels(referenceKernels);
  const parameters = network.zeros({ kernels, dtype: 'float64' });
  options.fill(parameters);
  const { mode = 'train', inputGradient } = options;
  const context = trainingContext({ kernels, capacity: 1, random: seededRandom('pass'), dtype: 'float64' });
  context.step = 0;
  const pass = network.prepare({ kernels, parameters, capacity: 1, mode, gradients: true, inputGradient, context });
  const layers = everyLayer(network.layers).map((named): TracedLayer => {
    const found = passOf(pass.layers, named.name);
    return { path: named.name, named, pass: found, isOwn: !isBuiltIn(named.layer) };
  });
  for (const layer of layers) {
    // In the order of the layers: the terms of a block of the user's own come after those of the layers in it.
    if (layer.isOwn) forget(layer, { pass, writers, layers });
    addTerms(layer.pass, writers);
  }
  return { pass, writers, layers };
}

function passOf(passes: ReadonlyMap<string, LayerPass>, path: string): LayerPass {
  const found = passes.get(path);
  if (found !== undefined) return found;
  const block = [...passes].find(([name]) => path.startsWith(`${name}.`));
  if (block === undefined) throw new Error(`derivation: expected a pass of the layer ${path}, got none`);
  const [name, { nested = new Map() }] = block;
  return passOf(nested, path.slice(name.length + 1));
}

/** Takes the kernels back that seem to write the arrays of a layer of the user's own. */
function forget({ path, named, pass: own }: TracedLayer, { pass, writers, layers }: TracedNetwork): void {
  const entries = named.layer.nested === undefined ? pass.gradients.entries : [];
  const ownEntries = entries.filter((entry) => entry.path.startsWith(`${path}.`));
  const written = [own.y, inputGradientOf(path, pass, layers)];
  for (const array of written) if (array !== undefined) writers.delete(array);
  for (const entry of ownEntries) writers.delete(pass.gradients.get(entry.path).data);
}

/** Where a layer writes dx: the dy of the layer before it; undefined for the first layer of a block's branch. */
function inputGradientOf(path: string, pass: NetworkPass, layers: readonly TracedLayer[]): FloatArray | undefined {
  const chain = path.slice(0, path.lastIndexOf('.') + 1);
  const inChain = layers.filter(
    (layer) => layer.path.startsWith(chain) && !layer.path.slice(chain.length).includes('.'),
  );
  const before = inChain[inChain.findIndex((layer) => layer.path === path) - 1];
  if (before !== undefined) return before.pass.dy;
  return chain === '' ? pass.dInput : undefined;
}

function addTerms({ terms }: LayerPass, writers: ByMemory<Writer>): void {
  if (terms === undefined) return;
  const { arrays, forward, backward = {} } = terms;
  for (const [name, of] of Object.entries({ ...forward, ...backward })) {
    const array = arrays[name];
    if (array === undefined) throw new Error(`derivation: expected an array '${name}' beside its terms, got none`);
    writers.set(array, { arrays, terms: of });
  }
}
