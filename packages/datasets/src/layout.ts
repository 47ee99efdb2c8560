/**
 * How the images of a data set lie in their frames, measured when they are loaded and kept in the files of models: pictures are
 * prepared as the images were that a model has learned from.
 *
 *   orientation   EMNIST stores images with rows and columns exchanged; in memory all images are upright
 *   background    from the outermost pixels of each image: their median is dark, or light
 *   framing       from the box around the ink: its longer side, and whether its middle or its center of mass is in the middle
 *   first label   EMNIST's letters are labeled from 1; in memory classes count from 0
 */
import { isRecord } from '@longhand/schema';
import { type ImageDataset, imageAt } from './image-dataset';

/** How an object lies in the frame. `extent` is the longer side of its box as a share of the frame. */
export type Framing =
  /** Its center of mass in the middle: MNIST's digits, of 20 in 28 pixels. */
  | { readonly kind: 'mass'; readonly extent: number }
  /** Its box in the middle: EMNIST's characters, of 24 in 28 pixels. */
  | { readonly kind: 'box'; readonly extent: number }
  /** Its box stretched to the whole frame in both directions. */
  | { readonly kind: 'stretched' }
  /** A picture, with no ink to be found: Fashion-MNIST, photographs. */
  | { readonly kind: 'whole' };

/** What is measured of a data set. */
export interface DataLayout {
  /** How its files store images. Those in memory are upright. */
  readonly orientation: 'upright' | 'transposed';
  /** What is behind the objects: `varied` for photographs. */
  readonly background: 'dark' | 'light' | 'varied';
  /** How much of the frame the objects fill, and where they lie in it. */
  readonly framing: Framing;
  /** The label of the first class in its files. */
  readonly firstLabel: number;
}

/** MNIST's layout, and that of models whose files say nothing. */
export const mnistLayout: DataLayout = {
  orientation: 'upright',
  background: 'dark',
  framing: { kind: 'mass', extent: 20 / 28 },
  firstLabel: 0,
};

/** More images would change no figure. */
const mostMeasured = 1000;
/** How far from the background ink begins, of 255 levels. */
const inkFrom = 25;
/**
 * Of images of ink the variance is near that of black and white alone, m (1 − m) with the mean m: MNIST 0.84, KMNIST 0.79, EMNIST
 * 0.77, by their published means and deviations; MNIST stretched to its frame 0.65. Fashion-MNIST 0.61, CIFAR-10 0.25. Small images are
 * mostly edges: USPS 0.48.
 */
const leastContrast = ({ height, width }: Pick<ImageDataset, 'height' | 'width'>): number =>
  Math.min(height, width) >= 24 ? 0.63 : 0.42;

/** What {@link measureLayout} finds in the images. */
export interface MeasuredLayout extends Pick<DataLayout, 'background' | 'framing'> {
  /** The mean width of the ink over its mean height; writing is taller than wide. Absent where there is no ink. */
  readonly aspect?: number;
}

/**
 * Measures polarity and framing of images.
 *
 * @example
 * import { loadMnist } from '@longhand/mnist/node';
 * measureLayout(loadMnist({ split: 'test' })).framing.kind; // 'mass'
 */
export function measureLayout(dataset: ImageDataset): MeasuredLayout {
  const step = Math.max(1, Math.floor(dataset.count / mostMeasured));
  const images = Array.from({ length: Math.min(dataset.count, mostMeasured) }, (_, k) => grayAt(dataset, k * step));
  const background = backgroundOf(images, dataset);
  const whole = { background, framing: { kind: 'whole' } } as const;
  if (background === 'varied' || contrastOf(images) < leastContrast(dataset)) return whole;
  const boxes = images.map((image) => inkBox(image, dataset, background)).filter((box) => box !== undefined);
  if (boxes.length === 0) return whole;
  const { height, width } = dataset;
  const frame = Math.min(height, width);
  const sides = boxes.map((box) => ({ height: box.bottom - box.top, width: box.right - box.left }));
  const shares = sides.map((side) => Math.min(side.height / height, side.width / width));
  const aspect = meanOf(sides.map((side) => side.width)) / meanOf(sides.map((side) => side.height));
  if (medianOf(shares) >= 0.9) return { background, aspect, framing: { kind: 'stretched' } };
  const extent = medianOf(sides.map((side) => Math.max(side.height, side.width))) / frame;
  const fromMiddle = (x: number, y: number): number => Math.max(Math.abs(x - width / 2), Math.abs(y - height / 2));
  const byMass = medianOf(boxes.map(({ massX, massY }) => fromMiddle(massX, massY)));
  const byBox = medianOf(
    boxes.map(({ left, right, top, bottom }) => fromMiddle((left + right) / 2, (top + bottom) / 2)),
  );
  return { background, aspect, framing: { kind: byMass <= byBox ? 'mass' : 'box', extent } };
}

/** The box around the ink, and its center of mass, in pixels from the top left corner. */
export interface InkBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly massX: number;
  readonly massY: number;
}

/** The ink of a gray image, undefined if there is none. */
export function inkBox(
  gray: ArrayLike<number>,
  { height, width }: Pick<ImageDataset, 'height' | 'width'>,
  background: DataLayout['background'],
): InkBox | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0];
  let [mass, massX, massY] = [0, 0, 0];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const ink = background === 'light' ? 255 - gray[at] : gray[at];
      if (ink <= inkFrom) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
      mass += ink;
      massX += ink * (x + 0.5);
      massY += ink * (y + 0.5);
    }
  }
  return mass === 0 ? undefined : { left, top, right, bottom, massX: massX / mass, massY: massY / mass };
}

/** Dark or light by the outermost pixels of a gray image, undefined if they are neither. */
export function borderOf(
  gray: ArrayLike<number>,
  { height, width }: Pick<ImageDataset, 'height' | 'width'>,
): 'dark' | 'light' | undefined {
  const median = medianOf(borderPixels(gray, { height, width }));
  if (median < 96) return 'dark';
  return median > 159 ? 'light' : undefined;
}

function borderPixels(
  gray: ArrayLike<number>,
  { height, width }: Pick<ImageDataset, 'height' | 'width'>,
): readonly number[] {
  const border: number[] = [];
  for (let x = 0; x < width; x++) border.push(gray[x], gray[(height - 1) * width + x]);
  for (let y = 1; y < height - 1; y++) border.push(gray[y * width], gray[y * width + width - 1]);
  return border;
}

function backgroundOf(images: readonly ArrayLike<number>[], size: ImageDataset): DataLayout['background'] {
  const borders = images.map((image) => borderOf(image, size));
  // Characters that fill their frame cover more than half of some borders.
  const enough = 0.8 * images.length;
  const of = (kind: 'dark' | 'light'): number => borders.filter((border) => border === kind).length;
  if (of('dark') >= enough) return 'dark';
  return of('light') >= enough ? 'light' : 'varied';
}

/** So many images say what the background is. */
const mostOfBackground = 200;

/**
 * The byte of each channel that images can be padded with, as when they are moved in their frames: what a light background
 * has there at most borders, and 0 for any other.
 *
 * @example
 * import { loadMnist } from '@longhand/mnist/node';
 * backgroundBytes(loadMnist({ split: 'test' })); // [ 0 ]
 */
export function backgroundBytes(dataset: ImageDataset): number[] {
  const { count, channels, height, width } = dataset;
  const step = Math.max(1, Math.floor(count / mostOfBackground));
  const indices = Array.from({ length: Math.min(count, mostOfBackground) }, (_, k) => k * step);
  const isLight =
    backgroundOf(
      indices.map((index) => grayAt(dataset, index)),
      dataset,
    ) === 'light';
  return Array.from({ length: channels }, (_, channel) => {
    if (!isLight) return 0;
    const borders = indices.map((index) => {
      const image = imageAt(dataset, index);
      const plane = Uint8Array.from({ length: height * width }, (__, pixel) => image[pixel * channels + channel]);
      return medianOf(borderPixels(plane, dataset));
    });
    return medianOf(borders);
  });
}

/** The variance of all pixels over that of black and white of the same mean. */
function contrastOf(images: readonly ArrayLike<number>[]): number {
  let [count, sum, squares] = [0, 0, 0];
  for (const image of images) {
    for (let k = 0; k < image.length; k++) {
      const share = image[k] / 255;
      count++;
      sum += share;
      squares += share * share;
    }
  }
  const mean = sum / count;
  return mean * (1 - mean) === 0 ? 0 : (squares / count - mean * mean) / (mean * (1 - mean));
}

/** An image in gray. */
function grayAt(dataset: ImageDataset, index: number): ArrayLike<number> {
  const { channels, height, width } = dataset;
  const image = imageAt(dataset, index);
  if (channels === 1) return image;
  return Float64Array.from({ length: height * width }, (_, pixel) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += image[pixel * channels + channel];
    return sum / channels;
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

/**
 * The layout in the JSON of a file, undefined when there is none or it is none.
 *
 * @example storedLayout({ orientation: 'upright', background: 'dark', framing: { kind: 'stretched' }, firstLabel: 0 })?.background; // 'dark'
 */
export function storedLayout(stored: unknown): DataLayout | undefined {
  if (!isRecord(stored)) return undefined;
  const { orientation, background, framing, firstLabel } = stored;
  if (orientation !== 'upright' && orientation !== 'transposed') return undefined;
  if (background !== 'dark' && background !== 'light' && background !== 'varied') return undefined;
  if (!(typeof firstLabel === 'number' && Number.isSafeInteger(firstLabel) && firstLabel >= 0)) return undefined;
  const of = storedFraming(framing);
  return of && { orientation, background, framing: of, firstLabel };
}

function storedFraming(stored: unknown): Framing | undefined {
  if (!isRecord(stored)) return undefined;
  const { kind, extent } = stored;
  switch (kind) {
    case 'mass':
    case 'box':
      return typeof extent === 'number' && extent > 0 && extent <= 1 ? { kind, extent } : undefined;
    case 'stretched':
    case 'whole':
      return { kind };
    default:
      return undefined;
  }
}

/**
 * A layout in words, for lines that people read.
 *
 * @example layoutText(mnistLayout); // 'light on dark, centered by mass, 71 % of the frame'
 */
export function layoutText({ orientation, background, framing, firstLabel }: DataLayout): string {
  const parts = [
    { dark: 'light on dark', light: 'dark on light', varied: 'varied backgrounds' }[background],
    framingText(framing),
    ...(orientation === 'transposed' ? ['stored transposed'] : []),
    ...(firstLabel > 0 ? [`labels from ${firstLabel}`] : []),
  ];
  return parts.join(', ');
}

function framingText(framing: Framing): string {
  switch (framing.kind) {
    case 'mass':
      return `centered by mass, ${Math.round(100 * framing.extent)} % of the frame`;
    case 'box':
      return `centered by its box, ${Math.round(100 * framing.extent)} % of the frame`;
    case 'stretched':
      return 'stretched to the frame';
    case 'whole':
      return 'whole pictures';
  }
}
