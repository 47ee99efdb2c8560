/** Pictures of a folder: listed with what their paths say, and decoded. */
import type { PicturePlan } from './picture-stack';
import type { splitInName } from './raw-data';

/** A picture with what its path says. */
export interface ListedPicture {
  readonly file: string;
  readonly split: ReturnType<typeof splitInName>;
  /** The class: the folders between that of the part and the file; absent where there is none. */
  readonly className: string | undefined;
}

/** Pictures of a part, decoded. */
export interface DecodedPart {
  readonly split: ListedPicture['split'];
  readonly className: 'known' | 'none';
  readonly images: Uint8Array;
  readonly count: number;
  /** The positions in the list of those that could not be decoded. */
  readonly leftOut: readonly number[];
}

/** All pictures of a folder, decoded. */
export interface DecodedPictures {
  readonly plan: PicturePlan;
  readonly parts: readonly DecodedPart[];
}
