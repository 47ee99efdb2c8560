/** The part of the package that reads the installed files, apart so that pages can bundle the rest. */
export { loadMnist, loadMnistAsync } from './load-mnist';
