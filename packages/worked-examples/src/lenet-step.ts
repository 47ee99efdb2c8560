/**
 * One training step of the documented network, 3,898 parameters, on one real digit: any single weight, pixel or map entry can
 * be asked for, and is written out as the sum of its terms, with the central difference beside its gradient.
 */
import { type Expression, evaluateExpression, normalizeGeometry, referenceKernels } from '@longhand/kernels';
import {
  type LossPass,
  lenetDocumented,
  type Network,
  type NetworkPass,
  type Parameters,
  softmaxCrossEntropy,
} from '@longhand/layers';
import { type FloatArray, numericalDerivative, seededRandom } from '@longhand/tensor';
import type { Derivation, DerivationStep, Notation, Stage, Term } from './derivation';
import { askedQuantity, type Family, familiesOf, quantityName } from './lenet-quantities';
import { shownNumber } from './number-notation';
import { Quantities } from './quantities';
import { traceKernels } from './tracing-kernels';
import { writeStep } from './training-step';

export interface LenetStepOptions {
  /** `height · width` bytes of the digit, row by row. */
  readonly image: Uint8Array;
  readonly label: number;
  /** What is asked for: `k2.5.3.1.2`, `b1.4`, `C1.2.3.7`, `x.14.10`, `o7`, … */
  readonly quantity: string;
  /** How pixels become numbers. */
  readonly normalization: { readonly mean: number; readonly std: number };
  /** The documented network with ReLU and maxima unless given; another must have its eight layers. */
  readonly network?: Network;
  /** The weights; those that training starts from with the seed 1 unless given. */
  readonly parameters?: Parameters;
}

/**
 * The derivation of one quantity: the quantities that it is made of, each with its own formula, then its value; then the same
 * for its gradient.
 *
 * @throws OptionError when there is no quantity of that name
 * @example deriveLenetStep({ image, label: 7, quantity: 'k2.5.3.1.2', normalization }).steps.at(-1)
 */
export function deriveLenetStep(options: LenetStepOptions): Derivation {
  const { network = lenetDocumented(), quantity, label } = options;
  const families = familiesOf(network);
  const asked = askedQuantity(families, quantity);
  const step = new LenetStep(network, families, options);
  return {
    example: 'lenet-step',
    title: 'One training step of the documented network on a real digit',
    about: `The digit is a ${label}; asked for is ${asked.id}. Every factor is a quantity that can be asked for in turn.`,
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
  /** Where a named quantity lies. */
  readonly #places = new Map<string, { array: FloatArray; index: number; stage: Stage }>();

  constructor(network: Network, families: readonly Family[], options: LenetStepOptions) {
    const { image, label, normalization, parameters = network.initialize(seededRandom(1).fork('initial')) } = options;
    this.#network = network;
    const { kernels, writers } = traceKernels(referenceKernels);
    const values = network.zeros({ kernels, dtype: 'float64' });
    values.values.set(parameters.values);
    this.#pass = network.prepare({ kernels, parameters: values, capacity: 1, inputGradient: true });
    this.#loss = softmaxCrossEntropy().prepare(this.#pass);
    const { mean, std } = normalization;
    const geometry = normalizeGeometry('image', { batch: 1, pixels: image.length, mean, std });
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
    if (this.#places.has(gradientId)) {
      this.#writeWithInputs(gradientId);
      const step = this.#steps.get(gradientId);
      const slope = slopeOf(this.#lossAsFunctionOf(family), array as Float64Array, index);
      if (step !== undefined) this.#steps.set(gradientId, { ...step, ...slope });
    }
    return [...this.#steps.values()];
  }

  #valuesOf({ where }: Family): FloatArray {
    switch (where.kind) {
      case 'input':
        return this.#pass.input;
      case 'prediction':
        return this.#loss.prediction;
      case 'target':
        return this.#loss.target;
      case 'loss':
        return this.#loss.loss;
      case 'output':
        return this.#layer(where.layer).y;
      case 'parameter':
        return this.#pass.parameters.get(where.path).data;
    }
  }

  #gradientOf({ where }: Family): FloatArray | undefined {
    if (where.kind === 'input') return this.#pass.dInput;
    if (where.kind === 'output') return this.#layer(where.layer).dy;
    return where.kind === 'parameter' ? this.#pass.gradients?.get(where.path).data : undefined;
  }

  #layer(name: string) {
    const layer = this.#pass.layers.get(name);
    if (layer === undefined) throw new Error(`lenet-step: expected a layer '${name}'`);
    return layer;
  }

  #name(family: Family): void {
    const values = this.#valuesOf(family);
    const gradient = this.#gradientOf(family);
    const stage = family.where.kind === 'parameter' || family.where.kind === 'input' ? 'given' : 'forward';
    this.#quantities.name(values, (index) => quantityName(family, index));
    for (let index = 0; index < values.length; index++) {
      const id = quantityName(family, index);
      this.#places.set(id, { array: values, index, stage });
      if (gradient !== undefined)
        this.#places.set(`${gradientPrefix}${id}`, { array: gradient, index, stage: 'backward' });
    }
    if (gradient !== undefined) {
      this.#quantities.name(gradient, (index) => `${gradientPrefix}${quantityName(family, index)}`);
    }
  }

  /** The steps of what a quantity is made of, then its own. */
  #writeWithInputs(id: string): void {
    const place = this.#places.get(id);
    const expression = place && this.#quantities.expressionOf(place.array, place.index);
    if (place === undefined || expression === undefined) return;
    const step = writeStep({
      ...place,
      id,
      value: place.array[place.index],
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
    const place = this.#places.get(id);
    if (place === undefined) return;
    const { array, index, stage } = place;
    const value = array[index];
    const expression = this.#quantities.expressionOf(array, index);
    this.#steps.set(
      id,
      expression === undefined
        ? { id, stage, symbol: symbolOf(id), value, shown: shownNumber(value, 'exact'), inputs: [] }
        : writeStep({ stage, id, value, expression, quantities: this.#quantities, digits: 'exact' }),
    );
  }

  /** The loss as it follows from the numbers of a family: what comes after them is run anew. */
  #lossAsFunctionOf({ where }: Family): () => number {
    const layers = this.#network.layers;
    const first = where.kind === 'output' ? layers.findIndex(({ name }) => name === where.layer) + 1 : 0;
    const after = layers.slice(first).map(({ name }) => this.#layer(name));
    return () => {
      for (const layer of after) layer.forward();
      this.#loss.forward();
      return this.#loss.loss[0];
    };
  }
}

/**
 * The slope of the loss by trying. Of several steps the one is taken that agrees best with its own half: a large one is the
 * most exact where the loss is smooth, a small one keeps clear of the kinks of ReLU and maxima. At a kink itself there are
 * two slopes.
 */
function slopeOf(
  loss: () => number,
  values: Float64Array,
  index: number,
): Pick<DerivationStep, 'centralDifference' | 'oneSided'> {
  const start = values[index];
  const lossAt = (value: number): number => {
    values[index] = value;
    return loss();
  };
  const h = 1e-6;
  const [below, here, above] = [lossAt(start - h), lossAt(start), lossAt(start + h)];
  const [left, right] = [(here - below) / h, (above - here) / h];
  values[index] = start;
  // A smooth loss bends by a few millionths within such a step.
  if (Math.abs(left - right) > 1e-4 * Math.max(Math.abs(left), Math.abs(right), 1e-3))
    return { oneSided: { left, right } };
  const tried = [1e-3, 1e-4, 1e-5, 1e-6].map((step) => numericalDerivative(loss, values, index, step));
  return {
    centralDifference: tried.reduce((best, next) => (next.disagreement < best.disagreement ? next : best)).value,
  };
}

/** The terms of a sum with their values; one term for anything else. */
function termsOfSum(expression: Expression, quantities: Quantities): Term[] {
  const terms = expression.kind === 'sum' ? expression.terms : [expression];
  return terms.map((term) => {
    const factors = term.kind === 'product' ? term.factors : [term];
    const ids = factors.flatMap((factor) => (factor.kind === 'entry' ? [factor.array] : []));
    return {
      factors: ids.map((id) => ({ id, value: quantities.get(id).value })),
      value: evaluateExpression(term, ({ array }) => quantities.get(array).value),
    };
  });
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
