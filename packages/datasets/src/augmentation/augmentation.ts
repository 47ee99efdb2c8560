/**
 * Data augmentation: each time an image is used, it is translated, rotated, scaled, sheared, elastically deformed and mirrored at
 * random, so that a network never sees the same image twice.
 */
import { builtIn, checkOptions, type Entries, object, optional, unknown } from '@longhand/schema';
import { OptionError } from '@longhand/tensor';
import { type AugmentationOptions, type AugmentedSize, type Distortion, distortion } from './distortion';

/** Random transformations of images. */
export interface Augmentation<Described extends object = object> {
  /** The options as plain data, for files and workers. */
  readonly description: Described;
  /** Whether all options are 0. */
  readonly isIdle: boolean;
  /** The distortion of images of one size, in pixels. */
  prepare(size: AugmentedSize): Distortion;
}

// Their ranges are checked below.
const entries = {
  shift: optional(unknown),
  rotation: optional(unknown),
  scale: optional(unknown),
  shear: optional(unknown),
  elastic: optional(unknown),
  flip: optional(unknown),
} satisfies Entries<AugmentationOptions>;

/**
 * Every parameter is uniform between minus and plus its option, all channels are changed alike, and all transformations are applied
 * at once, by one resampling.
 *
 * @throws OptionError when an option is out of range
 * @example augmentation({ shift: 1.5, rotation: 8, scale: 0.08 }).isIdle; // false
 */
export function augmentation(options: AugmentationOptions = {}): Augmentation<Required<AugmentationOptions>> {
  const error = (message: string): OptionError => new OptionError(message);
  checkOptions(object(entries), options, { where: 'augmentation', error });
  const { shift = 0, rotation = 0, scale = 0, shear = 0, elastic = 0, flip = 0 } = options;
  const description = { shift, rotation, scale, shear, elastic, flip };
  const bounds = { shift: 1000, rotation: 180, scale: 1, shear: 1, elastic: 100 };
  for (const name of Object.keys(bounds) as (keyof typeof bounds)[]) {
    const [value, bound] = [description[name], bounds[name]];
    if (!(value >= 0 && value < bound)) {
      throw new OptionError(`augmentation: expected a number from 0 to below ${bound} as ${name}, got ${value}`);
    }
  }
  if (!(flip >= 0 && flip <= 1)) {
    throw new OptionError(`augmentation: expected a probability from 0 to 1 as flip, got ${flip}`);
  }
  return builtIn({
    description,
    isIdle: Object.values(description).every((value) => value === 0),
    prepare: (size) => distortion(description, size),
  });
}
