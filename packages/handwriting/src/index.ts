export {
  type Character,
  type CharacterOptions,
  type PreparedMark,
  type SoleDigit,
  segmentCharacters,
  segmentDigits,
  soleDigit,
} from './characters';
export type { Box, GrayImage } from './gray-image';
export type { Mark } from './marks';
export { type DigitOptions, type DigitSteps, type PreparedDigit, prepareDigit, prepareDrawing } from './prepare-digit';
export {
  type PicturePlan,
  type PreparedCharacter,
  type PreparedImage,
  type PreparedPictures,
  preparePicture,
  takesInk,
} from './prepare-picture';
export type { Classify } from './touching';
