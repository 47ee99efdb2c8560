/** What no reader knows: said with what it is, where that can be seen, and what can be read. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { contentText } from '../codecs/decode-image';
import { DatasetError } from '../dataset-error';
import { type DataEntry, lastOf } from './data-entry';
import type { DataReader } from './reader';

/** Kinds of files that people have, by their endings, with what to do. */
const otherKinds: readonly (readonly [pattern: RegExp, what: string, advice: (file: string) => string])[] = [
  [
    /\.(tar|tgz|tar\.gz|tar\.bz2|tar\.xz)$/i,
    'an archive',
    (file) => `unpack it with tar -xf ${file}, and give what comes out`,
  ],
  [/\.zip$/i, 'an archive', (file) => `unpack it with unzip ${file}, and give what comes out`],
  [/\.(7z|rar|xz|bz2)$/i, 'a compressed file', () => 'unpack it, and give what comes out'],
  [/\.mat$/i, 'a file of MATLAB', () => 'save it in Python with numpy.savez(…, images=…, labels=…)'],
  [/\.(pkl|pickle|pt|pth|p)$/i, 'a pickle, which may run code when loaded', () => 'save it in Python with numpy.savez'],
  [/\.(h5|hdf5)$/i, 'HDF5', () => 'save it in Python with numpy.savez'],
  [/\.(tfrecords?)(-\d+-of-\d+)?$/i, 'a file of TensorFlow records', () => 'save it in Python with numpy.savez'],
  [/\.tfrecord/i, 'files of TensorFlow records', () => 'save them in Python with numpy.savez'],
  [/\.arrow$/i, 'a file of Arrow', () => 'save it in Python with to_parquet'],
  [/\.(ppm|pgm|pbm|tiff?|heic|avif|jxl)$/i, 'pictures of another format', () => 'save them as PNG'],
  [/\.(json|jsonl|xml)$/i, 'descriptions', () => 'give folders with pictures, one for each class'],
];

/** The refusal of a path at which no reader finds anything. */
export function refuseUnknown({ path, folder, files }: DataEntry, readers: readonly DataReader[]): DatasetError {
  const expected = `${path}: expected ${listed(readers.map(({ title }) => title))}`;
  if (files.length === 0) return new DatasetError(`${expected}, got an empty folder; check the path`);
  for (const [pattern, what, advice] of otherKinds) {
    const file = files.find((name) => pattern.test(name));
    if (file === undefined) continue;
    const found = join(folder, file);
    return new DatasetError(`${expected}, got ${what}, ${lastOf(file)}; ${advice(found)}`);
  }
  const [only, ...others] = files;
  const content = others.length > 0 ? '' : contentAt(join(folder, only));
  if (content !== '') return new DatasetError(`${expected}, got ${lastOf(only)}, ${content}; check the path`);
  const shown = files.slice(0, 3).map(lastOf).join(', ');
  return new DatasetError(`${expected}, got ${shown}${files.length > 3 ? ', …' : ''}; check the path`);
}

/** What the only file is, by its first bytes; empty where they cannot be read. */
function contentAt(path: string): string {
  try {
    // Others than plain files may be read once only, or wait for somebody who writes.
    if (!statSync(path).isFile()) return 'a device or a pipe';
    const descriptor = openSync(path, 'r');
    try {
      const head = new Uint8Array(12);
      return contentText(head.subarray(0, readSync(descriptor, head)));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}

function listed(titles: readonly string[]): string {
  return `${titles.slice(0, -1).join(', ')} or ${titles.at(-1)}`;
}
