/**
 * What is around the ink besides its paper: a photograph may show a table beside the sheet and lines printed on it, a drawing shows
 * neither.
 */
import type { GrayImage } from './gray-image';
import { type WithoutRules, withoutRules } from './rules';
import { islandOf, type Region, regionsOf, sheetMask, sheetOf } from './sheet';

/** Takes printed lines out of a foreground, whose noise has a level. */
export type RuleRemoval = (foreground: GrayImage, noise: number) => Pick<WithoutRules, 'foreground' | 'isRule'>;

/** How a picture is searched for what does not belong to the ink. */
export interface Surroundings {
  /** What is found before the polarity of the ink is known. */
  readonly around: (image: GrayImage) => {
    /** The sheet, where a table is seen around it. */
    readonly island: Region | undefined;
    /** 1 for each pixel of the sheet, else 0, by the polarity of the ink. */
    readonly sheetFor: (darkOnLight: boolean) => Uint8Array;
  };
  readonly withoutRules: RuleRemoval;
}

/** A photograph of a sheet. */
export const photographed: Surroundings = {
  around(image) {
    const regions = regionsOf(image);
    return {
      island: islandOf(regions),
      sheetFor: (darkOnLight) => sheetMask(regions, sheetOf(regions, darkOnLight), image),
    };
  },
  withoutRules,
};

/** A drawing: all of it is the sheet, and nothing is printed there. */
export const drawn: Surroundings = {
  around: ({ pixels: { length } }) => ({
    island: undefined,
    sheetFor: () => new Uint8Array(length).fill(1),
  }),
  withoutRules: (foreground) => ({ foreground, isRule: new Uint8Array(foreground.pixels.length) }),
};
