/** Images in the memory layouts that the convolution's kernels walk through: as they are, padded, or channel by channel. */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdModule } from '../contract/simd-binding';
import type { Conv2dGeometry } from './conv2d';

/**
 * L1 set conflicts: pixels a large power of two apart map to the same few sets of the first cache, so a loop over pixels evicts
 * what it has just read. With at least sixteen images that is so for a multiple of eight channels, 512 bytes.
 */
export function hasCacheSetConflicts(channels: number): boolean {
  return channels > 1 && channels % 8 === 0;
}

/** An image as the kernels walk through it: its address, and the strides of its axes in bytes. */
export interface Image {
  readonly address: number;
  readonly height: number;
  readonly width: number;
  readonly row: number;
  readonly pixel: number;
  readonly channel: number;
  /** Copies the image to this layout; absent where it is used as it is. */
  readonly copy: (() => void) | undefined;
}

/** Whether windows reach beyond the image. */
export function needsPadding(g: Conv2dGeometry): boolean {
  const { height, width } = extents(g);
  return height > g.inHeight || width > g.inWidth;
}

/** The extents of the image with its padding, as far as windows reach. */
function extents(g: Conv2dGeometry): { height: number; width: number } {
  return {
    height: Math.max(
      g.padTop + g.inHeight,
      (g.outHeight - 1) * g.strideHeight + (g.kernelHeight - 1) * g.dilationHeight + 1,
    ),
    width: Math.max(
      g.padLeft + g.inWidth,
      (g.outWidth - 1) * g.strideWidth + (g.kernelWidth - 1) * g.dilationWidth + 1,
    ),
  };
}

/** The image of a geometry: at its own address, or copied to another layout. */
export function imageIn(
  module: SimdModule,
  g: Conv2dGeometry,
  x: number,
  layout: 'as it is' | 'padded' | 'by channel',
): Image {
  const batchStride = g.batch * numberBytes;
  const { height, width } = layout === 'as it is' ? { height: g.inHeight, width: g.inWidth } : extents(g);
  const byChannel = layout === 'by channel';
  const pixel = byChannel ? batchStride : g.inChannels * batchStride;
  const row = width * pixel;
  const channel = byChannel ? height * row : batchStride;
  if (layout === 'as it is') return { address: x, height, width, row, pixel, channel, copy: undefined };
  // The padding around the copied image is zero and stays so.
  const address = module.memory.reserve(height * width * g.inChannels * batchStride);
  const copy = bindFunction(module, 'copyImage', {
    from: x,
    to: address + g.padTop * row + g.padLeft * pixel,
    batchStride,
    height: g.inHeight,
    width: g.inWidth,
    channels: g.inChannels,
    toRow: row,
    toPixel: pixel,
    toChannel: channel,
  });
  return { address, height, width, row, pixel, channel, copy };
}

/** Images one after another, each `[height, width, channels]` with its padding. */
export interface SeparateImages {
  readonly address: number;
  /** Bytes between two images. */
  readonly imageBytes: number;
  /** Bytes between two rows. */
  readonly row: number;
  /** Copies the images to where they are. */
  readonly copy: () => void;
}

/**
 * The images of a geometry one after another, with the padding that windows reach.
 *
 * @param imageBytesOf bytes between two images, for so many numbers in each
 * @param rows whether rows of padding are there, or columns alone. Default: true
 */
export function separateImages(
  module: SimdModule,
  g: Conv2dGeometry,
  x: number,
  imageBytesOf: (numbers: number) => number,
  rows = true,
): SeparateImages {
  const { height: reached, width } = needsPadding(g) ? extents(g) : { height: g.inHeight, width: g.inWidth };
  const height = rows ? reached : g.inHeight;
  const pixel = g.inChannels * numberBytes;
  const row = width * pixel;
  const imageBytes = imageBytesOf(height * width * g.inChannels);
  // The padding around the copied images is zero and stays so.
  const address = module.memory.reserve(g.batch * imageBytes);
  const whole = width === g.inWidth;
  const copy = bindFunction(module, 'transposeImage', {
    from: x,
    to: address + (rows ? g.padTop : 0) * row + g.padLeft * pixel,
    batchStride: g.batch * numberBytes,
    // Without columns of padding all rows are one.
    height: whole ? 1 : g.inHeight,
    rowNumbers: g.inWidth * g.inChannels * (whole ? g.inHeight : 1),
    toRow: row,
    toImage: imageBytes,
  });
  return { address, imageBytes, row, copy };
}

/** An image copied channel by channel, `[channels, height, width, batch]`. */
export function planes(
  module: SimdModule,
  from: number,
  size: { readonly batchStride: number; readonly height: number; readonly width: number; readonly channels: number },
): { address: number; copy: (() => void) | undefined; pixel: number; channel: number } {
  const { batchStride, height, width, channels } = size;
  const channel = height * width * batchStride;
  const address = module.memory.reserve(channels * channel);
  const copy = bindFunction(module, 'copyImage', {
    from,
    to: address,
    batchStride,
    height,
    width,
    channels,
    toRow: width * batchStride,
    toPixel: batchStride,
    toChannel: channel,
  });
  return { address, copy, pixel: batchStride, channel };
}
