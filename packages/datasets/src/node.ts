/** The part of the package that reads and writes files, apart so that pages can bundle the rest. */
export { type IdxFileOptions, readDecompressed, readIdxFile, writeIdxFile } from './idx-file';
export { type FolderClassNames, loadClassNames, loadIdxFolder, type Split } from './idx-folder';
export { decodePicture, type PictureOptions, readPicture } from './pictures/decode-picture';
export { encodePicture } from './pictures/encode-picture';
