/**
 * How the command ends when something is wrong: one line on stderr, and a code that scripts can tell apart.
 *
 *   0  done    1  the run failed    2  the command was used wrongly    3  data or model cannot be used    130  interrupted
 */

export const exitCodes = { runFailed: 1, usage: 2, data: 3, interrupted: 130 } as const;

/** A failure of the command itself, with its exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A command that was used wrongly. */
export function refusal(message: string): CommandError {
  return new CommandError(exitCodes.usage, message);
}

/** The errors of the packages by name: names survive bundling, and checking them loads no package. */
const codeOfError: Readonly<Record<string, number>> = {
  DatasetError: exitCodes.data,
  FormatError: exitCodes.data,
  ModelError: exitCodes.data,
  CheckpointError: exitCodes.data,
  ShapeError: exitCodes.data,
  DescriptionError: exitCodes.data,
  OptionError: exitCodes.usage,
  UnsupportedKernelsError: exitCodes.usage,
  DivergenceError: exitCodes.runFailed,
  WorkerError: exitCodes.runFailed,
};

/** The exit code that an error asks for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  return error instanceof Error ? (codeOfError[error.name] ?? exitCodes.runFailed) : exitCodes.runFailed;
}

/** The line that tells a person what is wrong. A fault of ours keeps its stack: somebody has to mend it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected = error instanceof CommandError || error.name in codeOfError || 'syscall' in error;
  return expected ? error.message : `unexpected failure, please report it: ${error.stack ?? error.message}`;
}
