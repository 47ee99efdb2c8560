/** The part of the package that reads and writes files, apart so that pages can bundle the rest. */

export { type DecodeOptions, decodeImage, readImage } from './codecs/decode-image';
export { encodePng } from './codecs/encode-png';
export { type IdxFileOptions, readDecompressed, readIdxFile, writeIdxFile } from './idx-file';
export { type FolderClassNames, loadClassNames, loadIdxFolder, type Split } from './idx-folder';
