export type { Box, GrayImage } from './gray-image';
export {
  type DigitOptions,
  type DigitSteps,
  type PreparedDigit,
  prepareDigit,
  segmentDigits,
} from './prepare-digit';
