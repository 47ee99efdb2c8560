/** What stands in modules for the deterministic mathematics of `@longhand/tensor`: five digits are needed there and not the same bits. */
export const exp = Math.exp;
export const expm1 = Math.expm1;
export const log = Math.log;
export const log1p = Math.log1p;
