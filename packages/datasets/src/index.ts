export { type Augmentation, augmentation } from './augmentation/augmentation';
export type { AugmentationOptions, Distortion } from './augmentation/distortion';
export { batchCount, shuffledIndices } from './batches';
export { bytesOf } from './bytes';
export { type CifarFile, type CifarFiles, imageDatasetOfCifar } from './cifar';
export { checkClassNames, parseClassNames } from './class-names';
export { type AlphaImage, encodeAlphaPng, encodeStoredPng } from './codecs/png-file';
export { DatasetError } from './dataset-error';
export { type Duplicates, type EqualImages, findDuplicates } from './duplicates';
export { fitImage, type ImageSize, middleOf, type PictureBox } from './fit-image';
export { framedImage, imageInLayout } from './framed-image';
export { type GatherOptions, gatherTargets } from './gather';
export { type IdxArray, type IdxSource, type IdxType, readIdx, writeIdx } from './idx';
export { type IdxPair, imageDatasetOfIdx } from './idx-dataset';
export { checkRasterImage, type RasterImage } from './image';
export {
  type ImageDataset,
  type ImageDatasetParts,
  type IndexRange,
  imageAt,
  imageDataset,
  imageSize,
  joinedDatasets,
  splitValidation,
  subset,
} from './image-dataset';
export { type LabelArray, labelArray, labelsFrom } from './labels';
export {
  backgroundBytes,
  type DataLayout,
  type Framing,
  layoutText,
  type MeasuredLayout,
  measureLayout,
  mnistLayout,
  storedLayout,
} from './layout';
export {
  channelNormalizations,
  type Normalization,
  normalizationOfChannels,
  normalizationToStore,
  pixelStatistics,
  storedNormalization,
} from './normalization';
