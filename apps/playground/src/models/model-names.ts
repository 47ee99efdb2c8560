/** What models are called: apart, so that the page has it before the code that reads and writes them. */

/** The endings of what the page reads, for a picker of files. */
export const modelEndings: readonly string[] = ['.safetensors', '.onnx', '.pt', '.pth'];

/** Whether a file is called like a model. Views take the others, such as photographs. */
export function isModelName(name: string): boolean {
  return modelEndings.some((ending) => name.toLowerCase().endsWith(ending));
}
