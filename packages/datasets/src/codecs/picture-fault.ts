/** The errors of picture files, each one line: where, what was expected, what came, what to do. */
import { DatasetError } from '../dataset-error';

/** Fifty megapixels: what the largest cameras in phones take. */
export const MOST_PIXELS = 50_000_000;

/** A file of the right kind that is not whole. */
export function damaged(name: string, expected: string, got: string): DatasetError {
  return new DatasetError(`${name}: expected ${expected}, got ${got}: the file is damaged; save or fetch it again`);
}

/** @throws DatasetError when a picture would not fit; asked before anything of its size is made */
export function checkSize(width: number, height: number, mostPixels: number, name: string): void {
  if (width < 1 || height < 1) throw damaged(name, 'a picture of at least one pixel', `${width} × ${height}`);
  if (width * height <= mostPixels) return;
  const megapixels = (pixels: number): string => `${Math.round(pixels / 10_000) / 100} megapixels`;
  throw new DatasetError(
    `${name}: expected at most ${megapixels(mostPixels)}, got ${width} × ${height} = ${megapixels(width * height)}; make the picture smaller`,
  );
}
