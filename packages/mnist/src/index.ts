export { mnistNormalization } from './mnist';
