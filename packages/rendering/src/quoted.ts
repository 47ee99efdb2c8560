/**
 * A word of a command line as a shell takes it.
 *
 * @example quoted('my model.onnx') // "'my model.onnx'"
 */
export function quoted(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
