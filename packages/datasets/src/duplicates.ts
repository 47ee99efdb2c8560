/** Images that are there twice: within a part, and in both, where a test tells less than it seems to. */
import { type ImageDataset, imageAt } from './image-dataset';

/** A pair of equal images. */
export interface EqualImages {
  /** The index of the later one, of the test part where the two are in both. */
  readonly index: number;
  /** The index of the first one, of the training part where the two are in both. */
  readonly first: number;
}

/** What is there twice. */
export interface Duplicates {
  /** Pairs within the training part. */
  readonly train: readonly EqualImages[];
  /** Pairs within the test part. */
  readonly test: readonly EqualImages[];
  /** Test images that are also training images. */
  readonly both: readonly EqualImages[];
  /** How many of all these pairs have two labels. */
  readonly otherLabels: number;
}

/**
 * Finds equal images, byte by byte.
 *
 * @example
 * const [height, width] = [1, 1];
 * const train = imageDataset({ name: 'train', images: Uint8Array.of(1, 2), labels: Uint8Array.of(0, 1), height, width });
 * const test = imageDataset({ name: 'test', images: Uint8Array.of(2, 3), labels: Uint8Array.of(1, 0), height, width });
 * findDuplicates(train, test).both; // [ { index: 0, first: 1 } ]
 */
export function findDuplicates(train: ImageDataset, test: ImageDataset): Duplicates {
  const [ofTrain, ofTest] = [new ImageIndex(train), new ImageIndex(test)];
  const twice = (dataset: ImageDataset, index: ImageIndex): EqualImages[] =>
    pairsOf(dataset.count, (at) => index.add(imageAt(dataset, at), at));
  const found = { train: twice(train, ofTrain), test: twice(test, ofTest) };
  const both = pairsOf(test.count, (at) => ofTrain.find(imageAt(test, at)));
  const differ = (pairs: readonly EqualImages[], later: ImageDataset, first: ImageDataset): number =>
    pairs.filter((pair) => later.labels[pair.index] !== first.labels[pair.first]).length;
  const otherLabels = differ(found.train, train, train) + differ(found.test, test, test) + differ(both, test, train);
  return { ...found, both, otherLabels };
}

function pairsOf(count: number, firstOf: (index: number) => number | undefined): EqualImages[] {
  const pairs: EqualImages[] = [];
  for (let index = 0; index < count; index++) {
    const first = firstOf(index);
    if (first !== undefined) pairs.push({ index, first });
  }
  return pairs;
}

/** Images by a hash of their bytes. */
class ImageIndex {
  readonly #dataset: ImageDataset;
  readonly #byHash = new Map<number, number[]>();

  constructor(dataset: ImageDataset) {
    this.#dataset = dataset;
  }

  /** Adds an image, unless an equal one is there. @returns the index of that one */
  add(image: Uint8Array, index: number): number | undefined {
    const first = this.find(image);
    if (first !== undefined) return first;
    const hash = hashOf(image);
    const same = this.#byHash.get(hash);
    if (same === undefined) this.#byHash.set(hash, [index]);
    else same.push(index);
    return undefined;
  }

  find(image: Uint8Array): number | undefined {
    return this.#byHash.get(hashOf(image))?.find((index) => isEqual(imageAt(this.#dataset, index), image));
  }
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
