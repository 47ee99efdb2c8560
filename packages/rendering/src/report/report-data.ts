/** The content of a report: plain data, as a run's files hold them. */
import type { Point } from '../curves/terminal-curves';
import type { LabeledImage, Matrix, MisclassifiedExample } from '../image';
import type { LearningCurves } from './loss-points';

/** The figures of the test images: no weight was learned from them, and no model was chosen by them. */
export interface ReportTest {
  /** The name of the data set. */
  readonly data: string;
  /** The number of images. */
  readonly images: number;
  /** How many were classified correctly. */
  readonly correct: number;
  /** From 0 to 1, and so is its standard error. */
  readonly accuracy: number;
  /** The standard error of the accuracy, from 0 to 1. */
  readonly standardError: number;
  /** The mean loss. */
  readonly loss: number;
  /** Which parameters were tested: those of the best epoch, or the last ones. */
  readonly model: 'best' | 'last';
  /** Metrics of the user's own, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** The images that the temperature and the limit of "not sure" were fitted on, and whether they are test images. Absent without a fit. */
  readonly calibration?: { readonly images: number; readonly part: 'validation' | 'test' };
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** Counts of images. Rows: true class; columns: predicted class. */
  readonly confusion: readonly (readonly number[])[];
  /** One for each class; undefined where a figure would be a quotient by zero. */
  readonly scores: readonly ReportScores[];
}

/** The figures of a class. */
export interface ReportScores {
  /** The images of the class. */
  readonly support: number;
  /** The part of the images classified as this class that are of it. */
  readonly precision: number | undefined;
  /** The part of the class's images that were classified as it. */
  readonly recall: number | undefined;
  /** The harmonic mean of precision and recall. */
  readonly f1: number | undefined;
}

/** The output of a layer, map by map. */
export interface ReportMaps {
  /** The name of the layer. */
  readonly layer: string;
  /** Its maps, channel by channel. */
  readonly maps: readonly Matrix[];
}

/** The kernels of a layer: those of its first output, one for each input, then those of the second. */
export interface ReportKernels extends ReportMaps {
  /** Of a layer with many, `maps` holds the first. */
  readonly outputs: number;
  /** The input channels that each output sees. */
  readonly inputs: number;
}

/** An image with the outputs of the layers and the probability of each class. */
export interface ReportExample extends LabeledImage {
  /** The outputs of its layers. */
  readonly featureMaps: readonly ReportMaps[];
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** The probability of each class. */
  readonly probabilities: ArrayLike<number>;
}

/** A network in figures, as `summary` of `@longhand/layers` gives them. */
export interface ReportNetwork {
  /** The layers in their order. */
  readonly rows: readonly {
    readonly name: string;
    readonly kind: string;
    /** The symbol of its output in the hand derivation that documents the network, where there is one. */
    readonly symbol?: string | undefined;
    readonly outputShape: readonly number[];
    readonly parameters: number;
    readonly multiplyAdds: number;
  }[];
  /** The learned numbers of all layers. */
  readonly parameters: number;
  /** The numbers that are kept but not learned. Default: 0. */
  readonly buffers?: number;
  /** The multiply-adds of a forward pass of one image. */
  readonly multiplyAdds: number;
}

/** The content of a report. */
export interface TrainingReport extends LearningCurves {
  /** The name of the run. */
  readonly title: string;
  /** The network and the data set, in a line. */
  readonly about: string;
  /** The network in figures. */
  readonly network: ReportNetwork;
  /** The learning rate over the epochs, from 0. Default: that of the last step of each epoch. */
  readonly learningRates?: readonly Point[];
  /** Why the run ended before its last epoch, as a sentence. */
  readonly stopped?: string;
  /** The figures of the test images. Absent where there was no test. */
  readonly test?: ReportTest;
  /** The images that are shown, first to last. */
  readonly misclassified: readonly MisclassifiedExample[];
  /** The kernels of the first layers, as images. */
  readonly kernels: readonly ReportKernels[];
  /** An image with the outputs of the layers. Absent without one. */
  readonly example?: ReportExample;
  /** The settings of the run, in words. */
  readonly configuration: readonly (readonly [label: string, value: string])[];
  /** The names of settings that were left at zero, or off. */
  readonly unused: readonly string[];
  /** The versions of the package and of Node, the processor. */
  readonly versions: readonly (readonly [label: string, value: string])[];
  /** The command line that makes the same run. */
  readonly reproduce: string;
  /** The command lines that do something with its model, with what they do. Default: none. */
  readonly uses?: readonly (readonly [what: string, line: string])[];
}
