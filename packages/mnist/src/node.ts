/** The part of the package that reads the installed files, apart so that pages can bundle the rest. */
export { loadMnist } from './load-mnist';
