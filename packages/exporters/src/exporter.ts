/** The contract of exporters: a model becomes files and a text that says how they are used. */
import type { Model } from '@longhand/training';
import type { RunTraining } from './pytorch/run-training';

/** The values of the options that only some formats take. */
export interface FormatOptions {
  /** Whether the file ends with a softmax, so that it gives probabilities. Default: as the format has it. */
  readonly softmax?: boolean;
  /** Whether the file normalizes pixels itself. Default: as the format has it. */
  readonly normalization?: 'inside' | 'outside';
  /** The version of ONNX's operators. Default: 17. */
  readonly opset?: number;
  /** Weights as integers of 8 bits. Default: float32. */
  readonly quantize?: 'int8';
}

/** What an exporter is told besides the model. */
export interface ExportContext {
  /** What a model without a name of its own is called: the model's file without folder and ending. */
  readonly stem: string;
  /** Where the file goes; others lie beside it. */
  readonly output: string;
  /** The options of the format. */
  readonly options: FormatOptions;
  /** What the files call a module of the user's own that has this URL. Default: the URL. */
  readonly moduleName?: (url: string) => string;
  /** How the model was trained, for a program that trains on. Default: `recommendedTraining`. */
  readonly training?: RunTraining;
  /** The command line that writes data for such a program, with a comment where there is one. Default: `longhand data --output data.npz`. */
  readonly dataCommand?: string;
}

/** A file to be written. */
export interface ExportedFile {
  /** Where it goes. */
  readonly path: string;
  /** Its bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What is written. */
export interface Exported {
  /** The first is that of the output. */
  readonly files: readonly [ExportedFile, ...ExportedFile[]];
  /** How the files are used: a line, or several that are typed as they are. */
  readonly advice: string;
}

/**
 * The writer of a format.
 *
 * @throws an error of the packages where the format has nothing for a part of the model
 *
 * @throws an error of the packages where the format has nothing for a part of the model
 */
export type Exporter = (model: Model, context: ExportContext) => Exported | Promise<Exported>;
