/**
 * The settings of a run, and the recipes, which name several settings at once. They are plain data, kept in the run's
 * `config.json`; with them anyone can repeat the run.
 */
import type { PresetName } from '@longhand/layers';
import { optimizerKinds, plainScheduleKinds } from '@longhand/optimizers';
import {
  boolean,
  either,
  isModuleReference,
  list,
  type ModuleReference,
  number,
  type Output,
  object,
  oneOf,
  optional,
  type ParseOptions,
  parseJson,
  string,
  where,
} from '@longhand/schema';
import type { HardExamples } from '@longhand/training';
import { quickSettings } from '@longhand/training/quick-settings';
import { activationNames, kernelNames, nameOf, networkNames, poolingNames } from '../command/options';

/** Settings that belong together. The README has the accuracy that each reaches. */
export const recipeNames = ['quick', 'sprint', 'thorough'] as const;
export type RecipeName = (typeof recipeNames)[number];

/** An object of the user's own: the URL of its module, the export and its options. */
const ownObject = where<ModuleReference>('the module of an object', isModuleReference);

/** A schema for each setting. The names follow from the registries of the packages. */
const settingEntries = {
  /** Absent where it says nothing, see {@link settingsInUse}. */
  recipe: optional(oneOf(...recipeNames)),
  /** A preset; absent with `model` or `from`, as are its activation and its pooling. */
  network: optional(oneOf(...networkNames)),
  /** A file with a network of your own, in place of `network`. */
  model: optional(string),
  /** A model to start from: a file's name. */
  from: optional(string),
  activation: optional(oneOf(...activationNames)),
  pooling: optional(oneOf(...poolingNames)),
  epochs: number,
  batchSize: number,
  loss: optional(ownObject),
  optimizer: either('the name or the module of an optimizer', nameIn(optimizerKinds), ownObject),
  learningRate: optional(number),
  momentum: optional(number),
  nesterov: optional(boolean),
  beta1: optional(number),
  beta2: optional(number),
  weightDecay: optional(number),
  adamwLearningRate: optional(number),
  adamwLayers: optional(list(string)),
  /** The largest norm of all gradients together; absent for no clipping by norm. */
  clipNorm: optional(number),
  /** The largest magnitude of a gradient; absent for no clipping by value. */
  clipValue: optional(number),
  schedule: either('the name or the module of a schedule', nameIn(plainScheduleKinds), ownObject),
  warmUp: number,
  shift: number,
  rotation: number,
  scale: number,
  shear: number,
  elastic: number,
  /** The probability that an image is mirrored left to right; absent for never. */
  flip: optional(number),
  /** In place of these distortions. */
  augmentation: optional(ownObject),
  /** The last part of the run, without augmentation, from 0 to 1. */
  closeAugmentation: number,
  /** The part of the images, with the largest losses, that the end of the run trains on; 0 for all, absent in runs of longhand 0.1.0. */
  hardExamples: optional(number),
  /** The part of the run before; absent for half of it. */
  hardExamplesAfter: optional(number),
  labelSmoothing: number,
  /** The files of models to learn from besides the labels. */
  teacher: optional(list(string)),
  temperature: optional(number),
  /** The teacher's part of the loss, from 0 to 1. */
  teacherWeight: optional(number),
  /** The decay of the moving average of the weights; 0 for none. */
  averageDecay: number,
  seed: number,
  kernels: oneOf(...kernelNames),
  data: optional(string),
  /** Whether the images are stored with rows and columns exchanged; absent for as their names say. */
  transpose: optional(boolean),
  imageSize: optional(string),
  classes: optional(list(string)),
  limit: optional(number),
  /**
   * The number of training images in the validation split, or their part if it is below 1; 0 for none; `val` for the validation part of
   * the data. Absent before the data are read: theirs, where they have one.
   */
  validation: optional(either('a number, or val', number, oneOf('val'))),
  patience: optional(number),
  targetAccuracy: optional(number),
  metric: optional(list(ownObject)),
};

/** Everything that the result of a run depends on, besides the data. */
const runSettings = object(settingEntries);

/** The names of all settings. */
export const settingNames: readonly string[] = Object.keys(settingEntries);

export type RunSettings = Readonly<Output<typeof runSettings>>;

/** One of the names of a registry. */
function nameIn<Registry extends object>(registry: Registry) {
  return where<keyof Registry & string>(`one of ${Object.keys(registry).join(', ')}`, (value) =>
    Object.keys(registry).some((name) => name === value),
  );
}

/** The settings that name the network. */
type NamedNetworkSettings = { readonly network?: string; readonly model?: string; readonly from?: string };

/** Those, and what others depend on. */
type SettingsWithMeaning = NamedNetworkSettings & { readonly recipe?: string; readonly hardExamples?: number };

/** What a preset needs. A network of one's own, or that of a model, has the last two in its file. */
const ofPresets = ['network', 'activation', 'pooling'] as const;

/**
 * The settings that a run is made of: without a preset's beside a network of one's own or that of a model, and there without a recipe
 * that says nothing of such networks, which earlier versions recorded; and without the beginning of hard examples where there are none.
 */
export function settingsInUse<Settings extends SettingsWithMeaning>(settings: Settings): Settings {
  const { model, from, recipe = '', hardExamples } = settings;
  const isPreset = model === undefined && from === undefined;
  const saysNothing = recipeNames.some((name) => name === recipe && Object.keys(recipes[name].own).length === 0);
  const unused: readonly string[] = [
    ...(isPreset ? [] : ofPresets),
    ...(!isPreset && saysNothing ? ['recipe'] : []),
    ...(hardExamples === 0 ? ['hardExamplesAfter'] : []),
  ];
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !unused.includes(name))) as Settings;
}

/**
 * Settings from plain data: those that a run is made of.
 *
 * @throws the error of the options, for a name that is no setting and a value of another type
 */
export function parseSettings(settings: object, options: ParseOptions): RunSettings {
  return settingsInUse<RunSettings>(parseJson(runSettings, settings, options));
}

/** The name of a setting that a preset needs and the settings lack; undefined if there is none. */
export function missingSetting({ model, from, ...others }: NamedNetworkSettings): string | undefined {
  if (model !== undefined || from !== undefined) return undefined;
  return (['recipe', ...ofPresets] as const).find((name) => !Object.hasOwn(others, name));
}

/** The network of a run, for headings. */
export function networkTitle({ network, model, from }: NamedNetworkSettings): string {
  return from ?? model ?? network ?? '';
}

/** The name of the network for the model's file; a network taken from another model has none of its own. */
export function networkName({ network, model, from }: RunSettings): string | undefined {
  if (from !== undefined) return undefined;
  return model === undefined ? network : nameOf(model);
}

/** The default name of a run; runs of the same stem are numbered. */
export function stemOf(settings: RunSettings): string {
  return networkName(settings) ?? 'trained-further';
}

/** The options of `train` that change no result. */
export interface RunOptions {
  readonly threads?: number;
  /** Vectors of 256 bits. */
  readonly wideVectors?: boolean;
  readonly name?: string;
  readonly force?: boolean;
  readonly resume?: string;
  /** The files of the user's own modules that may run. */
  readonly module?: readonly string[];
  readonly config?: string;
  readonly seeds?: number;
  /** Steps between checkpoints, besides those at the end of each epoch. */
  readonly checkpointEvery?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The settings of one recipe for one network. */
export type Recipe = Partial<RunSettings>;

/** The settings that an augmentation of the user's own takes the place of. */
export const distortionNames: readonly string[] = ['shift', 'rotation', 'scale', 'shear', 'elastic', 'flip'];

/** Distortions as in handwriting, and a tail without augmentation, in which the network sees digits as they are. */
const distortions: Recipe = { shift: 1.5, rotation: 10, scale: 0.1, shear: 0.1, elastic: 1, closeAugmentation: 0.1 };

/** Running means that forget soon, and much decay: both learn more, in a thousand steps and in many. */
const forgetful: Recipe = { beta1: 0.8, beta2: 0.95, weightDecay: 0.1 };

/** Its last part has the hardest images of those before it. */
const oneEpoch: Recipe = { ...forgetful, epochs: 1, hardExamples: 0.1, hardExamplesAfter: 0.7 };

function quick(network: PresetName): Recipe {
  const { adamw, hardExamples, ...settings } = quickSettings(network);
  return { ...settings, ...adamw, ...(hardExamples && chosenBy(hardExamples)) };
}

function chosenBy({ fraction, after }: HardExamples): Recipe {
  return { hardExamples: fraction, ...(after !== undefined && { hardExamplesAfter: after }) };
}

/** The activation and pooling of the networks that recipes were chosen for: the same in every recipe. */
const { activation, pooling } = quickSettings('sprint');
const fast: Recipe = { activation, pooling };

/** A long run with distortions. Its last part has the hardest images, and its very last those undistorted. */
function long(epochs: number, learningRate: number): Recipe {
  const hard: Recipe = { hardExamples: 0.25, hardExamplesAfter: 0.6 };
  return { ...distortions, ...fast, ...forgetful, ...hard, learningRate, epochs, batchSize: 128 };
}

/**
 * The settings of each recipe for each preset, and for a network of your own. The other settings have their defaults. All values were
 * chosen on validation digits.
 */
export const recipes: Readonly<Record<RecipeName, Readonly<Record<PresetName | 'own', Recipe>>>> = {
  quick: {
    'lenet-documented': quick('lenet-documented'),
    sprint: quick('sprint'),
    lenet5: quick('lenet5'),
    wide: quick('wide'),
    'pytorch-mnist': quick('pytorch-mnist'),
    'resnet-small': quick('resnet-small'),
    own: {},
  },
  sprint: {
    // What nobody has chosen a network for.
    'lenet-documented': { ...oneEpoch, ...fast, network: 'sprint', learningRate: 0.03 },
    sprint: { ...oneEpoch, ...fast, learningRate: 0.03 },
    lenet5: oneEpoch,
    wide: oneEpoch,
    'pytorch-mnist': oneEpoch,
    'resnet-small': oneEpoch,
    own: oneEpoch,
  },
  thorough: {
    'lenet-documented': long(40, 0.03),
    sprint: long(40, 0.03),
    // With a dozen times the parameters of the documented network it takes more distortion.
    lenet5: { ...long(40, 0.01), elastic: 4 },
    wide: { ...distortions, epochs: 15 },
    'pytorch-mnist': { ...distortions, epochs: 15 },
    'resnet-small': long(16, 0.01),
    own: { ...distortions, epochs: 40 },
  },
};
