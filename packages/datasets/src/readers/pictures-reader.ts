/**
 * Folders of pictures, a folder for each class: `0/1.png`, `train/cat/7.jpg`, `mnist_png/testing/3/12.png`. Pictures of a part without a
 * class, such as `test/1.png`, are to be predicted. What cannot be decoded is left out and said, as long as it is little.
 */
import { join } from 'node:path';
import { readImage } from '../codecs/decode-image';
import { DatasetError } from '../dataset-error';
import type { RasterImage } from '../image';
import { type DataEntry, folderOf, grouped } from './data-entry';
import type { DecodedPart, DecodedPictures, ListedPicture } from './decoded-pictures';
import { cachedPictures, keepPictures } from './picture-cache';
import { type PicturePlan, PictureStack, planPictures } from './picture-stack';
import { assigned, type RawData, type RawLabels, type RawPart, type ReadOptions, splitInName } from './raw-data';
import type { DataReader } from './reader';

/** So many may be damaged, as a share of all. */
const MOST_DAMAGED = 0.02;
const SAMPLE = 256;

export const picturesReader: DataReader = {
  title: 'folders of pictures',
  find(entry) {
    const pictures = listed(entry);
    if (pictures.length === 0) return undefined;
    return { kind: 'pictures', load: (options) => load(entry, pictures, options) };
  },
};

function listed(entry: DataEntry): readonly ListedPicture[] {
  const files = entry.files.filter((file) => /\.(png|jpe?g|webp|bmp|gif)$/i.test(file));
  const folders = files.map((file) =>
    folderOf(file)
      .split('/')
      .filter((name) => name !== ''),
  );
  const common = commonFolders(folders);
  return files.map((file, at) => {
    const path = folders[at];
    const split = path.map(splitInName).find((part) => part !== undefined);
    const classes = path.slice(common).filter((name) => splitInName(name) === undefined);
    return { file, split, className: classes.length === 0 ? undefined : classes.join('/') };
  });
}

/** How many folders all paths begin with; one alone keeps its last, which is a class. */
function commonFolders(paths: readonly (readonly string[])[]): number {
  const [first = []] = paths;
  let common = first.length;
  for (const path of paths) {
    let at = 0;
    while (at < common && path[at] === first[at]) at++;
    common = at;
  }
  return common;
}

async function load(entry: DataEntry, pictures: readonly ListedPicture[], options: ReadOptions): Promise<RawData> {
  const { parts, words, leftOut } = decoded(entry, pictures, options);
  const notes = [...(words === '' ? [] : [words]), ...leftOut];
  return { kind: 'pictures', name: entry.name, ...assigned(parts, notes) };
}

function decoded(entry: DataEntry, pictures: readonly ListedPicture[], options: ReadOptions) {
  const pathOf = ({ file }: ListedPicture): string => join(entry.folder, file);
  const found = cachedPictures(entry, pictures, options);
  const whole = found ?? decodeAll(pictures, pathOf, options);
  if (found === undefined) keepPictures(entry, pictures, whole, options);
  const { plan } = whole;
  const parts = whole.parts.map((part) => {
    const { split, className, images, count } = part;
    const of = pictures.filter(
      (one) => groupOf(one) === groupOf({ split, className: className === 'known' ? '' : undefined }),
    );
    const left = new Set(part.leftOut);
    const kept = of.filter((_, at) => !left.has(at));
    const { height, width, channels } = plan;
    const raw: RawPart = { images, count, height, width, channels, where: join(entry.folder, folderOf(of[0].file)) };
    return { split, part: className === 'known' ? { ...raw, labels: namesOf(kept) } : raw };
  });
  const damaged = whole.parts.reduce((sum, { leftOut }) => sum + leftOut.length, 0);
  const note = `${damaged} ${damaged === 1 ? 'picture' : 'pictures'} that cannot be decoded left out`;
  return { parts, words: plan.words, leftOut: damaged === 0 ? [] : [note] };
}

/** Those of a part with classes, and those without. */
function groupOf({ split, className }: Pick<ListedPicture, 'split' | 'className'>): string {
  return `${split ?? ''}\0${className === undefined ? 'none' : 'known'}`;
}

function namesOf(pictures: readonly ListedPicture[]): RawLabels {
  const indices = new Map<string, number>();
  const values = new Uint32Array(pictures.length);
  for (const [at, { className = '' }] of pictures.entries()) {
    const index = indices.get(className) ?? indices.size;
    indices.set(className, index);
    values[at] = index;
  }
  return { kind: 'names', values, names: [...indices.keys()] };
}

function decodeAll(
  pictures: readonly ListedPicture[],
  pathOf: (picture: ListedPicture) => string,
  options: ReadOptions,
): DecodedPictures {
  const plan = planFor(pictures, pathOf, options);
  let done = 0;
  let damaged = 0;
  const parts = grouped(pictures, groupOf).map((group): DecodedPart => {
    const stack = new PictureStack(plan, group.length);
    const leftOut: number[] = [];
    for (const [at, picture] of group.entries()) {
      const raster = attempt(pathOf(picture), options);
      if (raster instanceof DatasetError) {
        leftOut.push(at);
        if (++damaged > Math.max(1, MOST_DAMAGED * pictures.length)) throw raster;
      } else stack.add(raster);
      if (++done % 1000 === 0) options.onProgress?.(done, pictures.length);
    }
    const { images, count } = stack.part;
    const className = group[0].className === undefined ? 'none' : 'known';
    return { split: group[0].split, className, images, count, leftOut };
  });
  return { plan, parts: parts.filter(({ count }) => count > 0) };
}

/** The size and channels by pictures from all over the list. */
function planFor(
  pictures: readonly ListedPicture[],
  pathOf: (picture: ListedPicture) => string,
  options: ReadOptions,
): PicturePlan {
  const step = Math.max(1, Math.floor(pictures.length / SAMPLE));
  const sample = pictures.filter((_, at) => at % step === 0).map((picture) => attempt(pathOf(picture), options));
  const rasters = sample.filter((picture) => !(picture instanceof DatasetError)) as RasterImage[];
  if (rasters.length > 0) return planPictures(rasters, options.size);
  throw sample[0] as DatasetError;
}

function attempt(path: string, { budget }: ReadOptions): RasterImage | DatasetError {
  try {
    return readImage(path, { budget });
  } catch (error) {
    if (error instanceof DatasetError) return error;
    throw error;
  }
}
