/** The first image of a GIF file as pixels, by `omggif`: one file of JavaScript, in wide use. */
import { GifReader } from 'omggif';
import { DatasetError, damagedFile } from '../dataset-error';
import { checkSize, type RasterImage } from '../image';
import { checkDecodingMemory } from './decoding-memory';
import type { DecodingLimits } from './reduction';

/** @throws DatasetError when the file is damaged, or the image larger than allowed */
export function decodeGif(bytes: Uint8Array, { mostPixels, name }: DecodingLimits): RasterImage {
  try {
    const reader = new GifReader(bytes as Buffer);
    const { width, height } = reader;
    checkSize(width, height, mostPixels, name);
    const frame = reader.frameInfo(0);
    if (frame.x + frame.width > width || frame.y + frame.height > height) {
      throw damagedFile(name, `a first image within ${width} × ${height}`, `${frame.width} × ${frame.height}`);
    }
    checkDecodingMemory({ name, width, height, bytes: 5 * width * height + bytes.length });
    const pixels = new Uint8Array(4 * width * height);
    if (says(() => reader.decodeAndBlitFrameRGBA(0, pixels as Buffer))) {
      throw damagedFile(name, 'a whole GIF image', 'one that is cut short or too long');
    }
    return { width, height, channels: 4, pixels };
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    throw damagedFile(name, 'a whole GIF image', 'one that cannot be decoded');
  }
}

/** Whether some work prints anything: the library says of damaged data on the console, and goes on. */
function says(work: () => void): boolean {
  const { log } = console;
  let hasSaid = false;
  console.log = () => {
    hasSaid = true;
  };
  try {
    work();
    return hasSaid;
  } finally {
    console.log = log;
  }
}
