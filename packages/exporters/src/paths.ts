/** Paths of files as text, with the separators of any system. */

/** @example fileName('models/digits.py') // 'digits.py' */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** @example beside('models/digits.json', 'weights.bin') // 'models/weights.bin' */
export function beside(path: string, name: string): string {
  return path.slice(0, path.length - fileName(path).length) + name;
}
