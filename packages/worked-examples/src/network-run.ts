/**
 * A network's pass over one image in float64: forward once, the loss and backward for any label. All labels share its arrays, which
 * hold the numbers of the one that was asked for last.
 */
import { normalizeGeometry, referenceKernels } from '@longhand/kernels';
import {
  type GradientPass,
  type LossPass,
  type Mode,
  type Network,
  type NetworkParameters,
  runAlone,
  softmaxCrossEntropy,
} from '@longhand/layers';
import { type FloatArray, OptionError, type Shape, seededRandom } from '@longhand/tensor';
import type { Family } from './lenet-quantities';
import { familiesOfLayers } from './network-quantities';
import { type TracedLayer, traceNetwork } from './traced-network';
import type { ByMemory, Writer } from './tracing-kernels';

/** What a network is run on. */
export interface NetworkRunOptions {
  /** The bytes of the image, row by row. */
  readonly image: Uint8Array;
  /** How pixels become numbers. */
  readonly normalization: { readonly mean: number | readonly number[]; readonly std: number | readonly number[] };
  /** Default: the initial weights of the seed 1. */
  readonly parameters?: NetworkParameters;
  /** Default: `'train'`. */
  readonly mode?: Mode;
}

/** The outputs of the network for the values that one of its numbers was varied to. */
interface Variation {
  readonly family: Family;
  readonly index: number;
  readonly outputs: Map<number, FloatArray>;
}

/** A network on one image. Nothing runs before a number is asked for. */
export class NetworkRun {
  readonly #pass: GradientPass;
  readonly #layers: ReadonlyMap<string, TracedLayer>;
  /** The operations of forward, and the number of the one that writes a layer's output; empty before forward has run. */
  readonly #operations: readonly (() => void)[];
  readonly #writtenBy = new Map<string, number>();
  readonly #loss: LossPass;
  /** The label whose loss, and whose gradients, the arrays hold. */
  #label: number | undefined;
  #gradientsOf: number | undefined;
  #variation: Variation | undefined;
  /** Who writes which array. */
  readonly writers: ByMemory<Writer>;
  /** All names. */
  readonly families: readonly Family[];

  constructor(network: Network, families: readonly Family[] | 'every layer', options: NetworkRunOptions) {
    const { image, normalization, mode = 'train' } = options;
    const { parameters = network.initialize(seededRandom(1).fork('initial')) } = options;
    const { pass, writers, layers } = traceNetwork(network, {
      fill({ values, buffers }) {
        values.set(parameters.values);
        buffers.set(parameters.buffers);
      },
      inputGradient: true,
      mode,
    });
    this.#pass = pass;
    this.writers = writers;
    this.#layers = new Map(layers.map((layer) => [layer.path, layer]));
    this.#loss = softmaxCrossEntropy().prepare(this.#pass);
    this.#loss.imageWeight[0] = 1;
    const count = network.inputShape.at(-1) ?? 1;
    const ofChannel = (numbers: number | readonly number[], c: number): number =>
      typeof numbers === 'number' ? numbers : numbers[c];
    const channels = Array.from({ length: count }, (_, c) => ({
      mean: ofChannel(normalization.mean, c),
      std: ofChannel(normalization.std, c),
    }));
    const geometry = normalizeGeometry('image', { batch: 1, pixels: image.length / count, channels });
    // On the kernels that are not traced: derivations end at the normalized pixels.
    referenceKernels.prepare('normalize', geometry, { x: image, y: this.#pass.input })();
    this.#operations = pass.forwardOperations.map((operation) => runAlone([operation]));
    this.families = families === 'every layer' ? familiesOfLayers(network, layers, mode) : families;
  }

  /** Makes values and loss those of a label. @throws OptionError for a class that the network does not have */
  forward(label: number): void {
    const { target } = this.#loss;
    if (!(Number.isInteger(label) && label >= 0 && label < target.length)) {
      throw new OptionError(`label: expected a class from 0 to ${target.length - 1}, got ${label}`);
    }
    if (this.#label === label) return;
    if (this.#label === undefined) this.#runForward();
    this.#label = label;
    target.fill(0);
    target[label] = 1;
    this.#loss.forward();
  }

  /** Makes the gradients those of a label, too. @throws as {@link forward} does */
  backward(label: number): void {
    this.forward(label);
    if (this.#gradientsOf === label) return;
    this.#gradientsOf = label;
    this.#loss.inputGradient();
    this.#pass.backward();
  }

  /** Runs forward, and sees which operation writes which output. */
  #runForward(): void {
    const { input } = this.#pass;
    const outputs = [...this.#layers.values()].filter(
      ({ pass: { y } }) => y.byteOffset !== input.byteOffset || y.buffer !== input.buffer,
    );
    for (const { pass } of outputs) pass.y.fill(Number.NaN);
    for (const [at, run] of this.#operations.entries()) {
      run();
      for (const { path, pass } of outputs) {
        if (!this.#writtenBy.has(path) && !Number.isNaN(pass.y[0])) this.#writtenBy.set(path, at);
      }
    }
  }

  /** The array of a family's numbers. */
  valuesOf({ source }: Family): FloatArray {
    switch (source.kind) {
      case 'input':
        return this.#pass.input;
      case 'prediction':
        return this.#loss.prediction;
      case 'target':
        return this.#loss.target;
      case 'loss':
        return this.#loss.loss;
      case 'output':
        return this.#traced(source.layer).pass.y;
      case 'parameter':
        return this.#pass.parameters.get(source.path).data;
      case 'terms':
        return this.#traced(source.layer).pass.terms?.arrays[source.array] ?? new Float64Array();
    }
  }

  /** The array of the gradients by them; undefined for what the loss is not derived by. */
  gradientOf({ source }: Family): FloatArray | undefined {
    if (source.kind === 'input') return this.#pass.dInput;
    if (source.kind === 'output') return this.#traced(source.layer).pass.dy;
    const { gradients } = this.#pass;
    return source.kind === 'parameter' && gradients.has(source.path) ? gradients.get(source.path).data : undefined;
  }

  /** The shape of the input, or of a layer's output. */
  shapeOf({ source }: Family): Shape {
    return source.kind === 'output' ? this.#traced(source.layer).named.outputShape : this.#pass.network.inputShape;
  }

  isTarget(array: FloatArray): boolean {
    return array === this.#loss.target;
  }

  #traced(path: string): TracedLayer {
    const layer = this.#layers.get(path);
    if (layer === undefined) throw new Error(`derivation: expected a layer '${path}'`);
    return layer;
  }

  /**
   * Gives `examine` the loss as a function of one number, which it may change, and puts everything back. The operations behind the
   * number run once for each value of it: another label has another loss of the same outputs, and so has the next call.
   *
   * @param mayRun asked before they run. Once it says no, the result is undefined, and another call goes on.
   */
  varying<Found>(
    family: Family,
    index: number,
    examine: (loss: () => number, values: FloatArray) => Found,
    mayRun: () => boolean,
  ): Found | undefined {
    const { source } = family;
    const values = this.valuesOf(family);
    const writer = source.kind === 'output' ? (this.#writtenBy.get(source.layer) ?? -1) : -1;
    const after = this.#operations.slice(writer + 1);
    const { output } = this.#pass;
    const [start, before] = [values[index], output.slice()];
    if (this.#variation?.family !== family || this.#variation.index !== index) {
      this.#variation = { family, index, outputs: new Map([[start, before]]) };
    }
    const { outputs } = this.#variation;
    const noTime = new Error('no time for another pass');
    let hasRun = false;
    const loss = (): number => {
      const value = values[index];
      const known = outputs.get(value);
      if (known !== undefined) output.set(known);
      else {
        if (!mayRun()) throw noTime;
        hasRun = true;
        for (const run of after) run();
        outputs.set(value, output.slice());
      }
      this.#loss.forward();
      return this.#loss.loss[0];
    };
    try {
      return examine(loss, values);
    } catch (error) {
      if (error !== noTime) throw error;
      return undefined;
    } finally {
      values[index] = start;
      if (hasRun) for (const run of after) run();
      else output.set(before);
      this.#loss.forward();
    }
  }
}
