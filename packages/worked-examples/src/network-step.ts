/**
 * One training step of a network on one image. Any single weight, pixel or entry of a map can be asked for; it is written out as the
 * sum of its terms, with the numerical gradient beside its gradient.
 */
import { type Expression, entriesOf, entry, normalizeGeometry, referenceKernels } from '@longhand/kernels';
import {
  type GradientPass,
  type LayerPass,
  type LossPass,
  type Mode,
  type Network,
  type NetworkParameters,
  runAlone,
  softmaxCrossEntropy,
} from '@longhand/layers';
import { type FloatArray, OptionError, type Shape, seededRandom } from '@longhand/tensor';
import { computedStep, termsOfSum } from './computed-step';
import { type ComputedStep, type DerivationStep, type Notation, notDerived, type Stage } from './derivation';
import { generalSymbol, type LatexOf, symbolOfName } from './indexed-symbols';
import { entryNamed, type Family, findEntry, indexedQuantity, quantityName } from './lenet-quantities';
import { gradientPrefix, plainName, withoutGradient } from './names';
import { familiesOfLayers } from './network-quantities';
import { shownNumber } from './number-notation';
import { numericalGradient } from './numerical-gradient';
import { Quantities } from './quantities';
import { type ReceptiveField, receptiveField } from './receptive-field';
import { summation } from './summation';
import { type TracedLayer, traceNetwork } from './traced-network';
import type { ByMemory, Writer } from './tracing-kernels';

/** What a step is run on. */
export interface NetworkStepOptions {
  /** The bytes of the image, row by row. */
  readonly image: Uint8Array;
  readonly label: number;
  /** How pixels become numbers. */
  readonly normalization: { readonly mean: number | readonly number[]; readonly std: number | readonly number[] };
  /** Default: the initial weights of the seed 1. */
  readonly parameters?: NetworkParameters;
  /** Default: `'train'`. */
  readonly mode?: Mode;
  /** How entries of arrays are written, other than gradients. */
  readonly latexOf: LatexOf;
}

/** Where a quantity lies, and the part of the step that it belongs to. */
interface FoundEntry {
  readonly array: FloatArray;
  readonly index: number;
  readonly stage: Stage;
}

/** A training step of a network on one image, run once; any of its quantities can be derived. */
export class NetworkStep {
  readonly #pass: GradientPass;
  readonly #layers: ReadonlyMap<string, TracedLayer>;
  /** The operations of forward, and the number of the one that writes a layer's output. */
  readonly #operations: readonly (() => void)[];
  readonly #writtenBy = new Map<string, number>();
  readonly #loss: LossPass;
  readonly #quantities: Quantities;
  readonly #writers: ByMemory<Writer>;
  readonly #latexOf: LatexOf;
  /** All names. */
  readonly families: readonly Family[];
  #steps = new Map<string, DerivationStep>();

  constructor(network: Network, families: readonly Family[] | 'every layer', options: NetworkStepOptions) {
    const { image, label, normalization, mode = 'train', latexOf } = options;
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
    this.#writers = writers;
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
    this.#latexOf = latexOf;
    this.#quantities = new Quantities(writers, (id) => this.#symbolOf(id));
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

  /** The numbers of a family, in memory order. */
  valuesOf(family: Family): FloatArray {
    return this.#valuesOf(family);
  }

  /** The gradients of a family's numbers; undefined for what the loss is not derived by. */
  gradientsOf(family: Family): FloatArray | undefined {
    return this.#gradientOf(family);
  }

  /** One quantity, `dL/d…` for a gradient, without the steps of what it is made of. @throws OptionError for an unknown name */
  stepOf(name: string): DerivationStep {
    const { id: quantity, family, index } = entryNamed(this.families, name, 'the name of a quantity');
    const id = plainName(name).startsWith(gradientPrefix) ? `${gradientPrefix}${quantity}` : quantity;
    this.#steps = new Map();
    this.#write(id, true);
    if (id.startsWith(gradientPrefix)) this.#check(id, family, index);
    const step = this.#steps.get(id);
    if (step === undefined) throw new OptionError(`quantity: expected one that the loss is derived by, got ${id}`);
    return step;
  }

  /** What a number is computed from: the parts of the input and of the layers' outputs, by the stems of their families. */
  fieldOf(id: string): ReceptiveField {
    const { family, index } = entryNamed(this.families, id, 'the name of a quantity');
    const activations = this.families
      .filter(({ source }) => source.kind === 'input' || source.kind === 'output')
      .map((of) => ({ stem: of.stem, array: this.#valuesOf(of), shape: this.#shapeOf(of) }));
    return receptiveField({ array: this.#valuesOf(family), index, activations, writers: this.#writers });
  }

  /** A quantity by its family and its index in memory: its inputs, its value, its gradient. */
  derive(family: Family, index: number): readonly DerivationStep[] {
    this.#steps = new Map();
    const id = quantityName(family, index);
    const array = this.#valuesOf(family);
    const isComputed = this.#quantities.expressionOf(array, index) !== undefined;
    if (isComputed) this.#writeWithInputs(id);
    else this.#write(id);
    const gradientId = `${gradientPrefix}${id}`;
    if (this.#gradientOf(family) !== undefined) {
      this.#writeWithInputs(gradientId);
      this.#check(gradientId, family, index);
    }
    return [...this.#steps.values()];
  }

  /** Adds the numerical gradient to a step. */
  #check(gradientId: string, family: Family, index: number): void {
    const step = this.#steps.get(gradientId);
    if (step?.formula === undefined) return;
    const values = this.#valuesOf(family) as Float64Array;
    const loss = this.#lossAsFunctionOf(family);
    const check = numericalGradient(loss, values, index);
    // All numbers behind it are those of the step again.
    loss();
    this.#steps.set(gradientId, { ...step, ...check });
  }

  #shapeOf({ source }: Family): Shape {
    return source.kind === 'output' ? this.#traced(source.layer).named.outputShape : this.#pass.network.inputShape;
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
    return this.#traced(path).pass;
  }

  #traced(path: string): TracedLayer {
    const layer = this.#layers.get(path);
    if (layer === undefined) throw new Error(`derivation: expected a layer '${path}'`);
    return layer;
  }

  #name(family: Family): void {
    const values = this.#valuesOf(family);
    const gradient = this.#gradientOf(family);
    // The array of another quantity too, where a layer changes nothing: it keeps the first name.
    const sharesArray = this.#quantities.nameOf(values, 0) !== undefined;
    if (!sharesArray) this.#quantities.name(values, (index) => quantityName(family, index));
    if (gradient !== undefined && !sharesArray) {
      this.#quantities.name(gradient, (index) => `${gradientPrefix}${quantityName(family, index)}`);
    }
  }

  /** The entry of a named quantity; undefined where there is none. */
  #entry(id: string): FoundEntry | undefined {
    const entry = findEntry(this.families, withoutGradient(id));
    if (entry === undefined) return undefined;
    const { family, index } = entry;
    if (id.startsWith(gradientPrefix)) {
      const gradient = this.#gradientOf(family);
      return gradient && { array: gradient, index, stage: 'backward' };
    }
    const array = this.#valuesOf(family);
    const { kind } = family.source;
    const isGiven =
      kind === 'parameter' || kind === 'input' || (kind === 'terms' && !this.#quantities.isDerived(array));
    return { array, index, stage: isGiven ? 'given' : 'forward' };
  }

  /** The steps of a quantity's inputs, then its own. */
  #writeWithInputs(id: string): void {
    const found = this.#entry(id);
    const expression = found && this.#expressionOf(id, found);
    if (expression === undefined) return;
    const inputs = entriesOf(expression).map(({ array }) => array);
    for (const input of new Set(inputs)) this.#write(input);
    // Once more as one that was asked for: it stands behind its inputs.
    this.#steps.delete(id);
    this.#write(id, true);
  }

  /** A step without those of its inputs, with its terms if it was asked for by name. */
  #write(id: string, isAsked = false): void {
    if (this.#steps.has(id)) return;
    const found = this.#entry(id);
    if (found === undefined) return;
    const { array, index, stage } = found;
    const value = array[index];
    const expression = this.#expressionOf(id, found);
    const terms = expression === undefined || !isAsked ? {} : this.#termsOf(expression);
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
        : {
            ...computedStep({ stage, id, value, expression, quantities: this.#quantities, digits: 'exact' }),
            ...terms,
          },
    );
  }

  /** What a quantity that was asked for by name has besides: its terms, and its long sums in general form. */
  #termsOf(expression: Expression): Pick<ComputedStep, 'terms' | 'summation'> {
    const general = summation(expression, {
      read: (id) => indexedQuantity(this.families, id),
      symbolOf: (id) => this.#symbolOf(id),
      write: (stem, indices) => generalSymbol(stem, indices, this.#latexOf),
    });
    const terms = termsOfSum(expression, this.#quantities);
    return general === undefined ? { terms } : { terms, summation: general };
  }

  #symbolOf(id: string): Notation {
    return symbolOfName(id, this.#latexOf);
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
