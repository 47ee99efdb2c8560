/**
 * One training step of a small network, derived: forward, backward, update. The network is made of the ordinary layers; this
 * runner only decides when weights change, rounds named quantities if asked to, and records the expression of each at the moment
 * when it is computed.
 */
import { difference, type Expression, entry, product, referenceKernels, sum } from '@longhand/kernels';
import type { Loss, LossPass, Network, NetworkPass } from '@longhand/layers';
import { sgd } from '@longhand/optimizers';
import type { FloatArray } from '@longhand/tensor';
import { computedStep } from './computed-step';
import type { DerivationStep, Digits, PrintedFigure, Stage, UpdateOrder } from './derivation';
import { shownNumber } from './number-notation';
import { Quantities } from './quantities';
import { decimalText, roundDecimal } from './rounding';
import { studentErrors } from './student-errors';
import { type Spelling, symbolOf } from './symbols';
import { traceKernels } from './tracing-kernels';

/** Ids of the entries of an array, in memory order; entries without one are written out where they are used. */
export type Names = readonly (string | undefined)[];

/** The names of a layer's numbers. */
export interface LayerNames {
  /** The output. */
  readonly y?: Names;
  /** The output gradient. */
  readonly dy?: Names;
  readonly weight?: Names;
  readonly bias?: Names;
  readonly dWeight?: Names;
  readonly dBias?: Names;
}

/** A training step to derive. */
export interface TrainingStepSetup {
  readonly network: Network;
  readonly loss: Loss;
  /** Values by path, in PyTorch's order. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  /** One input, in memory order. */
  readonly input: readonly number[];
  readonly target: readonly number[];
  /** Default: none, the step ends with the gradients. */
  readonly learningRate?: number;
  readonly names: {
    readonly input: Names;
    readonly target: Names;
    readonly layers: Readonly<Record<string, LayerNames>>;
    readonly prediction?: Names;
    readonly loss: string;
    readonly learningRate?: string;
    /** The gradient of the input. */
    readonly dInput?: Names;
    /** The loss after the update. Default: it is not computed. */
    readonly lossAfter?: string;
  };
  readonly spelling?: Spelling;
  readonly printed?: Readonly<Record<string, PrintedFigure>>;
  /** Paths of parameters that are not updated. */
  readonly fixed?: readonly string[];
  /** Paths of parameters whose entries are one and the same number: each gets the sum of their gradients. */
  readonly shared?: readonly string[];
  readonly order: UpdateOrder;
  readonly digits: Digits;
}

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
  readonly #pass: NetworkPass;
  readonly #loss: LossPass;
  readonly #steps: DerivationStep[] = [];
  readonly #expressions = new Map<string, { expression: Expression; isConvolution: boolean }>();

  constructor(setup: TrainingStepSetup) {
    this.#setup = setup;
    const { kernels, writers } = traceKernels(referenceKernels);
    this.#quantities = new Quantities(writers, (id) => symbolOf(id, setup.spelling));
    const parameters = setup.network.zeros({ kernels, dtype: 'float64' });
    for (const [path, values] of Object.entries(setup.parameters)) parameters.get(path).data.set(values);
    this.#pass = setup.network.prepare({
      kernels,
      parameters,
      capacity: 1,
      inputGradient: setup.names.dInput !== undefined,
    });
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
      for (const { name } of this.#setup.network.layers) this.#updateLayer(name);
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
    const { names, learningRate, network } = this.#setup;
    this.#given(this.#pass.input, names.input);
    for (const { name } of network.layers) {
      for (const parameter of ['weight', 'bias'] as const) {
        const path = `${name}.${parameter}`;
        if (!this.#pass.parameters.has(path)) continue;
        this.#given(this.#pass.parameters.get(path).data, names.layers[name]?.[parameter] ?? []);
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
      const layer = this.#pass.layers.get(name);
      if (layer === undefined) continue;
      layer.forward();
      this.#computed(stage, layer.y, names.layers[name]?.y ?? []);
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
    const last = network.layers.at(-1);
    if (last !== undefined && this.#pass.dOutput !== undefined) {
      this.#computed('backward', this.#pass.dOutput, names.layers[last.name]?.dy ?? []);
    }
    const reversed = [...network.layers].reverse();
    for (const [position, { name }] of reversed.entries()) {
      const layer = this.#pass.layers.get(name);
      if (layer === undefined) continue;
      layer.parameterGradients();
      for (const [parameter, gradient] of [
        ['weight', 'dWeight'],
        ['bias', 'dBias'],
      ] as const) {
        const array = this.#gradient(`${name}.${parameter}`);
        if (array !== undefined) this.#computed('backward', array, names.layers[name]?.[gradient] ?? [], false);
      }
      if (learningRate !== undefined && order === 'update-then-propagate') this.#updateLayer(name);
      layer.inputGradient();
      const before = reversed[position + 1];
      const dx = before === undefined ? this.#pass.dInput : this.#pass.layers.get(before.name)?.dy;
      const dxNames = before === undefined ? names.dInput : names.layers[before.name]?.dy;
      if (dx !== undefined) this.#computed('backward', dx, dxNames ?? []);
    }
  }

  /** Names an array that was just computed, rounds it if digits are limited, and appends its steps. */
  #computed(stage: Stage, array: FloatArray, names: Names, rounded = true): void {
    this.#quantities.name(array, (index) => names[index]);
    for (const [id, index] of inReadingOrder(names)) {
      const expression = this.#quantities.expressionOf(array, index) as Expression;
      if (rounded) array[index] = this.#round(array[index]);
      this.#derivedStep(stage, id, array[index], expression, this.#quantities.isConvolution(array));
    }
  }

  #updateLayer(name: string): void {
    const { names, fixed = [] } = this.#setup;
    for (const parameter of ['weight', 'bias'] as const) {
      const path = `${name}.${parameter}`;
      const gradient = this.#gradient(path);
      if (gradient === undefined || fixed.includes(path)) continue;
      this.#update(path, gradient, names.layers[name]?.[parameter] ?? []);
    }
  }

  #update(path: string, gradient: FloatArray, names: Names): void {
    const { learningRate = 0, names: allNames, shared = [] } = this.#setup;
    const { data } = this.#pass.parameters.get(path);
    const parts = names.map((_, index) => this.#gradientExpression(gradient, index));
    if (shared.includes(path)) gradient.fill([...gradient].reduce((total, value) => total + value, 0));
    sgd({ learningRate }).prepare(data).update(gradient);
    const rate = allNames.learningRate === undefined ? [] : [entry(allNames.learningRate, 0)];
    const written = shared.includes(path) ? names.map(() => sum(parts)) : parts;
    for (const [index, id] of names.entries()) {
      if (id === undefined) continue;
      data[index] = this.#round(data[index]);
      // One and the same number is written once.
      if (names.indexOf(id) !== index) continue;
      const expression = difference(entry(id, 0), product([...rate, written[index] as Expression]));
      this.#derivedStep('update', `${id}_new`, data[index], expression, this.#quantities.isConvolution(gradient));
    }
    this.#quantities.name(data, (index) => (names[index] === undefined ? undefined : `${names[index]}_new`));
  }

  /** The gradient by its name, or by its own expression. */
  #gradientExpression(gradient: FloatArray, index: number): Expression {
    const id = this.#quantities.nameOf(gradient, index);
    return id === undefined ? (this.#quantities.expressionOf(gradient, index) as Expression) : entry(id, 0);
  }

  #gradient(path: string): FloatArray | undefined {
    const { gradients } = this.#pass;
    return gradients?.has(path) ? gradients.get(path).data : undefined;
  }

  #round(value: number): number {
    return this.#setup.digits === 'exact' ? value : roundDecimal(value, this.#setup.digits);
  }

  #plainStep(stage: Stage, id: string, value: number): void {
    if (this.#steps.some((step) => step.id === id)) return;
    const { symbol } = this.#quantities.note(id, value);
    const shown = shownNumber(value, this.#setup.digits);
    this.#steps.push({ id, stage, symbol, value, shown, inputs: [], ...this.#printed(id, value) });
  }

  #derivedStep(stage: Stage, id: string, value: number, expression: Expression, isConvolution: boolean): void {
    const step = computedStep({
      stage,
      id,
      value,
      expression,
      quantities: this.#quantities,
      digits: this.#setup.digits,
    });
    this.#steps.push({ ...step, ...this.#printed(id, value) });
    this.#expressions.set(id, { expression, isConvolution });
    this.#quantities.note(id, value);
  }

  /** Students' errors are computed at the end, when the updated weights are known that one may use too early. */
  #withStudentErrors(step: DerivationStep): DerivationStep {
    const written = this.#expressions.get(step.id);
    if (written === undefined || step.formula === undefined) return step;
    const mistakes = studentErrors(written.expression, step.value, {
      isConvolution: written.isConvolution,
      stage: step.stage,
      order: this.#setup.order,
      find: (id) => this.#quantities.find(id)?.value,
      round: (value) => this.#round(value),
    });
    return mistakes.length === 0 ? step : { ...step, mistakes };
  }

  #printed(id: string, value: number): Pick<DerivationStep, 'printed'> {
    const printed = this.#setup.printed?.[id];
    if (printed === undefined) return {};
    const decimals = printed.figure.split('.')[1]?.length ?? 0;
    // A figure with as many digits as a float64 has is compared as it is.
    const agrees = decimalText(value, decimals) === printed.figure || String(value) === printed.figure;
    return { printed: { ...printed, agrees } };
  }
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
