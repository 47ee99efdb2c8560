/** The markers of a JPEG file: its size, its components and its orientation, checked before anything of its size is allocated. */
import { DatasetError, damagedFile } from '../dataset-error';
import { checkSize } from '../image';
import { exifOrientation, type Orientation } from './orientation';

/** A progressive image has ten scans or so. A file with thousands would keep a decoder busy for hours. */
const MOST_SCANS = 40;

/** Codes of markers. Start-of-frame markers are C0 to CF, with three exceptions. */
const EXIF = 0xe1;
const ADOBE = 0xee;
export const SCAN = 0xda;
const END = 0xd9;
const noFrames = [0xc4, 0xc8, 0xcc];

/** What a JPEG file says before its pixels. */
export interface JpegHeader extends Frame {
  readonly orientation: Orientation;
  readonly colors: Colors;
}

/** What the components of a picture are. Adobe's programs store ink inverted: 255 is none. */
export type Colors = 'gray' | 'rgb' | 'luma and chroma' | 'inverted ink' | 'inverted ink as luma and chroma';

/** A component as the frame describes it. */
export interface FrameComponent {
  readonly id: number;
  /** Sampling factors from 1 to 4: its samples in a minimum coded unit, in blocks of 8 × 8. */
  readonly across: number;
  readonly down: number;
  /** The number of its quantization table. */
  readonly quantization: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  /** Whether coefficients come in several scans, from coarse to fine. */
  readonly progressive: boolean;
  readonly components: readonly FrameComponent[];
}

/**
 * Reads the markers of a JPEG file up to its end, leaving its pixels alone.
 *
 * @throws DatasetError when the file is damaged, of a kind that is never written, or larger than allowed
 */
export function readJpegHeader(bytes: Uint8Array, mostPixels: number, name: string): JpegHeader {
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
  const least = leastBytes(frame);
  if (bytes.length < least) {
    const size = `${frame.width} × ${frame.height} pixels`;
    throw damagedFile(name, `${least} bytes at least for ${size}`, String(bytes.length));
  }
  return { ...frame, orientation, colors: colorsOf(frame, adobeTransform, name) };
}

function colorsOf({ components }: Frame, adobeTransform: number | undefined, name: string): Colors {
  if (components.length === 1) return 'gray';
  if (components.length === 4) {
    if (adobeTransform === undefined) {
      throw new DatasetError(
        `${name}: expected gray or colors of red, green and blue, got four components; save it again as JPEG or PNG`,
      );
    }
    return adobeTransform === 2 ? 'inverted ink as luma and chroma' : 'inverted ink';
  }
  const isRgb = String.fromCharCode(...components.map(({ id }) => id)) === 'RGB';
  return isRgb || adobeTransform === 0 ? 'rgb' : 'luma and chroma';
}

/** A block takes at least two bits, its mean and its end; one bit in a progressive image. */
function leastBytes({ width, height, components, progressive }: Frame): number {
  const [across, down] = samplingOf(components);
  const units = Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down));
  const blocks = components.reduce((sum, c) => sum + units * c.across * c.down, 0);
  return Math.ceil((blocks * (progressive ? 1 : 2)) / 8);
}

/** The largest sampling factors, across and down: those of a component with as many samples as the picture has pixels. */
export function samplingOf(components: readonly FrameComponent[]): readonly [across: number, down: number] {
  return [Math.max(...components.map(({ across }) => across)), Math.max(...components.map(({ down }) => down))];
}

/** A marker with what belongs to it. */
export interface Segment {
  readonly marker: number;
  readonly content: Uint8Array;
  /** The index of the byte after it. */
  readonly end: number;
}

/** The segments of a JPEG file up to its end. The entropy-coded data of a scan are between its segment and the next. */
export function* segmentsOf(bytes: Uint8Array, name: string): Generator<Segment> {
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
    const end = at + 2 + length;
    yield { marker, content: bytes.subarray(at + 4, end), end };
    at = end;
    if (marker === SCAN) at = endOfScan(bytes, at);
  }
}

/** The index of the next marker after the entropy-coded data, which may contain restart markers and stuffed zeros. */
export function endOfScan(bytes: Uint8Array, from: number): number {
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
  const [depth, highHeight, lowHeight, highWidth, lowWidth, count] = content;
  if (marker > 0xc2 || depth !== 8) {
    throw new DatasetError(
      `${name}: expected a JPEG of the usual kind, 8 bits and baseline or progressive, got ${depth} bits and frame ${marker.toString(16)}; save it again as JPEG or PNG`,
    );
  }
  const [width, height] = [highWidth * 256 + lowWidth, highHeight * 256 + lowHeight];
  checkSize(width, height, mostPixels, name);
  if (content.length !== 6 + 3 * count || ![1, 3, 4].includes(count)) {
    throw damagedFile(name, 'a size with 1, 3 or 4 components', `${count} in ${content.length} bytes`);
  }
  const components = Array.from({ length: count }, (_, k) => {
    const [id, sampling, quantization] = content.subarray(6 + 3 * k);
    return { id, across: sampling >> 4, down: sampling & 15, quantization };
  });
  if (components.some(({ across, down }) => across < 1 || across > 4 || down < 1 || down > 4)) {
    throw damagedFile(name, 'sampling factors from 1 to 4', components.map((c) => `${c.across}×${c.down}`).join(' '));
  }
  // A single component has nothing to be sampled against.
  if (count === 1) components[0] = { ...components[0], across: 1, down: 1 };
  return { width, height, progressive: marker === 0xc2, components };
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
