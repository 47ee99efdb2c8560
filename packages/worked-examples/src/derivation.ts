/**
 * A derivation: one training step written out, quantity by quantity, as plain data that tests, the terminal and pages
 * read alike. `JSON.stringify` keeps all of it.
 */

/** A name or a formula, for a terminal and for typesetting. */
export interface Notation {
  /** Plain characters: `coef_c1 = coef_o1·w1⁺ + coef_o2·w3⁺` */
  readonly text: string;
  /** LaTeX, without dollar signs. */
  readonly latex: string;
}

/** In which part of a training step a quantity appears. */
export type Stage = 'given' | 'forward' | 'backward' | 'update' | 'after';

/** A figure that a note prints for a quantity. */
export interface PrintedFigure {
  /** As it is printed, every digit: `-0.349`. */
  readonly figure: string;
  /** What is legible in the note as we have it, where that differs. */
  readonly reading?: string;
  /** Why the figure must be what we say, where the reading differs. */
  readonly evidence?: string;
}

/** One quantity: its name, what it is made of, and its value. */
export interface DerivationStep {
  /** Unique within the derivation: `coef_c1`, `w1_new`. */
  readonly id: string;
  readonly stage: Stage;
  /** Which computed step of the whole derivation it is, from 1; what is given has none. */
  readonly number?: number;
  readonly symbol: Notation;
  /** What it is made of, in the note's notation; absent for what is given. */
  readonly formula?: Notation;
  /** The same with numbers in the place of names. */
  readonly substitution?: Notation;
  readonly value: number;
  /** The value as formulas show it: three decimals, or six significant digits where nothing is rounded. */
  readonly shown: string;
  /** The ids of the quantities that the formula names, in its order. */
  readonly inputs: readonly string[];
  readonly printed?: PrintedFigure & { readonly agrees: boolean };
  /** The terms of the sum with their factors, for a quantity that was asked for alone. */
  readonly terms?: readonly Term[];
  /** The central difference of the loss, beside a gradient that was asked for alone. */
  readonly centralDifference?: number;
  /**
   * The slopes of the loss to both sides, in the place of the central difference where they differ: at a tie of a maximum or
   * a ReLU's corner there is no one derivative, and the gradient is that of the entry that comes first.
   */
  readonly oneSided?: { readonly left: number; readonly right: number };
  /** Values that usual mistakes would give instead. */
  readonly mistakes?: readonly Mistake[];
}

/** One term of a sum. */
export interface Term {
  /** The quantities that are multiplied in it. */
  readonly factors: readonly { readonly id: string; readonly value: number }[];
  readonly value: number;
}

/** A wrong value that a usual mistake leads to. */
export interface Mistake {
  readonly name: 'forgot σ′' | 'flipped the kernel' | 'used the new weights' | 'used the old weights' | 'wrong sign';
  readonly value: number;
}

/** A slip in a note: what it says, what is true, and how far apart the two are. */
export interface Erratum {
  /** Which equation. */
  readonly where: string;
  readonly says: string;
  readonly correct: string;
  /** Why we say so. */
  readonly evidence: string;
  /** The value by the note's form, and by the correct one; absent where only a name is wrong. */
  readonly wrong?: number;
  readonly right?: number;
}

/** One training step written out. */
export interface Derivation {
  readonly example: string;
  readonly title: string;
  /** What is done, in a sentence or two. */
  readonly about: string;
  readonly order: UpdateOrder;
  readonly digits: Digits;
  readonly steps: readonly DerivationStep[];
  readonly errata: readonly Erratum[];
}

/**
 * When weights change: `standard` takes every gradient at the old weights; `update-then-propagate` changes a layer's
 * weights first and sends the error back through the new ones, as some hand derivations do.
 */
export type UpdateOrder = 'standard' | 'update-then-propagate';

/** Whether every named quantity is rounded to three decimals, or nothing is. */
export type Digits = 3 | 'exact';
