export { type MnistFile, mnistFiles, mnistNormalization } from './mnist';
