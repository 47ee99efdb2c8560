/** The part of the package that reads and writes files, apart so that pages can bundle the rest. */

export { type DecodeOptions, decodeImage, type ReadImageOptions, readImage } from './codecs/decode-image';
export { encodePng } from './codecs/encode-png';
export { encodeNpz, type NpzArray } from './encode-npz';
export { readDecompressed, readIdxFile, readShared, readSharedAsync, writeIdxFile } from './idx-file';
export { type LoadDataOptions, type LoadedData, loadData, loadImages, loadUnlabeled } from './load-data';
export { type BoundedReading, readBounded } from './read-bounded';
export type { RawPart, ReadOptions, Split } from './readers/raw-data';
export { sharedBytes } from './shared-bytes';
