/** Gray images and boxes in them, as the steps of the preparation hand them on. */

/** One byte for each pixel. What the number means is said where it is used. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** A part of an image: columns `left` to `right − 1` and rows `top` to `bottom − 1`. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
