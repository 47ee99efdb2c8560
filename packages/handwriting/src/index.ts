export type { Box, GreyImage } from './gray-image';
export {
  type DigitOptions,
  type DigitSteps,
  type PreparedDigit,
  prepareDigit,
  splitDigits,
} from './prepare-digit';
