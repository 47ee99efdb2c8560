/**
 * One training step of the documented network (`lenetDocumented` of `@longhand/layers`: two convolutions, 3,898 parameters) on
 * one real digit. Any single weight, pixel or map entry can be asked for; it is written out as the sum of its terms, with the
 * numerical gradient beside its gradient.
 */
import { normalizeGeometry, referenceKernels } from '@longhand/kernels';
import {
  type LossPass,
  lenetDocumented,
  type Network,
  type NetworkPass,
  type Parameters,
  softmaxCrossEntropy,
} from '@longhand/layers';
import { countText } from '@longhand/rendering';
import { type FloatArray, numericalDerivative, seededRandom } from '@longhand/tensor';
import { computedStep, termsOfSum } from './computed-step';
import type { ComputedStep, Derivation, DerivationStep, Notation, Stage } from './derivation';
import { entryNamed, type Family, familiesOf, quantityName } from './lenet-quantities';
import { shownNumber } from './number-notation';
import { Quantities } from './quantities';
import { traceKernels } from './tracing-kernels';

export interface LenetStepOptions {
  /** `height · width` bytes of the digit, row by row. */
  readonly image: Uint8Array;
  readonly label: number;
  /** The quantity by name: `k2.5.3.1.2`, `b1.4`, `C1.2.3.7`, `x.14.10`, `o7`, … */
  readonly quantity: string;
  /** How pixels become numbers. */
  readonly normalization: { readonly mean: number; readonly std: number };
  /** A network with the eight layers of the documented one. Default: the documented network with ReLU and max pooling. */
  readonly network?: Network;
  /** The weights. Default: the initial weights of the seed 1. */
  readonly parameters?: Parameters;
}

/**
 * The derivation of one quantity: its inputs, each with its own formula, then its value; then the same for its gradient.
 *
 * @throws OptionError for an unknown name
 * @example deriveLenetStep({ image, label: 7, quantity: 'k2.5.3.1.2', normalization }).steps.at(-1)
 */
export function deriveLenetStep(options: LenetStepOptions): Derivation {
  const { network = lenetDocumented(), quantity, label } = options;
  const families = familiesOf(network);
  const asked = entryNamed(families, quantity);
  const step = new LenetStep(network, families, options);
  return {
    example: 'lenet-step',
    title: 'One training step of the documented network on a real digit',
    about: `The documented network has two convolutions, each with pooling, and a dense layer: ${countText(network.parameterCount)} parameters. The digit is a ${label}; asked for is ${asked.id}. Every factor is a quantity that can be asked for in turn.`,
    order: 'standard',
    digits: 'exact',
    steps: step.derive(asked.family, asked.index),
    errata: [],
  };
}

/** The stem of a gradient's name. */
const gradientPrefix = 'dL/d';

class LenetStep {
  readonly #network: Network;
  readonly #pass: NetworkPass;
  readonly #loss: LossPass;
  readonly #quantities: Quantities;
  readonly #steps = new Map<string, DerivationStep>();
  /** The entry of each named quantity. */
  readonly #entries = new Map<string, { array: FloatArray; index: number; stage: Stage }>();

  constructor(network: Network, families: readonly Family[], options: LenetStepOptions) {
    const { image, label, normalization, parameters = network.initialize(seededRandom(1).fork('initial')) } = options;
    this.#network = network;
    const { kernels, writers } = traceKernels(referenceKernels);
    const values = network.zeros({ kernels, dtype: 'float64' });
    values.values.set(parameters.values);
    this.#pass = network.prepare({ kernels, parameters: values, capacity: 1, inputGradient: true });
    this.#loss = softmaxCrossEntropy().prepare(this.#pass);
    const geometry = normalizeGeometry('image', { batch: 1, pixels: image.length, channels: [normalization] });
    // On the kernels that are not traced: derivations end at the normalized pixels.
    referenceKernels.prepare('normalize', geometry, { x: image, y: this.#pass.input })();
    this.#loss.target[label] = 1;
    this.#loss.imageWeight[0] = 1;
    this.#pass.forward();
    this.#loss.forward();
    this.#loss.inputGradient();
    this.#pass.backward();
    this.#quantities = new Quantities(writers, symbolOf);
    for (const family of families) this.#name(family);
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
    }
  }

  #gradientOf({ source }: Family): FloatArray | undefined {
    if (source.kind === 'input') return this.#pass.dInput;
    if (source.kind === 'output') return this.#layer(source.layer).dy;
    return source.kind === 'parameter' ? this.#pass.gradients?.get(source.path).data : undefined;
  }

  #layer(name: string) {
    const layer = this.#pass.layers.get(name);
    if (layer === undefined) throw new Error(`lenet-step: expected a layer '${name}'`);
    return layer;
  }

  #name(family: Family): void {
    const values = this.#valuesOf(family);
    const gradient = this.#gradientOf(family);
    const stage = family.source.kind === 'parameter' || family.source.kind === 'input' ? 'given' : 'forward';
    this.#quantities.name(values, (index) => quantityName(family, index));
    for (let index = 0; index < values.length; index++) {
      const id = quantityName(family, index);
      this.#entries.set(id, { array: values, index, stage });
      if (gradient !== undefined)
        this.#entries.set(`${gradientPrefix}${id}`, { array: gradient, index, stage: 'backward' });
    }
    if (gradient !== undefined) {
      this.#quantities.name(gradient, (index) => `${gradientPrefix}${quantityName(family, index)}`);
    }
  }

  /** The steps of a quantity's inputs, then its own. */
  #writeWithInputs(id: string): void {
    const found = this.#entries.get(id);
    const expression = found && this.#quantities.expressionOf(found.array, found.index);
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
    const expression = this.#quantities.expressionOf(array, index);
    this.#steps.set(
      id,
      expression === undefined
        ? { id, stage, symbol: symbolOf(id), value, shown: shownNumber(value, 'exact'), inputs: [] }
        : computedStep({ stage, id, value, expression, quantities: this.#quantities, digits: 'exact' }),
    );
  }

  /** The loss as a function of a family's numbers: the layers behind them are run anew. */
  #lossAsFunctionOf({ source }: Family): () => number {
    const layers = this.#network.layers;
    const first = source.kind === 'output' ? layers.findIndex(({ name }) => name === source.layer) + 1 : 0;
    const after = layers.slice(first).map(({ name }) => this.#layer(name));
    return () => {
      for (const layer of after) layer.forward();
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

/** `k2.5.3.1.2` with its layer above and its indices below, as the notes have them; gradients as derivatives. */
function symbolOf(id: string): Notation {
  if (id.startsWith(gradientPrefix)) {
    const { text, latex } = symbolOf(id.slice(gradientPrefix.length));
    return { text: `∂L/∂${text}`, latex: `\\frac{\\partial L}{\\partial ${latex}}` };
  }
  const [, letter = id, layer, indices = ''] = /^([A-Za-z])(?:([12])(?=\.))?\.?([\d.]*)$/.exec(id) ?? [];
  const upper = layer === undefined ? '' : `^{${layer}}`;
  const lower = indices === '' ? '' : `_{${indices.split('.').join(',')}}`;
  return { text: id, latex: `${letter}${upper}${lower}` };
}
