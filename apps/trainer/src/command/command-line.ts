/** Command lines as the user would type them, for messages that say how to go on. */

/**
 * A command of longhand with its arguments, quoted where a shell needs it.
 *
 * @example commandLine('evaluate', 'my model.safetensors') // longhand evaluate 'my model.safetensors'
 */
export function commandLine(...words: readonly string[]): string {
  return [process.env.LONGHAND_COMMAND || 'longhand', ...words.map(quoted)].join(' ');
}

function quoted(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
