/**
 * One training step of a small network, derived: forward, backward, update. The network is made of the ordinary layers; this
 * runner only decides when weights change, rounds named quantities if asked to, and records the expression of each at the moment
 * when it is computed.
 */
import { constant, difference, type Expression, entry, product, sum } from '@longhand/kernels';
import type {
  BufferSpec,
  EntryTerms,
  GradientPass,
  LossPass,
  NamedLayer,
  NetworkPass,
  ParameterSpec,
} from '@longhand/layers';
import { sgd } from '@longhand/optimizers';
import { type FloatArray, OptionError } from '@longhand/tensor';
import { withChangedGivens } from './changed-givens';
import { computedStep, inputsOfTerms } from './computed-step';
import { type DerivationStep, type NetworkEntry, notDerived, type Stage } from './derivation';
import { networkEntries } from './network-entries';
import { shownBeside, shownNumber } from './number-notation';
import { type OtherExpression, Quantities } from './quantities';
import { decimalText, roundDecimal } from './rounding';
import { studentErrors } from './student-errors';
import { symbolOf } from './symbols';
import { type TracedLayer, traceNetwork } from './traced-network';
import type { Names, TrainingStepSetup } from './training-step-setup';

/** The steps, and the pass after the update. */
export interface TrainingStep {
  readonly steps: readonly DerivationStep[];
  readonly pass: NetworkPass;
}

/** Runs one training step and derives it. */
export function deriveTrainingStep(setup: TrainingStepSetup): TrainingStep {
  return new TrainingStepRun(setup).run();
}

class TrainingStepRun {
  readonly #setup: TrainingStepSetup;
  readonly #quantities: Quantities;
  readonly #pass: GradientPass;
  /** Those of a block before the block itself. */
  readonly #layers: readonly TracedLayer[];
  readonly #entries: ReadonlyMap<string, NetworkEntry>;
  readonly #loss: LossPass;
  readonly #steps: DerivationStep[] = [];
  readonly #expressions = new Map<string, { expression: Expression; other: OtherExpression | undefined }>();

  constructor(unchanged: TrainingStepSetup) {
    const setup = withChangedGivens(unchanged);
    this.#setup = setup;
    const { network, parameters, names, mode, order, digits } = setup;
    const { pass, writers, layers } = traceNetwork(network, {
      fill(values) {
        for (const [path, numbers] of Object.entries(parameters)) values.get(path).data.set(numbers);
      },
      inputGradient: names.dInput !== undefined,
      ...(mode === undefined ? {} : { mode }),
    });
    const block = network.layers.find(({ layer }) => layer.nested !== undefined);
    if (block !== undefined && (order !== 'standard' || digits !== 'exact')) {
      throw new OptionError(
        `${block.name}: expected the order standard and exact digits for the layers of a block, which run as one; got ${order} and ${digits}`,
      );
    }
    this.#pass = pass;
    this.#entries = networkEntries(names);
    this.#layers = layers;
    this.#quantities = new Quantities(writers, (id) => symbolOf(id, setup.spelling));
    this.#loss = setup.loss.prepare(this.#pass);
    this.#pass.input.set(setup.input);
    this.#loss.target.set(setup.target);
    this.#loss.imageWeight.fill(1);
  }

  run(): TrainingStep {
    this.#givens();
    this.#forward('forward');
    this.#backward();
    if (this.#setup.learningRate !== undefined && this.#setup.order === 'standard') {
      for (const { path } of this.#layers) this.#updateLayer(path);
    }
    const { lossAfter } = this.#setup.names;
    if (lossAfter !== undefined) {
      for (const layer of this.#pass.layers.values()) layer.forward();
      this.#loss.forward();
      this.#quantities.name(this.#loss.loss, () => lossAfter);
      this.#plainStep('after', lossAfter, this.#loss.loss[0]);
    }
    return { steps: this.#steps.map((step) => this.#withStudentErrors(step)), pass: this.#pass };
  }

  #givens(): void {
    const { names, learningRate } = this.#setup;
    this.#given(this.#pass.input, names.input);
    for (const { path, named } of this.#layers) {
      for (const { name } of [...parametersOf(named), ...buffersOf(named)]) {
        this.#given(this.#pass.parameters.get(`${path}.${name}`).data, names.layers[path]?.[name] ?? []);
      }
    }
    this.#given(this.#loss.target, names.target);
    if (learningRate !== undefined && names.learningRate !== undefined) {
      this.#plainStep('given', names.learningRate, learningRate);
    }
  }

  #given(array: FloatArray, names: Names): void {
    this.#quantities.name(array, (index) => names[index]);
    for (const [id, index] of inReadingOrder(names)) this.#plainStep('given', id, array[index]);
  }

  #forward(stage: Stage): void {
    const { names, network } = this.#setup;
    for (const { name } of network.layers) {
      this.#pass.layers.get(name)?.forward();
      for (const layer of this.#within(name)) {
        const { path, pass } = layer;
        this.#drawn(layer);
        this.#computedByLayer(stage, layer, pass.terms?.forward);
        this.#computed(stage, pass.y, names.layers[path]?.y ?? []);
      }
    }
    this.#loss.forward();
    if (this.#loss.prediction !== this.#pass.output) {
      this.#computed(stage, this.#loss.prediction, names.prediction ?? []);
    }
    this.#computed(stage, this.#loss.loss, [names.loss]);
  }

  #backward(): void {
    const { names, network, order, learningRate } = this.#setup;
    this.#loss.inputGradient();
    for (const { name } of [...network.layers].reverse()) {
      const layer = this.#pass.layers.get(name);
      if (layer === undefined) continue;
      this.#outputGradient(name, layer.dy);
      layer.parameterGradients();
      for (const layer of this.#within(name).reverse()) {
        const { path, named, pass } = layer;
        if (path !== name) this.#outputGradient(path, pass.dy);
        for (const { name: parameter } of parametersOf(named)) {
          const { data } = this.#pass.gradients.get(`${path}.${parameter}`);
          this.#computed('backward', data, names.layers[path]?.[gradientName(parameter)] ?? [], false);
        }
        this.#computedByLayer('backward', layer, pass.terms?.backward);
      }
      if (learningRate !== undefined && order === 'update-then-propagate') this.#updateLayer(name);
      layer.inputGradient();
    }
    if (this.#pass.dInput !== undefined) this.#computed('backward', this.#pass.dInput, names.dInput ?? []);
  }

  #outputGradient(path: string, dy: FloatArray | undefined): void {
    if (dy !== undefined) this.#computed('backward', dy, this.#setup.names.layers[path]?.dy ?? []);
  }

  /** What a layer has just computed itself, by its own terms. */
  #computedByLayer(
    stage: Stage,
    { path, named, pass }: TracedLayer,
    written: Readonly<Record<string, EntryTerms>> = {},
  ) {
    const names = this.#setup.names.layers[path] ?? {};
    for (const name of Object.keys(written)) {
      const array = pass.terms?.arrays[name];
      if (array === undefined || names[name] === undefined) continue;
      if (buffersOf(named).some((buffer) => buffer.name === name)) this.#replaced(stage, array, names[name]);
      else this.#computed(stage, array, names[name]);
    }
  }

  /** What a layer has drawn: no one writes it in a way that could be derived. */
  #drawn({ path, pass }: TracedLayer): void {
    for (const [name, array] of Object.entries(pass.terms?.arrays ?? {})) {
      const names = this.#setup.names.layers[path]?.[name] ?? [];
      if (!this.#quantities.isDerived(array) && this.#quantities.nameOf(array, 0) === undefined)
        this.#given(array, names);
    }
  }

  /** Names an array that was just computed, rounds it if digits are limited, and appends its steps. */
  #computed(stage: Stage, array: FloatArray, names: Names, rounded = true): void {
    if (names.length === 0) return;
    // The array of another quantity too, where a layer changes nothing.
    const before = names.map((_, index) => this.#quantities.nameOf(array, index));
    this.#quantities.name(array, (index) => names[index]);
    for (const [id, index] of inReadingOrder(names)) {
      const known = before[index];
      if (known === id) continue;
      const expression = known === undefined ? this.#quantities.expressionOf(array, index) : entry(known, 0);
      if (rounded) array[index] = this.#round(array[index]);
      this.#derivedStep(stage, id, array[index], expression, this.#quantities.otherConvolutionOf(array, index));
    }
  }

  /** An array whose numbers have just been replaced by new ones, which are made of the old ones. */
  #replaced(stage: Stage, array: FloatArray, names: Names): void {
    for (const [id, index] of inReadingOrder(names)) {
      this.#derivedStep(stage, `${id}_new`, array[index], this.#quantities.expressionOf(array, index));
    }
    this.#quantities.name(array, (index) => (names[index] === undefined ? undefined : `${names[index]}_new`));
  }

  #layer(path: string): TracedLayer {
    const found = this.#layers.find((layer) => layer.path === path);
    if (found === undefined) throw new Error(`derivation: expected a layer, got '${path}'`);
    return found;
  }

  /** A layer of the network after those within it. */
  #within(name: string): TracedLayer[] {
    return this.#layers.filter(({ path }) => path === name || path.startsWith(`${name}.`));
  }

  #updateLayer(name: string): void {
    const { names, fixed = [] } = this.#setup;
    for (const { name: parameter } of parametersOf(this.#layer(name).named)) {
      const path = `${name}.${parameter}`;
      const { data } = this.#pass.gradients.get(path);
      if (!fixed.includes(path)) this.#update(path, data, names.layers[name]?.[parameter] ?? []);
    }
  }

  #update(path: string, gradient: FloatArray, names: Names): void {
    const { learningRate = 0, names: allNames, shared = [] } = this.#setup;
    const { data } = this.#pass.parameters.get(path);
    const parts = names.map((_, index) => this.#gradientExpression(gradient, index));
    const otherParts = names.map((_, index) =>
      this.#quantities.nameOf(gradient, index) === undefined
        ? this.#quantities.otherConvolutionOf(gradient, index)
        : undefined,
    );
    if (shared.includes(path)) gradient.fill([...gradient].reduce((total, value) => total + value, 0));
    sgd({ learningRate }).prepare(data).update(gradient);
    const rate = allNames.learningRate === undefined ? [] : [entry(allNames.learningRate, 0)];
    const written = shared.includes(path) ? names.map(() => sum(parts)) : parts;
    for (const [index, id] of names.entries()) {
      if (id === undefined) continue;
      data[index] = this.#round(data[index]);
      // One and the same number is written once.
      if (names.indexOf(id) !== index) continue;
      const less = (part: Expression): Expression => difference(entry(id, 0), product([...rate, part]));
      const other = otherParts[index];
      const otherStep = other && { ...other, expression: less(other.expression) };
      this.#derivedStep('update', `${id}_new`, data[index], less(written[index] as Expression), otherStep);
    }
    this.#quantities.name(data, (index) => (names[index] === undefined ? undefined : `${names[index]}_new`));
  }

  /** The gradient by its name, or by its own expression. */
  #gradientExpression(gradient: FloatArray, index: number): Expression {
    const id = this.#quantities.nameOf(gradient, index);
    if (id !== undefined) return entry(id, 0);
    return this.#quantities.expressionOf(gradient, index) ?? constant(gradient[index]);
  }

  #round(value: number): number {
    return this.#setup.digits === 'exact' ? value : roundDecimal(value, this.#setup.digits);
  }

  #plainStep(stage: Stage, id: string, value: number, remark?: string): void {
    if (this.#steps.some((step) => step.id === id)) return;
    const { symbol } = this.#quantities.note(id, value);
    const shown = shownNumber(value, this.#setup.digits);
    const why = remark === undefined ? {} : { remark };
    this.#steps.push({
      id,
      stage,
      symbol,
      value,
      shown,
      inputs: [],
      ...why,
      ...this.#entryOf(id),
      ...this.#printed(id, value),
    });
  }

  #derivedStep(
    stage: Stage,
    id: string,
    value: number,
    expression: Expression | undefined,
    other?: OtherExpression,
  ): void {
    if (expression === undefined) {
      this.#plainStep(stage, id, value, notDerived);
      return;
    }
    const step = computedStep({
      stage,
      id,
      value,
      expression,
      quantities: this.#quantities,
      digits: this.#setup.digits,
    });
    const termInputs = inputsOfTerms(expression);
    this.#steps.push({ ...step, termInputs, ...this.#entryOf(id), ...this.#printed(id, value) });
    this.#expressions.set(id, { expression, other });
    this.#quantities.note(id, value);
  }

  /** Students' errors are computed at the end, when the updated weights are known that one may use too early. */
  #withStudentErrors(step: DerivationStep): DerivationStep {
    const written = this.#expressions.get(step.id);
    if (written === undefined || step.formula === undefined) return step;
    const mistakes = studentErrors(written.expression, step.value, {
      other: written.other,
      stage: step.stage,
      order: this.#setup.order,
      find: (id) => this.#quantities.find(id)?.value,
      round: (value) => this.#round(value),
    });
    return mistakes.length === 0 ? step : { ...step, mistakes };
  }

  #entryOf(id: string): Pick<DerivationStep, 'entry' | 'aliases'> {
    const found = this.#entries.get(id);
    const aliases = this.#setup.aliases?.[id];
    return { ...(found === undefined ? {} : { entry: found }), ...(aliases === undefined ? {} : { aliases }) };
  }

  /** The printed figure, and the value with as many digits. */
  #printed(id: string, value: number): Partial<Pick<DerivationStep, 'printed' | 'shown'>> {
    const printed = this.#setup.printed?.[id];
    if (printed === undefined) return {};
    const decimals = printed.figure.split('.')[1]?.length ?? 0;
    // A figure with as many digits as a float64 has is compared as it is.
    const agrees = decimalText(value, decimals) === printed.figure || String(value) === printed.figure;
    const shown = this.#setup.digits === 'exact' ? { shown: shownBeside(value, printed.figure) } : {};
    return { ...shown, printed: { ...printed, agrees } };
  }
}

/** A layer's own parameters; those of a block are its layers'. */
function parametersOf({ layer, parameters }: NamedLayer): readonly ParameterSpec[] {
  return layer.nested === undefined ? parameters : [];
}

function buffersOf({ layer, buffers }: NamedLayer): readonly BufferSpec[] {
  return layer.nested === undefined ? buffers : [];
}

/** `dWeight` of `weight` */
function gradientName(parameter: string): string {
  return `d${parameter.charAt(0).toUpperCase()}${parameter.slice(1)}`;
}

/**
 * Ids with their indices in memory, in the order in which a person would write them: map after map, while memory has the first
 * position of every map before the second position of any.
 */
function inReadingOrder(names: Names): [string, number][] {
  const entries = names.flatMap((id, index): [string, number][] => (id === undefined ? [] : [[id, index]]));
  const stems = [...new Set(entries.map(([id]) => id.replace(/\d+$/, '')))];
  const rank = ([id]: [string, number]): [number, number] => [
    stems.indexOf(id.replace(/\d+$/, '')),
    Number(/\d+$/.exec(id)?.[0] ?? 0),
  ];
  return entries.sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
}
