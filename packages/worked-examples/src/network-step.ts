/**
 * One training step of a network on one image. Any single weight, pixel or entry of a map can be asked for; it is written out as the
 * sum of its terms, with the numerical gradient beside its gradient.
 */
import { type Expression, entry, normalizeGeometry, referenceKernels } from '@longhand/kernels';
import {
  type GradientPass,
  type LayerPass,
  type LossPass,
  type Mode,
  type Network,
  type Parameters,
  runAlone,
  softmaxCrossEntropy,
} from '@longhand/layers';
import { type FloatArray, numericalDerivative, seededRandom } from '@longhand/tensor';
import { computedStep, termsOfSum } from './computed-step';
import { type ComputedStep, type DerivationStep, type Notation, notDerived, type Stage } from './derivation';
import { type Family, quantityName } from './lenet-quantities';
import { familiesOfLayers } from './network-quantities';
import { shownNumber } from './number-notation';
import { Quantities } from './quantities';
import { type TracedLayer, traceNetwork } from './traced-network';

/** What a step is run on. */
export interface NetworkStepOptions {
  /** The bytes of the image, row by row. */
  readonly image: Uint8Array;
  readonly label: number;
  /** How pixels become numbers. */
  readonly normalization: { readonly mean: number | readonly number[]; readonly std: number | readonly number[] };
  /** Default: the initial weights of the seed 1. */
  readonly parameters?: Parameters;
  /** Default: `'train'`. */
  readonly mode?: Mode;
  /** How the quantity of an id is written, other than gradients. */
  readonly symbolOf: (id: string) => Notation;
}

/** The stem of a gradient's name. */
const gradientPrefix = 'dL/d';

/** A training step of a network on one image, run once; any of its quantities can be derived. */
export class NetworkStep {
  readonly #pass: GradientPass;
  readonly #layers: ReadonlyMap<string, TracedLayer>;
  /** The operations of forward, and the number of the one that writes a layer's output. */
  readonly #operations: readonly (() => void)[];
  readonly #writtenBy = new Map<string, number>();
  readonly #loss: LossPass;
  readonly #quantities: Quantities;
  /** All names. */
  readonly families: readonly Family[];
  readonly #steps = new Map<string, DerivationStep>();
  /** The entry of each named quantity. */
  readonly #entries = new Map<string, { array: FloatArray; index: number; stage: Stage }>();

  constructor(network: Network, families: readonly Family[] | 'every layer', options: NetworkStepOptions) {
    const { image, label, normalization, mode = 'train', symbolOf } = options;
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
    this.#layers = new Map(layers.map((layer) => [layer.path, layer]));
    this.#loss = softmaxCrossEntropy().prepare(this.#pass);
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
    this.#loss.target[label] = 1;
    this.#loss.imageWeight[0] = 1;
    this.#operations = pass.forwardOperations.map((operation) => runAlone([operation]));
    this.#runForward(layers);
    this.#loss.forward();
    this.#loss.inputGradient();
    this.#pass.backward();
    this.#quantities = new Quantities(writers, (id) => withDerivatives(id, symbolOf));
    this.families = families === 'every layer' ? familiesOfLayers(network, layers, mode) : families;
    for (const family of this.families) this.#name(family);
  }

  /** Runs forward, and sees which operation writes which output. */
  #runForward(layers: readonly TracedLayer[]): void {
    const { input } = this.#pass;
    const outputs = layers.filter(({ pass: { y } }) => y.byteOffset !== input.byteOffset || y.buffer !== input.buffer);
    for (const { pass } of outputs) pass.y.fill(Number.NaN);
    for (const [at, run] of this.#operations.entries()) {
      run();
      for (const { path, pass } of outputs) {
        if (!this.#writtenBy.has(path) && !Number.isNaN(pass.y[0])) this.#writtenBy.set(path, at);
      }
    }
  }

  derive(family: Family, index: number): readonly DerivationStep[] {
    const id = quantityName(family, index);
    const array = this.#valuesOf(family);
    const isComputed = this.#quantities.expressionOf(array, index) !== undefined;
    if (isComputed) this.#writeWithInputs(id);
    else this.#write(id);
    const gradientId = `${gradientPrefix}${id}`;
    if (this.#entries.has(gradientId)) {
      this.#writeWithInputs(gradientId);
      const step = this.#steps.get(gradientId);
      if (step?.formula !== undefined) {
        const check = numericalGradient(this.#lossAsFunctionOf(family), array as Float64Array, index);
        this.#steps.set(gradientId, { ...step, ...check });
      }
    }
    return [...this.#steps.values()];
  }

  #valuesOf({ source }: Family): FloatArray {
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
        return this.#layer(source.layer).y;
      case 'parameter':
        return this.#pass.parameters.get(source.path).data;
      case 'terms':
        return this.#layer(source.layer).terms?.arrays[source.array] ?? new Float64Array();
    }
  }

  #gradientOf({ source }: Family): FloatArray | undefined {
    if (source.kind === 'input') return this.#pass.dInput;
    if (source.kind === 'output') return this.#layer(source.layer).dy;
    const { gradients } = this.#pass;
    return source.kind === 'parameter' && gradients.has(source.path) ? gradients.get(source.path).data : undefined;
  }

  #layer(path: string): LayerPass {
    const layer = this.#layers.get(path);
    if (layer === undefined) throw new Error(`derivation: expected a layer '${path}'`);
    return layer.pass;
  }

  #name(family: Family): void {
    const values = this.#valuesOf(family);
    const gradient = this.#gradientOf(family);
    const { kind } = family.source;
    const isGiven =
      kind === 'parameter' || kind === 'input' || (kind === 'terms' && !this.#quantities.isDerived(values));
    const stage = isGiven ? 'given' : 'forward';
    // The array of another quantity too, where a layer changes nothing: it keeps the first name.
    const sharesArray = this.#quantities.nameOf(values, 0) !== undefined;
    if (!sharesArray) this.#quantities.name(values, (index) => quantityName(family, index));
    for (let index = 0; index < values.length; index++) {
      const id = quantityName(family, index);
      this.#entries.set(id, { array: values, index, stage });
      if (gradient !== undefined)
        this.#entries.set(`${gradientPrefix}${id}`, { array: gradient, index, stage: 'backward' });
    }
    if (gradient !== undefined && !sharesArray) {
      this.#quantities.name(gradient, (index) => `${gradientPrefix}${quantityName(family, index)}`);
    }
  }

  /** The steps of a quantity's inputs, then its own. */
  #writeWithInputs(id: string): void {
    const found = this.#entries.get(id);
    const expression = found && this.#expressionOf(id, found);
    if (found === undefined || expression === undefined) return;
    const step = computedStep({
      stage: found.stage,
      id,
      value: found.array[found.index],
      expression,
      quantities: this.#quantities,
      digits: 'exact',
    });
    for (const input of step.inputs) this.#write(input);
    this.#steps.set(id, { ...step, terms: termsOfSum(expression, this.#quantities) });
  }

  /** A step without those of its inputs. */
  #write(id: string): void {
    if (this.#steps.has(id)) return;
    const found = this.#entries.get(id);
    if (found === undefined) return;
    const { array, index, stage } = found;
    const value = array[index];
    const expression = this.#expressionOf(id, found);
    this.#steps.set(
      id,
      expression === undefined
        ? {
            id,
            stage,
            symbol: this.#quantities.note(id, value).symbol,
            value,
            shown: shownNumber(value, 'exact'),
            inputs: [],
            ...(stage === 'given' || this.#isTarget(array) ? {} : { remark: notDerived }),
          }
        : computedStep({ stage, id, value, expression, quantities: this.#quantities, digits: 'exact' }),
    );
  }

  /** Where a layer changes nothing, its output has the array of its input, which is what it is. */
  #expressionOf(id: string, { array, index }: { array: FloatArray; index: number }): Expression | undefined {
    const known = this.#quantities.nameOf(array, index);
    if (known === undefined || known === id) return this.#quantities.expressionOf(array, index);
    this.#quantities.note(known, array[index]);
    return entry(known, 0);
  }

  #isTarget(array: FloatArray): boolean {
    return array === this.#loss.target;
  }

  /** The loss as a function of a family's numbers: the operations behind them are run anew. */
  #lossAsFunctionOf({ source }: Family): () => number {
    const writer = source.kind === 'output' ? (this.#writtenBy.get(source.layer) ?? -1) : -1;
    const after = this.#operations.slice(writer + 1);
    return () => {
      for (const run of after) run();
      this.#loss.forward();
      return this.#loss.loss[0];
    };
  }
}

/**
 * The numerical gradient of the loss: a central difference. Of several step sizes, the one is taken whose difference agrees best
 * with that of half the size: a large one is the most exact where the loss is smooth, a small one keeps clear of the kinks of
 * ReLU and maxima. At a kink itself there are two one-sided differences.
 */
function numericalGradient(
  loss: () => number,
  values: Float64Array,
  index: number,
): Pick<ComputedStep, 'centralDifference' | 'oneSided'> {
  const start = values[index];
  const lossAt = (value: number): number => {
    values[index] = value;
    return loss();
  };
  const h = 1e-6;
  const [below, here, above] = [lossAt(start - h), lossAt(start), lossAt(start + h)];
  const [left, right] = [(here - below) / h, (above - here) / h];
  values[index] = start;
  // The one-sided differences of a smooth loss differ by a few millionths.
  if (Math.abs(left - right) > 1e-4 * Math.max(Math.abs(left), Math.abs(right), 1e-3))
    return { oneSided: { left, right } };
  const tried = [1e-3, 1e-4, 1e-5, 1e-6].map((step) => numericalDerivative(loss, values, index, step));
  return {
    centralDifference: tried.reduce((best, next) => (next.disagreement < best.disagreement ? next : best)).value,
  };
}

/** Gradients as derivatives. */
function withDerivatives(id: string, symbolOf: (id: string) => Notation): Notation {
  if (!id.startsWith(gradientPrefix)) return symbolOf(id);
  const { text, latex } = symbolOf(id.slice(gradientPrefix.length));
  return { text: `∂L/∂${text}`, latex: `\\frac{\\partial L}{\\partial ${latex}}` };
}
