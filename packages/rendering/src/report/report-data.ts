/** What a report tells of a run: plain data, as a run's files hold them. */

export interface ReportEpoch {
  /** From 1. */
  readonly epoch: number;
  /** How many steps were made until its end, over the whole run. */
  readonly steps: number;
  readonly loss: number;
  /** From 0 to 1. */
  readonly accuracy: number;
  /** How images held back were read; `best` if never better. */
  readonly validation?: { readonly loss: number; readonly accuracy: number; readonly best: boolean };
  /** The rate of its last step. */
  readonly learningRate: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** How images were read that nothing was learned from and nothing chosen by. */
export interface ReportTest {
  /** What the data set is called. */
  readonly data: string;
  readonly images: number;
  readonly correct: number;
  /** From 0 to 1, and so is its standard error. */
  readonly accuracy: number;
  readonly standardError: number;
  readonly loss: number;
  readonly model: 'best' | 'last';
  readonly classes: readonly string[];
  /** How often class `row` was read as class `column`. */
  readonly confusion: readonly (readonly number[])[];
  /** One for each class; a share of nothing is undefined. */
  readonly scores: readonly ReportScores[];
}

export interface ReportScores {
  readonly shown: number;
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly f1: number | undefined;
}

/** Numbers row by row. */
export interface ReportMap {
  readonly height: number;
  readonly width: number;
  readonly values: ArrayLike<number>;
}

/** What a layer gives. */
export interface ReportMaps {
  readonly layer: string;
  readonly maps: readonly ReportMap[];
}

/** The kernels of a layer: those of its first output, one for each input, then those of the second. */
export interface ReportKernels extends ReportMaps {
  /** Of a layer with many, `maps` holds the first. */
  readonly outputs: number;
  readonly inputs: number;
}

/** An image, row by row from 0 (ground) to 255 (ink). */
export interface ReportImage {
  readonly pixels: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  /** The class that it is of. */
  readonly shown: string;
}

/** An image that was read wrong. */
export interface ReportMisreading extends ReportImage {
  readonly read: string;
  /** How sure the network was, from 0 to 1. */
  readonly probability: number;
}

/** An image, what the layers make of it, and how probable each class became. */
export interface ReportExample extends ReportImage {
  readonly featureMaps: readonly ReportMaps[];
  readonly classes: readonly string[];
  readonly probabilities: ArrayLike<number>;
}

export interface ReportNetwork {
  readonly rows: readonly {
    readonly name: string;
    readonly kind: string;
    readonly outputShape: readonly number[];
    readonly parameters: number;
    readonly multiplyAdds: number;
  }[];
  readonly parameters: number;
  readonly multiplyAdds: number;
}

export interface TrainingReport {
  /** What the run is called. */
  readonly title: string;
  /** What was trained on what, in a line. */
  readonly about: string;
  readonly network: ReportNetwork;
  /** The epochs that were made, first to last. */
  readonly epochs: readonly ReportEpoch[];
  /** The mean loss of every `every` steps, one after another. */
  readonly lossCurve: { readonly every: number; readonly losses: readonly number[] };
  /** Why the run ended before its last epoch, as a sentence. */
  readonly stopped?: string;
  readonly test?: ReportTest;
  /** What is worth showing, first to last. */
  readonly misread: readonly ReportMisreading[];
  readonly kernels: readonly ReportKernels[];
  readonly example?: ReportExample;
  readonly configuration: readonly (readonly [label: string, value: string])[];
  /** The names of settings that were left at zero, or off. */
  readonly unused: readonly string[];
  /** What computed: the package, Node, the processor. */
  readonly versions: readonly (readonly [label: string, value: string])[];
  /** The command line that makes the same run. */
  readonly reproduce: string;
}
