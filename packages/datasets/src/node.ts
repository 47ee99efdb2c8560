/** The part of the package that reads and writes files, apart so that pages can bundle the rest. */

export { loadCifarFolder } from './cifar-folder';
export { type DecodeOptions, decodeImage, type ReadImageOptions, readImage } from './codecs/decode-image';
export { encodePng } from './codecs/encode-png';
export { type FolderClassNames, loadClassNames, loadDatasetFolder } from './dataset-folder';
export { type IdxFileOptions, readDecompressed, readIdxFile, writeIdxFile } from './idx-file';
export { type FolderOptions, loadIdxFolder, type Split } from './idx-folder';
export { type BoundedReading, readBounded } from './read-bounded';
