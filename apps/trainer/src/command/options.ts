/**
 * The options that several commands have, and the parsers of their values. Commander adds the option's name to the message of
 * a parser.
 */
import { basename } from 'node:path';
import type { Normalization, PictureBox } from '@longhand/datasets';
import type { ActivationName } from '@longhand/kernels';
import type { Pool2dOptions, PresetName } from '@longhand/layers';
import type { ModuleReference } from '@longhand/schema';
import type { KernelChoice } from '@longhand/training';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { looksLikeModule, moduleSetting } from './own-modules';

/**
 * Choices that follow from registries which `--help` does not load, because all kernels come with them. The compiler refuses a
 * list that has not exactly the names of its registry.
 */
export const networkNames = namesOf<PresetName>({
  'lenet-documented': true,
  sprint: true,
  lenet5: true,
  wide: true,
  'pytorch-mnist': true,
  'resnet-small': true,
});
export const activationNames = namesOf<ActivationName>({
  relu: true,
  sigmoid: true,
  tanh: true,
  silu: true,
  leakyRelu: true,
  relu6: true,
  hardSwish: true,
  gelu: true,
  geluTanh: true,
  identity: true,
});
export const poolingNames = namesOf<Pool2dOptions['pooling']>({ max: true, mean: true });
export const kernelNames = namesOf<KernelChoice>({ reference: true, strict: true, fused: true });

function namesOf<Name extends string>(names: Readonly<Record<Name, true>>): readonly Name[] {
  return Object.keys(names) as Name[];
}

export function networkOption(): Option {
  return new Option(
    '--network <name>',
    'the network: lenet-documented, the small one of the documentation, or a larger one',
  )
    .choices(networkNames)
    .default('lenet-documented');
}

export function modelOption(): Option {
  return new Option(
    '--model <file>',
    'a network of your own in place of --network: JSON such as {"layers":["flatten",{"kind":"dense","outFeatures":10}]}',
  )
    .argParser(pathName)
    .conflicts(['network', 'activation', 'pooling']);
}

/** The name of a network of your own: that of its file. */
export function nameOf(file: string): string {
  return basename(file).replace(/\.json$/i, '');
}

/** More threads would take minutes to start and fill the memory. */
const mostThreads = 256;

/** Bounds that no work comes near; beyond them a number is a slip of the hand, or nothing would ever end. */
export const mostImages = 100_000_000;
export const mostEpochs = 1_000_000;
export const mostSteps = 1_000_000_000;
export const mostSeeds = 1000;

export function threadsOption(): Option {
  return new Option(
    '--threads <count>',
    'the number of threads, which changes no result (default: all cores)',
  ).argParser(wholeNumber(1, mostThreads));
}

export function wideVectorsOption(): Option {
  return new Option(
    '--wide-vectors',
    'let V8 make vectors of 256 bits: faster, the same results (default: where that is proven, in Node 24 and 26 on x64 Linux); elsewhere a proof comes first',
  );
}

export function narrowVectorsOption(): Option {
  return new Option('--no-wide-vectors', 'leave vectors at 128 bits');
}

/** For files that longhand wrote: with whose code they run, a module is named in them. */
export function moduleOption(): Option {
  return new Option(
    '--module <file>',
    'code of your own that the model or run names, such as a layer, and that may run; again for each file',
  ).argParser((file: string, before: readonly string[] = []) => [...before, pathName(file)]);
}

/** An option whose value is an object of the user's own, or may be. */
export class OwnOption extends Option {
  readonly #names: readonly string[];
  readonly #repeats: boolean;

  /**
   * @param names those of built-in objects, which may be given instead
   * @param repeats whether there may be several
   */
  constructor(flags: string, description: string, { names = [] as readonly string[], repeats = false } = {}) {
    super(flags, description);
    this.#names = names;
    this.#repeats = repeats;
    if (names.length > 0) this.choices(names);
    this.argParser((text: string, before: unknown): unknown => {
      const value = this.#one(text, '.');
      return repeats ? [...(Array.isArray(before) ? before : []), value] : value;
    });
  }

  /**
   * The value of a settings file.
   *
   * @param folder the file's: paths begin there
   * @throws InvalidArgumentError when it is neither a name nor a module
   */
  parseFrom(value: unknown, folder: string): unknown {
    if (!this.#repeats) return this.#one(value, folder);
    return (Array.isArray(value) ? value : [value]).map((entry) => this.#one(entry, folder));
  }

  #one(value: unknown, folder: string): string | ModuleReference {
    const names = this.#names;
    if (typeof value === 'string' && names.includes(value)) return value;
    if (names.length > 0 && !looksLikeModule(value)) {
      // `SGD` and `onecycle` are the same words.
      const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
      const near = typeof value === 'string' ? names.find((name) => plain(name) === plain(value)) : undefined;
      throw new InvalidArgumentError(
        `Allowed choices are ${names.join(', ')}, or your own, such as ./mine.mjs#make.${near === undefined ? '' : ` Did you mean ${near}?`}`,
      );
    }
    return moduleSetting(value, folder, (message) => new InvalidArgumentError(`${message}.`));
  }
}

/** @param byDefault what is taken without it */
export function lossOption(byDefault = 'softmax with cross-entropy'): Option {
  return new OwnOption('--loss <module>', `a loss of your own, such as ./hinge.mjs#hinge (default: ${byDefault})`);
}

export function metricOption(): Option {
  return new OwnOption(
    '--metric <module>',
    'a further figure, which a function of your own computes, such as ./top-two.mjs#topTwo; again for each',
    { repeats: true },
  );
}

export function kernelsOption(): Option {
  return new Option('--kernels <name>', 'the arithmetic: plain loops, SIMD, or SIMD with fused multiply-adds')
    .choices(kernelNames)
    .default('strict');
}

export function dataOption(): Option {
  return new Option(
    '--data <path>',
    'images: IDX files, folders of pictures, CSV, .npz, Parquet or CIFAR’s binary files (default: MNIST, which came with the install)',
  ).argParser(pathName);
}

/** Adds what says how the images at `--data` lie. */
export function addImageOptions(command: Command): Command {
  return command
    .option('--transpose', 'exchange rows and columns of the images (default: for what is called EMNIST)')
    .option('--no-transpose', 'take the images as they are stored, even EMNIST’s')
    .option(
      '--image-size <pixels>',
      'resize pictures, to 28 or 32x48 pixels (default: as they are, if small)',
      imageSize,
    );
}

/** A side, or a height and a width, of as many pixels as small networks take. */
function imageSize(text: string): string {
  const sides = text.split('x').map(Number);
  if (sides.length <= 2 && sides.every((side) => Number.isInteger(side) && side >= 1 && side <= 1024)) return text;
  throw new InvalidArgumentError('Expected a side in pixels such as 28, or a height and a width such as 32x48.');
}

export function asIsOption(): Option {
  return new Option('--as-is', 'the pictures are prepared already, as the training images are: only resize them');
}

export function cropOption(): Option {
  return new Option(
    '--crop <x,y,width,height>',
    'take this part of each picture, in pixels of the file from the top left',
  ).argParser(pictureBox);
}

function pictureBox(text: string): PictureBox {
  const [left, top, width, height, ...more] = text.split(',').map((part) => (part.trim() === '' ? -1 : Number(part)));
  const isBox =
    more.length === 0 &&
    [left, top, width, height].every((value) => Number.isSafeInteger(value) && value >= 0) &&
    width > 0 &&
    height > 0;
  if (isBox) return { left, top, right: left + width, bottom: top + height };
  throw new InvalidArgumentError('Expected the left edge, the top, the width and the height, such as 120,40,300,200.');
}

export function classesOption(): Option {
  return new Option(
    '--classes <names>',
    'the class names of the labels 0, 1, …, separated by commas (default: those in the data folder, or the labels)',
  ).argParser(namesInList);
}

/** Adds the options with which `readModel` reads files of other programs, under a heading of their own. */
export function addForeignFileOptions(command: Command): Command {
  const options = [
    new Option('--network <name>', 'the network of the weights (default: the one that their shapes fit)').choices(
      networkNames,
    ),
    new Option('--model <file>', 'the network of the weights, layer by layer as JSON')
      .argParser(pathName)
      .conflicts(['network', 'activation', 'pooling']),
    new Option('--activation <name>', 'its activation (default: relu)').choices(activationNames),
    new Option('--pooling <name>', 'its pooling (default: max)').choices(poolingNames),
    new Option(
      '--normalize-by <mean,std>',
      'mean and standard deviation that normalize pixels from 0 to 1; for colors three of each, the means first (default: MNIST’s 0.1307,0.3081)',
    ).argParser(meanAndDeviation),
    new Option('--entry <name>', 'the weights of a checkpoint to read, such as model_ema (default: the likeliest)'),
    new Option('--class-names <names>', 'the class names, separated by commas (default: 0, 1, …)').argParser(
      namesInList,
    ),
  ];
  for (const option of options)
    command.addOption(option.helpGroup('For safetensors, PyTorch and ONNX files of other programs:'));
  return command;
}

function meanAndDeviation(text: string): Normalization {
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [means, deviations] = [parts.slice(0, parts.length / 2), parts.slice(parts.length / 2)];
  const areUsable = parts.every(Number.isFinite) && deviations.every((std) => std > 0);
  if (parts.length % 2 !== 0 || !areUsable) {
    throw new InvalidArgumentError('Expected a mean and a standard deviation above 0, such as 0.1307,0.3081.');
  }
  return parts.length === 2 ? { mean: means[0], std: deviations[0] } : { mean: means, std: deviations };
}

/** A whole number from `least` to `most`. A far upper bound is spoken of only where it is passed. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(
        `Expected a whole number ${value > most || most < 1000 ? `from ${least} to ${most}` : `of at least ${least}`}.`,
      );
    }
    return value;
  };
}

/** A number above zero. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError('Expected a number above 0.');
  }
  return value;
}

/** A number from zero to below `bound`. */
export function numberBelow(bound: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= 0 && value < bound)) {
      throw new InvalidArgumentError(`Expected a number from 0 to below ${bound}.`);
    }
    return value;
  };
}

/** A count of images, or a part of them between 0 and 1, as Keras's `validation_split`. */
function countOrPart(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= most && (Number.isInteger(value) || value < 1)) return value;
    throw new InvalidArgumentError(
      'Expected a whole number of images, a part of them such as 0.1, or val for the validation part of the data.',
    );
  };
}

/** A {@link countOrPart}, or the validation part that the data have. */
export function validationChoice(most: number): (text: string) => number | 'val' {
  return (text) => (/^(val|valid|validation)$/i.test(text.trim()) ? 'val' : countOrPart(most)(text));
}

/** A number from zero to `most`. */
export function numberUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= 0 && value <= most)) {
      throw new InvalidArgumentError(`Expected a number from 0 to ${most}.`);
    }
    return value;
  };
}

/** A number above zero, one at most. */
export function partOfOne(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 1)) {
    throw new InvalidArgumentError('Expected a number above 0 and up to 1, such as 0.99.');
  }
  return value;
}

/** The name of a file or folder. An empty one, as of a shell's variable that is not set, is found nowhere. */
export function pathName(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected the name of a file or folder.');
  return text;
}

/** Names with commas between them, spaces around each taken away. What they name has to fit them. */
export function namesInList(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

// cspell:ignore normalise normalisation
/** Spellings of options in earlier versions, and their usual names elsewhere. They are understood, in settings files too. */
const otherSpellings: Readonly<Record<string, string>> = {
  '--data-dir': '--data',
  '--plain-end': '--close-augmentation',
  '--misread': '--misclassified',
  '--normalise-by': '--normalize-by',
  '--normalisation': '--normalization',
  '--lr': '--learning-rate',
  '--batch': '--batch-size',
  '--wd': '--weight-decay',
  '--dataset': '--data',
  '--validation-split': '--validation',
  '--val-split': '--validation',
  '--early-stopping': '--patience',
  '--val': '--validation',
  '--ema': '--average-decay',
  '--distill': '--teacher',
  '--ohem': '--hard-examples',
  '--resume-from': '--resume',
  '--workers': '--threads',
  '--num-workers': '--threads',
};

/** The other spellings of options, all of them without their dashes. */
export function otherSpellingsOf(names: readonly string[]): readonly string[] {
  return Object.entries(otherSpellings)
    .filter(([, current]) => names.includes(current.slice(2)))
    .map(([other]) => other.slice(2));
}

/** The spelling of an option today: `--close-augmentation` for `--plain-end`. Everything else stays as it is. */
export function currentSpelling(word: string): string {
  const [, option, rest] = /^(--[\w-]+)(=.*)?$/s.exec(word) ?? [];
  if (option === undefined || !Object.hasOwn(otherSpellings, option)) return word;
  return otherSpellings[option] + (rest ?? '');
}
