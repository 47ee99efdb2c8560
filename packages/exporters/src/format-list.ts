/**
 * What a model can be exported as, for help and options: nothing here imports what writes the files. `exporters.ts` has a writer for
 * each entry.
 */
import type { FormatOptions } from './exporter';

/** The name of an option of `longhand export` that only some formats take. */
export type FormatOption = keyof FormatOptions;

/** A format by what is known of it before anything is written. */
export interface FormatEntry {
  /** What people call it. */
  readonly title: string;
  /** The endings of `--output` that mean it. Default: none, it is named by `--format`. */
  readonly endings: readonly string[];
  /** The name of its file beside a model of that name. */
  readonly fileName: (stem: string) => string;
  /** Where `--output` names a folder, the file in it that counts. Default: it names the file. */
  readonly inFolder?: string;
  /** What is written beside that file. Default: nothing. */
  readonly companions?: (output: string) => readonly string[];
  /** The options that it takes. */
  readonly options: readonly FormatOption[];
  /** What it is for, in the help. */
  readonly help: string;
}

/** Every format by name. */
export const formatList = {
  safetensors: {
    title: 'safetensors',
    endings: ['.safetensors'],
    fileName: (stem) => `${stem}.safetensors`,
    options: ['quantize'],
    help: 'for PyTorch: its names and layouts, loads into the same network built there',
  },
  onnx: {
    title: 'ONNX',
    endings: ['.onnx'],
    fileName: (stem) => `${stem}.onnx`,
    options: ['softmax', 'normalization', 'opset', 'quantize'],
    help: 'for onnxruntime and whatever else runs networks',
  },
  tfjs: {
    title: 'TensorFlow.js',
    endings: [],
    fileName: (stem) => `${stem}-tfjs/model.json`,
    inFolder: 'model.json',
    options: ['softmax', 'normalization'],
    help: 'for TensorFlow.js: a folder with model.json and the weights',
  },
  html: {
    title: 'Page',
    endings: ['.html', '.htm'],
    fileName: (stem) => `${stem}.html`,
    options: [],
    help: 'one page that classifies what is drawn on it, offline, on a phone too',
  },
  js: {
    title: 'JavaScript module',
    endings: ['.js', '.mjs'],
    fileName: (stem) => `${stem}.js`,
    companions: (output) => [output.replace(/(?:\.(m?)js)?$/, '.d.$1ts')],
    options: ['quantize'],
    help: 'one module without dependencies, for a page or a server: classify(imageData)',
  },
  pytorch: {
    title: 'PyTorch program',
    endings: ['.py'],
    fileName: (stem) => `${stem.replace(/\W/g, '_')}.py`,
    companions: (output) => ['weights', 'state'].map((what) => `${output.replace(/\.py$/, '')}-${what}.safetensors`),
    options: [],
    help: 'a Python program: the nn.Module, and a loop that trains on, on one GPU or many',
  },
  json: {
    title: 'JSON',
    endings: ['.json'],
    fileName: (stem) => `${stem}.json`,
    options: [],
    help: 'for reading: the network, and every weight as a number',
  },
} as const satisfies Readonly<Record<string, FormatEntry>>;

/** The name of a format, as `--format` takes it. */
export type FormatName = keyof typeof formatList;

/** The names of all formats, in the order of the help. */
export const formatNames = Object.keys(formatList) as readonly FormatName[];

/**
 * What is known of a format.
 *
 * @example formatEntry('onnx').endings; // [ '.onnx' ]
 */
export function formatEntry(name: FormatName): FormatEntry {
  return formatList[name];
}

/**
 * The format that the name of a file means by its ending; undefined where it means none.
 *
 * @example formatOfName('digits.onnx'); // 'onnx'
 */
export function formatOfName(output: string): FormatName | undefined {
  const name = output.toLowerCase();
  return formatNames.find((format) => formatEntry(format).endings.some((ending) => name.endsWith(ending)));
}

/**
 * The list of all formats in the help, a line for each.
 *
 * @example formatHelp().split('\n').length === formatNames.length; // true
 */
export function formatHelp(): string {
  const widest = Math.max(...formatNames.map((name) => name.length));
  return formatNames.map((name) => `  ${name.padEnd(widest)}   ${formatEntry(name).help}`).join('\n');
}

/**
 * Words as a choice.
 *
 * @example alternatives(['a', 'b', 'c']); // 'a, b or c'
 */
export function alternatives(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' or ');
}
