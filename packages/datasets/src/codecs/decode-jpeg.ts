/**
 * JPEG files as pixels. The decoder is jpeg-js; it trusts its input, so the size, the number of scans and the length of the data
 * are checked here first, and its memory is bounded.
 */
import jpeg from 'jpeg-js';
import { DatasetError, damagedFile } from '../dataset-error';
import { checkSize, type RasterImage } from '../image';
import { checkDecodingMemory } from './decoding-memory';
import { exifOrientation, type Orientation, upright } from './orientation';

/** The most bytes that the decoder allocates for a pixel: coefficients, rows of each component, RGB. */
const BYTES_PER_PIXEL = 64;
/** What it allocates for one of a photograph, measured. */
const USUAL_BYTES_PER_PIXEL = 28;
const SPARE_MEGABYTES = 16;

/** A progressive image has ten scans or so. A file with thousands would keep a decoder busy for hours. */
const MOST_SCANS = 40;

/** Codes of markers. Start-of-frame markers are C0 to CF, with three exceptions. */
const EXIF = 0xe1;
const ADOBE = 0xee;
const SCAN = 0xda;
const END = 0xd9;
const noFrames = [0xc4, 0xc8, 0xcc];

/**
 * The image of a JPEG file, upright.
 *
 * @throws DatasetError when the file is damaged, of a kind that is never written, or larger than allowed
 */
export function decodeJpeg(bytes: Uint8Array, mostPixels: number, name: string): RasterImage {
  const { width, height, orientation, isRgb } = readJpegHeader(bytes, mostPixels, name);
  checkDecodingMemory({ name, width, height, bytes: bytes.length + width * height * USUAL_BYTES_PER_PIXEL });
  const pixels = decoded(bytes, { megapixels: (width * height) / 1_000_000, isRgb, name });
  return upright({ width, height, channels: 3, pixels }, orientation);
}

interface Expectation {
  readonly megapixels: number;
  readonly isRgb: boolean;
  readonly name: string;
}

function decoded(bytes: Uint8Array, { megapixels, isRgb, name }: Expectation): Uint8Array {
  try {
    return jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      // The decoder stops if it finds another size than the header's.
      maxResolutionInMP: megapixels,
      maxMemoryUsageInMB: SPARE_MEGABYTES + megapixels * BYTES_PER_PIXEL,
      ...(isRgb ? { colorTransform: false } : {}),
    }).data;
  } catch (error) {
    throw damagedFile(name, 'whole JPEG data', `“${(error as Error).message}”`);
  }
}

/** What a JPEG file says before its pixels. */
interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** Whether its three components are red, green and blue, not luma and chroma. */
  readonly isRgb: boolean;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly isRgb: boolean;
  /** The number of blocks of 8 × 8 samples that are stored. */
  readonly blocks: number;
  /** A block takes at least two bits, its mean and its end; one bit in a progressive image. */
  readonly leastBits: number;
}

/**
 * Reads the markers of a JPEG file up to its end, leaving its pixels alone.
 *
 * @throws DatasetError when the file is damaged, of a kind that is never written, or larger than allowed
 */
function readJpegHeader(bytes: Uint8Array, mostPixels: number, name: string): JpegHeader {
  let frame: Frame | undefined;
  let orientation: Orientation = 1;
  let adobeTransform: number | undefined;
  let scans = 0;
  for (const { marker, content } of segmentsOf(bytes, name)) {
    if (marker >= 0xc0 && marker <= 0xcf && !noFrames.includes(marker)) {
      if (frame !== undefined) throw damagedFile(name, 'one picture', 'several');
      frame = readFrame(marker, content, mostPixels, name);
    } else if (marker === EXIF && text(content, 0, 6) === 'Exif\0\0')
      orientation = exifOrientation(content.subarray(6));
    else if (marker === ADOBE && text(content, 0, 5) === 'Adobe') adobeTransform = content[11];
    else if (marker === SCAN && ++scans > MOST_SCANS) throw damagedFile(name, `at most ${MOST_SCANS} scans`, 'more');
  }
  if (frame === undefined || scans === 0) throw damagedFile(name, 'a JPEG with a size and pixels', 'a file cut short');
  const { width, height, blocks, leastBits, isRgb } = frame;
  if (bytes.length * 8 < blocks * leastBits) {
    const least = Math.ceil((blocks * leastBits) / 8);
    throw damagedFile(name, `${least} bytes at least for ${width} × ${height} pixels`, String(bytes.length));
  }
  return { width, height, orientation, isRgb: adobeTransform === undefined ? isRgb : isRgb || adobeTransform === 0 };
}

interface Segment {
  readonly marker: number;
  readonly content: Uint8Array;
}

function* segmentsOf(bytes: Uint8Array, name: string): Generator<Segment> {
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff) throw damagedFile(name, `a marker at byte ${at}`, bytes[at].toString(16));
    if (marker === END) return;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = bytes[at + 2] * 256 + bytes[at + 3];
    if (length < 2 || at + 2 + length > bytes.length) {
      throw damagedFile(name, `a segment within ${bytes.length} bytes`, `one of ${length} at byte ${at}`);
    }
    yield { marker, content: bytes.subarray(at + 4, at + 2 + length) };
    at += 2 + length;
    if (marker === SCAN) at = endOfScan(bytes, at);
  }
}

/** The index of the next marker after the entropy-coded data, which may contain restart markers and stuffed zeros. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (
    at !== -1 &&
    at + 1 < bytes.length &&
    (bytes[at + 1] === 0 || (bytes[at + 1] >= 0xd0 && bytes[at + 1] <= 0xd7))
  ) {
    at = bytes.indexOf(0xff, at + 2);
  }
  return at === -1 ? bytes.length : at;
}

function readFrame(marker: number, content: Uint8Array, mostPixels: number, name: string): Frame {
  const [depth, highHeight, lowHeight, highWidth, lowWidth, components] = content;
  if (marker > 0xc2 || depth !== 8) {
    throw new DatasetError(
      `${name}: expected a JPEG of the usual kind, 8 bits and baseline or progressive, got ${depth} bits and frame ${marker.toString(16)}; save it again as JPEG or PNG`,
    );
  }
  const [width, height] = [highWidth * 256 + lowWidth, highHeight * 256 + lowHeight];
  checkSize(width, height, mostPixels, name);
  if (content.length !== 6 + 3 * components || ![1, 3, 4].includes(components)) {
    throw damagedFile(name, 'a size with 1, 3 or 4 components', `${components} in ${content.length} bytes`);
  }
  const sampling = Array.from({ length: components }, (_, k) => content[7 + 3 * k]);
  const [across, down] = [sampling.map((factors) => factors >> 4), sampling.map((factors) => factors & 15)];
  if (![...across, ...down].every((factor) => factor >= 1 && factor <= 4)) {
    throw damagedFile(name, 'sampling factors from 1 to 4', sampling.join(' '));
  }
  const unit = (size: number, factors: readonly number[]): number => Math.ceil(size / (8 * Math.max(...factors)));
  const blocks = sampling.reduce(
    (sum, _, k) => sum + unit(width, across) * across[k] * unit(height, down) * down[k],
    0,
  );
  const isRgb = text(Uint8Array.of(content[6], content[9], content[12]), 0, 3) === 'RGB';
  // With a single component, blocks outside the image are not stored.
  const least = components === 1 ? Math.ceil(width / 8) * Math.ceil(height / 8) : blocks;
  return { width, height, isRgb, blocks: least, leastBits: marker === 0xc2 ? 1 : 2 };
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
