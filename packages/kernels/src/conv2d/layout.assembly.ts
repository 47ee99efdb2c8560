/** Copies in another memory layout, for the kernels that read them: padded, channel by channel, image by image, or in the order of a table. */
import { transpose } from '../dense/dense.assembly';

@unmanaged
export class CopyImageArguments {
  /** `[height, width, channels, batch]` */
  from: usize;
  to: usize;
  batchStride: usize;
  height: usize;
  width: usize;
  channels: usize;
  /** Bytes between two rows of the copy. */
  toRow: usize;
  toPixel: usize;
  toChannel: usize;
}

/** Copies an image to other strides: into the middle of a padded one, or channel by channel. */
export function copyImage(args: CopyImageArguments): void {
  let from = args.from;
  const to = args.to;
  const batchStride = args.batchStride;
  const height = args.height;
  const width = args.width;
  const channels = args.channels;
  const toRow = args.toRow;
  const toPixel = args.toPixel;
  const toChannel = args.toChannel;
  for (let h: usize = 0; h < height; h++) {
    for (let w: usize = 0; w < width; w++) {
      let target = to + h * toRow + w * toPixel;
      for (let c: usize = 0; c < channels; c++) {
        for (let image: usize = 0; image < batchStride; image += 16) v128.store(target + image, v128.load(from + image));
        from += batchStride;
        target += toChannel;
      }
    }
  }
}

@unmanaged
export class TransposeImageArguments {
  /** `[height, rowNumbers, batch]` */
  from: usize;
  /** The first pixel of the first image. */
  to: usize;
  batchStride: usize;
  height: usize;
  /** width · channels */
  rowNumbers: usize;
  /** Bytes between two rows of an image of the copy. */
  toRow: usize;
  /** Bytes between two images of the copy. */
  toImage: usize;
}

/** Copies images that lie side by side to image after image, `[batch, height, rowNumbers]` at the strides given. */
export function transposeImage(args: TransposeImageArguments): void {
  const batchStride = args.batchStride;
  const rowNumbers = args.rowNumbers;
  const toImage = args.toImage;
  let from = args.from;
  let to = args.to;
  for (let h = args.height; h > 0; h--) {
    transpose(from, to, batchStride, rowNumbers, toImage);
    from += rowNumbers * batchStride;
    to += args.toRow;
  }
}

/** Gathers numbers: `to[k] = from[offsets[k] / 4]`, with `offsets` in bytes, u32. */
export function gatherNumbers(from: usize, offsets: usize, to: usize, count: usize): void {
  for (let k: usize = 0; k < count; k++) {
    store<f32>(to + (k << 2), load<f32>(from + load<u32>(offsets + (k << 2))));
  }
}
