/**
 * Augmentation: every time an image is seen it is moved, turned, stretched, slanted and bent a little, as another hand might have
 * written it. A network that never sees the same image twice learns what matters in it.
 */
import { OptionError } from '@longhand/tensor';
import { type Distortion, distortion } from './distortion';

export interface AugmentationOptions {
  /** How far images are moved at most along each axis, in pixels. */
  readonly shift?: number;
  /** How far they are turned at most, in degrees. */
  readonly rotation?: number;
  /** By what part each axis is stretched or shrunk at most, below 1. */
  readonly scale?: number;
  /** How far they are slanted at most: the sideways move of a row, as a part of its distance from the middle, below 1. */
  readonly shear?: number;
  /** How far single places are moved at most by a smooth bend, in pixels. */
  readonly elastic?: number;
}

/** Random changes of images, each as large as its option at most; what is left out or 0 is not done. */
export interface Augmentation {
  /** The options as plain data: for files, and for threads. */
  readonly description: Required<AugmentationOptions>;
  /** Whether nothing is changed at all. */
  readonly isIdle: boolean;
  /** The distortion of images of one size. */
  prepare(size: { readonly height: number; readonly width: number }): Distortion;
}

/**
 * Every change is drawn evenly between its option's two signs. They are made at once, by one map of places.
 *
 * @throws OptionError when an option is out of range
 * @example augmentation({ shift: 1.5, rotation: 8, scale: 0.08 })
 */
export function augmentation(options: AugmentationOptions = {}): Augmentation {
  const { shift = 0, rotation = 0, scale = 0, shear = 0, elastic = 0 } = options;
  const description = { shift, rotation, scale, shear, elastic };
  const bounds = { shift: 1000, rotation: 180, scale: 1, shear: 1, elastic: 100 };
  for (const name of Object.keys(description) as (keyof typeof description)[]) {
    const [value, bound] = [description[name], bounds[name]];
    if (!(value >= 0 && value < bound)) {
      throw new OptionError(`augmentation: expected a number from 0 to below ${bound} as ${name}, got ${value}`);
    }
  }
  return {
    description,
    isIdle: Object.values(description).every((value) => value === 0),
    prepare: (size) => distortion(description, size),
  };
}
