export type { Box, GrayImage } from './gray-image';
export {
  type DigitOptions,
  type DigitSteps,
  type PreparedDigit,
  prepareDigit,
  prepareDrawing,
  segmentDigits,
} from './prepare-digit';
export {
  type PicturePlan,
  type PreparedImage,
  type PreparedPictures,
  preparePicture,
  takesInk,
} from './prepare-picture';
