export { type Augmentation, augmentation } from './augmentation/augmentation';
export type { AugmentationOptions, Distortion } from './augmentation/distortion';
export { batchCount, shuffledIndices } from './batches';
export { checkClassNames, parseClassNames } from './class-names';
export { type AlphaImage, encodeAlphaPng } from './codecs/png-file';
export { DatasetError } from './dataset-error';
export { type GatherOptions, gatherImages, gatherTargets } from './gather';
export { type IdxArray, type IdxSource, type IdxType, readIdx, writeIdx } from './idx';
export { type IdxPair, imageDatasetOfIdx } from './idx-dataset';
export { checkRasterImage, type RasterImage } from './image';
export {
  type ImageDataset,
  type ImageDatasetParts,
  type IndexRange,
  imageDataset,
  splitValidation,
  subset,
} from './image-dataset';
export {
  checkNormalization,
  type Normalization,
  normalizationToStore,
  pixelStatistics,
  storedNormalization,
} from './normalization';
