/** The content of a report: plain data, as a run's files hold them. */
import type { LabeledImage, Matrix, MisclassifiedExample } from '../image';
import type { LearningCurves } from './loss-points';

/** The figures of the test images: nothing was learned from them, and no model was chosen by them. */
export interface ReportTest {
  /** The name of the data set. */
  readonly data: string;
  readonly images: number;
  readonly correct: number;
  /** From 0 to 1, and so is its standard error. */
  readonly accuracy: number;
  readonly standardError: number;
  readonly loss: number;
  readonly model: 'best' | 'last';
  /** Metrics of the user's own, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly classes: readonly string[];
  /** Counts of images. Rows: true class; columns: predicted class. */
  readonly confusion: readonly (readonly number[])[];
  /** One for each class; undefined where a figure would be a quotient by zero. */
  readonly scores: readonly ReportScores[];
}

export interface ReportScores {
  /** The images of the class. */
  readonly support: number;
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly f1: number | undefined;
}

/** The output of a layer, map by map. */
export interface ReportMaps {
  readonly layer: string;
  readonly maps: readonly Matrix[];
}

/** The kernels of a layer: those of its first output, one for each input, then those of the second. */
export interface ReportKernels extends ReportMaps {
  /** Of a layer with many, `maps` holds the first. */
  readonly outputs: number;
  readonly inputs: number;
}

/** An image with the outputs of the layers and the probability of each class. */
export interface ReportExample extends LabeledImage {
  readonly featureMaps: readonly ReportMaps[];
  readonly classes: readonly string[];
  readonly probabilities: ArrayLike<number>;
}

export interface ReportNetwork {
  readonly rows: readonly {
    readonly name: string;
    readonly kind: string;
    /** The symbol of its output in the hand derivation that documents the network, where there is one. */
    readonly symbol?: string | undefined;
    readonly outputShape: readonly number[];
    readonly parameters: number;
    readonly multiplyAdds: number;
  }[];
  readonly parameters: number;
  /** The numbers that are kept but not learned. Default: 0. */
  readonly buffers?: number;
  readonly multiplyAdds: number;
}

export interface TrainingReport extends LearningCurves {
  /** The name of the run. */
  readonly title: string;
  /** The network and the data set, in a line. */
  readonly about: string;
  readonly network: ReportNetwork;
  /** Why the run ended before its last epoch, as a sentence. */
  readonly stopped?: string;
  readonly test?: ReportTest;
  /** The images that are shown, first to last. */
  readonly misclassified: readonly MisclassifiedExample[];
  readonly kernels: readonly ReportKernels[];
  readonly example?: ReportExample;
  readonly configuration: readonly (readonly [label: string, value: string])[];
  /** The names of settings that were left at zero, or off. */
  readonly unused: readonly string[];
  /** The versions of the package and of Node, the processor. */
  readonly versions: readonly (readonly [label: string, value: string])[];
  /** The command line that makes the same run. */
  readonly reproduce: string;
}
