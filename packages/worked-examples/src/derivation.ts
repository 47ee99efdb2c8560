/**
 * A derivation: one training step written out, quantity by quantity, as plain data for tests, the terminal and pages alike.
 * `JSON.stringify` keeps all of it.
 */

/** A name or a formula, for a terminal and for typesetting. */
export interface Notation {
  /** Plain characters: `coef_c1 = coef_o1·w1⁺ + coef_o2·w3⁺` */
  readonly text: string;
  /** LaTeX, without dollar signs. */
  readonly latex: string;
}

/** The part of a training step in which a quantity appears. */
export type Stage = 'given' | 'forward' | 'backward' | 'update' | 'after';

/** A figure that a note prints for a quantity. */
export interface PrintedFigure {
  /** As it is printed, every digit: `-0.349`. */
  readonly figure: string;
  /** What is legible in our copy of the note, where that differs. */
  readonly reading?: string;
  /** Why the figure must be what we say, where the reading differs. */
  readonly evidence?: string;
}

/** One quantity of a derivation: its name, its formula and its value. */
export type DerivationStep = PlainStep | ComputedStep;

interface StepBase {
  /** Unique within the derivation: `coef_c1`, `w1_new`. */
  readonly id: string;
  /** Which part of the step it belongs to. */
  readonly stage: Stage;
  /** The number of a computed step within the whole derivation, from 1; given quantities have none. */
  readonly number?: number;
  /** How it is written. */
  readonly symbol: Notation;
  /** Other names that the source has for it: `in_CC1` of an output without activation. */
  readonly aliases?: readonly string[];
  /** Its value. */
  readonly value: number;
  /** The value that the source has, of a given quantity that was changed. */
  readonly changedFrom?: number;
  /**
   * The value as formulas show it: three decimals, or where nothing is rounded six significant digits, and as many as a printed figure
   * has.
   */
  readonly shown: string;
  /** The ids of the quantities in the formula, in its order; none without a formula. */
  readonly inputs: readonly string[];
  /** What the note prints, and whether it is the value. Absent where the note prints nothing, and where givens were changed. */
  readonly printed?: PrintedFigure & { readonly agrees: boolean };
  /** Why a computed quantity has no formula, or what else is to be known of it. */
  readonly remark?: string;
  /** Which number of the network it is or belongs to; absent where the derivation is not of a whole step. */
  readonly entry?: NetworkEntry;
}

/** A number of the network. A gradient, or the value after the update, belongs to the number that it is of. */
export interface NetworkEntry {
  /** `input`, `dense.weight`, `dense.y`, `prediction`, `loss`, `target`, `learningRate`, as in the setup of the step. */
  readonly array: string;
  /** In memory order. */
  readonly index: number;
  /** The number itself, its gradient, or its value after the update. */
  readonly is: 'value' | 'gradient' | 'updated';
}

/** A quantity without a formula: it is given, or shown with its value alone. */
export type PlainStep = StepBase & { readonly [Key in Exclude<keyof ComputedStep, keyof StepBase>]?: undefined };

/** The remark of a quantity that nobody says how to derive. */
export const notDerived = 'not derived: a layer of your own writes it, whose pass has no terms for it';

/** A quantity with its formula. */
export interface ComputedStep extends StepBase {
  /** In the note's notation. */
  readonly formula: Notation;
  /** The formula with numbers for names. */
  readonly substitution: Notation;
  /** The ids in each term of the sum, for a derivation of a whole step; one term for anything else. */
  readonly termInputs?: readonly (readonly string[])[];
  /**
   * The formula with its long sums in general form, for a quantity that was asked for by name:
   * `Σ ∂L/∂S2.5.i.j·P1.3.(i+1).(j+2), i = 0 to 7, j = 0 to 7`. Absent where no sum has four terms or more.
   */
  readonly summation?: Notation;
  /** The terms of the sum with their factors, for a quantity that was asked for by name. */
  readonly terms?: readonly Term[];
  /** The numerical gradient beside the gradient of a quantity that was asked for by name: the central difference of the loss. */
  readonly centralDifference?: number;
  /**
   * The one-sided differences of the loss, instead of the central difference, where they differ: at a tie of a maximum or at a
   * ReLU's kink the loss has no derivative, and the gradient is that of the entry that comes first.
   */
  readonly oneSided?: { readonly left: number; readonly right: number };
  /** The values that usual errors of students lead to. */
  readonly mistakes?: readonly StudentError[];
}

/** One term of a sum. */
export interface Term {
  /** The quantities whose product it is. */
  readonly factors: readonly { readonly id: string; readonly value: number }[];
  /** The product. */
  readonly value: number;
}

/** A usual error of students, with the wrong value that it leads to. */
export interface StudentError {
  /** Which error it is. */
  readonly name:
    | 'forgot σ′'
    | 'flipped the kernel'
    | 'did not flip the kernel'
    | 'used the new weights'
    | 'used the old weights'
    | 'wrong sign';
  /** The value that it leads to. */
  readonly value: number;
}

/** A slip in a note: what it says, what is correct, and the values of both. */
export interface Erratum {
  /** The equation. */
  readonly where: string;
  /** What the note says. */
  readonly says: string;
  /** What it should say. */
  readonly correct: string;
  /** Why we say so. */
  readonly evidence: string;
  /** The value by the note's form, and by the correct one; absent where only a name is wrong. */
  readonly wrong?: number;
  /** The value by the correct form. Absent where only a name is wrong. */
  readonly right?: number;
  /** The id of the quantity whose equation it is. */
  readonly quantity?: string;
}

/** One training step written out. */
export interface Derivation {
  /** The name of the example, as the command line spells it. */
  readonly example: string;
  /** Its title. */
  readonly title: string;
  /** A description in a sentence or two. */
  readonly about: string;
  /** When weights change. */
  readonly order: UpdateOrder;
  /** How numbers are rounded on the way. */
  readonly digits: Digits;
  /** How kernels are laid on, of a network with convolutions. */
  readonly convolution?: ConvolutionKind;
  /** What is to be known of the givens, such as that they are a reconstruction. */
  readonly aboutGivens?: string;
  /** The quantities, each after those that it is computed from. */
  readonly steps: readonly DerivationStep[];
  /** The slips of the note. */
  readonly errata: readonly Erratum[];
}

/**
 * When weights change: `standard` takes every gradient at the old weights; `update-then-propagate` changes a layer's
 * weights first and sends the error back through the new ones, as some hand derivations do.
 */
export type UpdateOrder = 'standard' | 'update-then-propagate';

/**
 * `cross-correlation` lays a kernel on as it is, as every framework does; a `true-convolution` turns it first, as signal processing has it
 * and as some hand derivations do.
 */
export type ConvolutionKind = 'cross-correlation' | 'true-convolution';

/** `3` rounds every named quantity to three decimals; `exact` rounds nothing. */
export type Digits = 3 | 'exact';
