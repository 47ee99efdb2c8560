/** The part of the package that makes pages, apart because typesetting formulas takes a larger library. */
export { derivationHtml } from './presentation/derivation-html';
