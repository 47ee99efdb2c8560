/**
 * Data augmentation: each time an image is used, it is translated, rotated, scaled, sheared and elastically deformed at random, so
 * that a network never sees the same image twice.
 */
import { builtIn } from '@longhand/schema';
import { OptionError } from '@longhand/tensor';
import { type AugmentationOptions, type Distortion, distortion } from './distortion';

/** Random transformations of images. */
export interface Augmentation<Described extends object = object> {
  /** The options as plain data, for files and workers. */
  readonly description: Described;
  /** Whether all options are 0. */
  readonly isIdle: boolean;
  /** The distortion of images of one size, in pixels. */
  prepare(size: { readonly height: number; readonly width: number }): Distortion;
}

/**
 * Every parameter is uniform between minus and plus its option. All transformations are applied at once, by one resampling.
 *
 * @throws OptionError when an option is out of range
 * @example augmentation({ shift: 1.5, rotation: 8, scale: 0.08 })
 */
export function augmentation(options: AugmentationOptions = {}): Augmentation<Required<AugmentationOptions>> {
  const { shift = 0, rotation = 0, scale = 0, shear = 0, elastic = 0 } = options;
  const description = { shift, rotation, scale, shear, elastic };
  const bounds = { shift: 1000, rotation: 180, scale: 1, shear: 1, elastic: 100 };
  for (const name of Object.keys(description) as (keyof typeof description)[]) {
    const [value, bound] = [description[name], bounds[name]];
    if (!(value >= 0 && value < bound)) {
      throw new OptionError(`augmentation: expected a number from 0 to below ${bound} as ${name}, got ${value}`);
    }
  }
  return builtIn({
    description,
    isIdle: Object.values(description).every((value) => value === 0),
    prepare: (size) => distortion(description, size),
  });
}
