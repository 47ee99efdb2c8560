export {
  type DisputedLabel,
  disputedTestLabels,
  type HardDigit,
  type HardDigitsModel,
  type HardTestDigits,
  hardTestDigits,
} from './hard-test-digits';
export { type MnistFile, mnistFiles, mnistNormalization } from './mnist';
