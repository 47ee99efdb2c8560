/** A folder with a data set in any layout that can be read: IDX files with MNIST's names, or CIFAR's binary files. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cifarFolderOf, loadCifarFolder } from './cifar-folder';
import { readClassNames } from './class-names-file';
import { DatasetError } from './dataset-error';
import { type FolderOptions, idxFolderOf, loadIdxFolder } from './idx-folder';
import type { ImageDataset } from './image-dataset';

/**
 * Loads one split of a folder: `loadCifarFolder` where there are files of CIFAR's, and `loadIdxFolder` elsewhere.
 *
 * @throws DatasetError when folder or files are missing or damaged, or files do not belong together
 * @example loadDatasetFolder({ folder: 'data/cifar-10-batches-bin', split: 'test' }).count // 10000
 */
export function loadDatasetFolder(options: FolderOptions): ImageDataset {
  const { folder } = options;
  refuseArchive(folder);
  if (cifarFolderOf(folder) !== undefined) return loadCifarFolder(options);
  if ([folder, join(folder, 'cifar-10-batches-py')].some((path) => existsSync(join(path, 'data_batch_1')))) {
    throw new DatasetError(
      `${folder}: expected CIFAR-10's binary version, got that for Python, whose files may run code when loaded; unpack cifar-10-binary.tar.gz`,
    );
  }
  return loadIdxFolder(options);
}

/** @throws DatasetError when it is the archive of a data set */
function refuseArchive(folder: string): void {
  if (!/\.(tar|tgz|tar\.gz|zip)$/i.test(folder) || !existsSync(folder) || statSync(folder).isDirectory()) return;
  const command = folder.toLowerCase().endsWith('.zip') ? 'unzip' : 'tar -xf';
  throw new DatasetError(
    `${folder}: expected a folder, got an archive; unpack it with ${command} ${folder}, and give the folder that comes out`,
  );
}

/** The names of a folder's classes, and the path of the file that holds them. */
export interface FolderClassNames {
  readonly file: string;
  readonly names: readonly string[];
}

/**
 * The names in the file `classes.txt` of a folder, one a line in the order of the labels: in the folder given or beside the files of
 * the data set. CIFAR's own files of names do as well. The result is undefined if there is none.
 *
 * @throws DatasetError when the folder is missing or the file cannot be read
 * @example loadClassNames({ folder: 'data/fashion' })?.names[0] // 'T-shirt'
 */
export function loadClassNames({ folder, budget }: Omit<FolderOptions, 'split'>): FolderClassNames | undefined {
  const cifar = cifarFolderOf(folder);
  const inner = cifar?.folder ?? idxFolderOf(folder, 'train');
  const files = [
    join(folder, 'classes.txt'),
    join(inner, 'classes.txt'),
    ...(cifar === undefined ? [] : [join(inner, cifar.layout.names)]),
  ];
  const file = files.find((path) => existsSync(path));
  return file === undefined ? undefined : { file, names: readClassNames(file, { budget }) };
}
